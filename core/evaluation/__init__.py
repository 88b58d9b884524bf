"""How good a model is, and what it says of a picture: metrics, intervals, calibration, verdicts."""
