"""Ways of training beside the plain one, on the same loop or on frozen features: adapting to unlabelled pictures."""
