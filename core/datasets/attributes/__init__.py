"""What tells groups of pictures apart: their folders, how they look, and columns of a table from the user."""
