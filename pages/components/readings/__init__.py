"""How the labels of a source are to be read, and how they were: the question and the receipt."""
