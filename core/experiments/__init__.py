"""Several runs that answer one question: plan, progress, result, replay."""
