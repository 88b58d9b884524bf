"""Safely gets members out of a zip, a tar, a folder or files sorted by hand."""
