"""The view that adds a data set: the ways to do so, and what takes its place while something is imported."""
