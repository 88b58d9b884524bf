"""The presenter view: what is shown to others, large, light and without what only the presenter needs."""
