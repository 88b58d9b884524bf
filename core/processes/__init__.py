"""Child processes: one place that starts, watches and ends them, and the jobs that they do."""
