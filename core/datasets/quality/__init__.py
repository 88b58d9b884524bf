"""What is wrong with a data set, and what can be seen in it: quality checks, duplicates, advice, label review."""
