"""Tables of labels: their rows, their columns, and the pictures they name."""
