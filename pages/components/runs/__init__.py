"""Lists of runs: rows, groups by data set, the filter, how good they are, and several side by side."""
