"""Files on disk: atomic writes, downloads, and disk errors in words."""
