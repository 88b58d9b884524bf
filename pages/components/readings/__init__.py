"""How to read the labels of a source, and how they were read: the question and the receipt."""
