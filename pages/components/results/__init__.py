"""Runs in lists and headings, and what one run came to: evaluation, mistakes."""
