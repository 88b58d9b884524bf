"""Experiments on the page: setting one up, watching it, what came out."""
