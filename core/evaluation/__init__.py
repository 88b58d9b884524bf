"""How good a model is, and what it predicts: metrics, intervals, calibration, verdicts."""
