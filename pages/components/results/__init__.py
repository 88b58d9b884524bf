"""Runs in lists and headings, and the results of one run: evaluation, mistakes."""
