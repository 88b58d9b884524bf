"""Building, cutting, loading and saving a classifier."""
