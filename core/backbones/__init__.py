"""The backbones: their table, and where their weights are. Standard library only."""
