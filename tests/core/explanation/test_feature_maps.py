"""Channels chosen and scaled, by hand."""

import numpy as np
import pytest

from core.explanation.feature_maps import MOST_CHANNELS, strongest


def test_channels_are_ordered_by_their_mean_and_scaled_by_their_own_range():
    # Means 1, -1, 3 and 3: of the two equal ones, the first comes first.
    channels = [[[0, 2], [2, 0]], [[-1, -1], [-1, -1]], [[2, 4], [3, 3]], [[0, 10], [1, 1]]]
    found = strongest("stem", np.moveaxis(np.array(channels, np.float16), 0, -1))
    assert (found.block, found.channels, found.num_channels) == ("stem", (2, 3, 0, 1), 4)
    expected = [[[0, 1], [0.5, 0.5]], [[0, 1], [0.1, 0.1]], [[0, 1], [1, 0]], [[0, 0], [0, 0]]]
    np.testing.assert_allclose(found.maps, expected, atol=1e-6)
    assert found.maps.dtype == np.float32 and found.has_positions


def test_only_the_strongest_are_kept():
    activations = np.random.default_rng(0).normal(size=(3, 5, 40)).astype(np.float32)
    found = strongest("top", activations)
    means = activations.mean(axis=(0, 1))
    assert found.maps.shape == (MOST_CHANNELS, 3, 5) and found.num_channels == 40
    assert list(means[list(found.channels)]) == sorted(means, reverse=True)[:MOST_CHANNELS]
    np.testing.assert_array_equal(found.maps.min(axis=(1, 2)), 0)
    np.testing.assert_allclose(found.maps.max(axis=(1, 2)), 1)


@pytest.mark.parametrize(("shape", "has"), [((1, 1, 3), False), ((1, 2, 3), True), ((2, 2, 3), True)])
def test_a_single_position_is_nothing_to_see(shape, has):
    found = strongest("top", np.ones(shape, np.float32))
    assert found.has_positions is has and not found.maps.any()
