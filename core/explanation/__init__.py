"""What of a picture spoke for an answer: heat maps, how alike two of them are, how they are shown and stored."""
