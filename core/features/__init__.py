"""The feature cache on disk: the output of the frozen part of a network, computed once per picture."""
