"""Codes with parameters, which are stored, and the English catalogues that turn them into words."""
