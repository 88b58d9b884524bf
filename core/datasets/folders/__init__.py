"""The folders of real sources, with duplicates, masks and pictures without a class."""
