"""Files on disk: whole or not there, fetched from the internet, refused with a reason."""
