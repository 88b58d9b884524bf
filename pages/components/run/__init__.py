"""The page of one run: its heading, its end, and its sections."""
