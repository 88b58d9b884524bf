"""The feature cache on disk: what leaves the frozen part of a network, computed once a picture."""
