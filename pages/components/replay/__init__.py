"""A recording played again: the player, its place on a page, and as one file that needs neither studio nor internet."""
