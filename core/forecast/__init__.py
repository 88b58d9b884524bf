"""What a run will cost, and what the rate finder found."""
