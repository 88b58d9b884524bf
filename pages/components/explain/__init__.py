"""The section Explain of a run: what of a picture spoke for an answer."""
