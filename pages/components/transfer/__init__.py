"""What transfer was worth to a run's model, and how to find out."""
