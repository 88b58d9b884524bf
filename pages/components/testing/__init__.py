"""New pictures and a model's predictions for them."""
