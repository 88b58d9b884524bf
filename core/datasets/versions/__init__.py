"""Changes of a data set: edits, pending edits, derived data sets, packing."""
