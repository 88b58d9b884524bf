"""Whether a run's model does as well for every group of pictures, and the user's table that gives groups."""
