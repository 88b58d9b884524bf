"""New pictures and what a model says of them."""
