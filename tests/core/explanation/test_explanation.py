import numpy as np
import pytest
from scipy.stats import spearmanr

from core.explanation.explanation import GRAD_CAM, Explanation, coarse, rank_correlation


def test_cells_are_means_whatever_the_side():
    heat = np.arange(64, dtype=np.float32).reshape(8, 8)
    np.testing.assert_array_equal(coarse(heat, 8), heat)
    np.testing.assert_allclose(coarse(heat, 2), [[heat[:4, :4].mean(), heat[:4, 4:].mean()], [45.5, 49.5]])
    assert coarse(np.ones((150, 150)), 8).shape == (8, 8)


def test_the_correlation_is_scipys_with_ties():
    generator = np.random.default_rng(0)
    first, second = (np.maximum(generator.normal(size=(8, 8)), 0) for _ in range(2))
    expected = spearmanr(first.ravel(), second.ravel()).statistic
    assert rank_correlation(first, second) == pytest.approx(expected)
    assert rank_correlation(first, first) == pytest.approx(1)
    assert rank_correlation(first, -first) == pytest.approx(-1)


def test_nothing_is_like_a_map_without_heat():
    assert rank_correlation(np.zeros((8, 8)), np.eye(8)) == 0
    blank = Explanation(np.zeros((8, 8), np.float32), "cats", "dogs", 0.1, "dogs", GRAD_CAM)
    assert blank.is_blank
