"""Data sets in the data home: import, list, change, delete."""
