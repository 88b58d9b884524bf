"""What can be learned about a data set or a training before there is a run: embeddings, rates, speeds."""
