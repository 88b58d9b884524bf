"""Analysis before there is a run: embeddings of a data set, learning rates, speeds."""
