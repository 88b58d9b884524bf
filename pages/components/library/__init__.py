"""The list of all data sets, as cards."""
