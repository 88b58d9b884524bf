"""Features as unit vectors."""

import numpy as np

from core.features.feature_space import array_rows
from core.nn.selection.vectors import stage_vectors, style_statistics, unit_vectors


def test_only_the_last_stage_is_compared() -> None:
    rows = np.array([[3, 4, 100], [0, 2, 7]], np.float16)
    np.testing.assert_allclose(unit_vectors(array_rows(rows), 2), [[0.6, 0.8], [0, 1]], atol=1e-6)


def test_positions_of_maps_are_averaged() -> None:
    maps = np.array([[[[6, 0]], [[0, 8]]]], np.float16)
    np.testing.assert_allclose(unit_vectors(array_rows(maps), 2), [[0.6, 0.8]], atol=1e-6)


def test_each_stage_is_a_unit_vector_of_its_own() -> None:
    rows = np.array([[3, 4, 0, 100, 0, 0], [0, 0, 5, 0, 12, 0]], np.float16)
    first, second = stage_vectors(array_rows(rows), (2, 4))
    np.testing.assert_allclose(first, [[0.6, 0.8], [0, 0]], atol=1e-6)
    np.testing.assert_allclose(second, [[0, 1, 0, 0], [5 / 13, 0, 12 / 13, 0]], atol=1e-6)
    assert first.dtype == np.float32


def test_what_follows_the_stages_is_style_and_belongs_to_none() -> None:
    rows = np.arange(28, dtype=np.float16).reshape(4, 7)
    assert [stage.shape for stage in stage_vectors(array_rows(rows), (2, 3))] == [(4, 2), (4, 3)]
    np.testing.assert_array_equal(style_statistics(array_rows(rows), 2), rows[:, 5:])


def test_statistics_of_new_pictures_are_rounded_as_kept_ones_are() -> None:
    rows = np.random.default_rng(0).normal(0, 5, (2500, 6)).astype(np.float32)
    kept, new = (style_statistics(array_rows(one), 4) for one in (rows.astype(np.float16), rows))
    np.testing.assert_array_equal(kept, new)
    assert new.shape == (2500, 4)
