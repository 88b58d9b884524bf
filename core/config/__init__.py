"""What a run is to do: the training configuration and the recipes. Standard library only."""
