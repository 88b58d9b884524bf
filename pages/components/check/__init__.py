"""What was found in a data set and what is decided about it: issues, copies, map, decisions."""
