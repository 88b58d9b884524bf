"""Features in half precision, as they are kept."""

import numpy as np

LARGEST_HALF = float(np.finfo(np.float16).max)


def in_half_precision(rows: np.ndarray) -> np.ndarray:
    """Returns rows as `float16`, numbers beyond its range as the largest in it; NaN stays."""
    return np.clip(rows, -LARGEST_HALF, LARGEST_HALF).astype(np.float16)
