"""What was measured of models, in words."""
