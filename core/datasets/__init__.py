"""Pictures on disk: safe import, layouts, splits, built-in samples."""
