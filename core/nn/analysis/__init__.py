"""Analysis: embeddings of a data set, learning rates and speeds before there is a run; heat maps of its model after."""
