"""Predictions of a trained model for new pictures."""
