"""From members to labelled pictures: class folders, file names, tables."""
