"""What is in a data set: overview, issues, duplicates, map, classes, versions, decisions."""
