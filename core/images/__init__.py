"""Pictures: the one decoder, random changes, what a file is by its first bytes. No TensorFlow."""
