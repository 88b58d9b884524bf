"""The process that works on a run: worker, warm worker, hand-off, liveness, recording."""
