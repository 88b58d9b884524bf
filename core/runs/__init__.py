"""Runs: their records, their worker processes, their queue."""
