"""From pictures to features: the frozen part of a network, and the engine that computes it."""
