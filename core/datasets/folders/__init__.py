"""The folders of a source as people really have them: what in them is there twice, is a mask, or has no class."""
