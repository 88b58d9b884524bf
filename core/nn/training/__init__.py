"""From features and a configuration to a trained, evaluated model."""
