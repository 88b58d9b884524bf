"""What commands print on a terminal, and how Ctrl-C reaches them."""
