"""What a run should do: the training configuration and the recipes. Standard library only."""
