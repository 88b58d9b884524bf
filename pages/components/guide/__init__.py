"""The guide: the subject in short pages with figures from real runs, and the tour of the first visit."""
