"""Features in half precision."""

import numpy as np

from core.features.half_precision import LARGEST_HALF, in_half_precision


def test_numbers_beyond_the_range_become_the_largest() -> None:
    found = in_half_precision(np.array([[1.0, 1e6, -1e6, 65519.9, np.nan]], np.float32))
    assert found.dtype == np.float16
    np.testing.assert_array_equal(found, [[1, LARGEST_HALF, -LARGEST_HALF, LARGEST_HALF, np.nan]])


def test_what_is_in_half_precision_stays() -> None:
    rows = np.random.default_rng(0).normal(0, 100, (5, 7)).astype(np.float16)
    np.testing.assert_array_equal(in_half_precision(rows), rows)
