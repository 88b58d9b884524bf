"""A trained model's answers to new pictures."""
