"""Parts that several pages draw: pictures, tables, files left out, the quick start."""
