"""The distribution of styles: distances by hand, few pictures, copies."""

import numpy as np
import pytest

from core.nn.selection.style import Style, out_of_fold_distances, style_of

GENERATOR_SEED = 3


def styles(count: int, size: int = 12, seed: int = GENERATOR_SEED, mean: float = 0.0) -> np.ndarray:
    """Correlated statistics of very different sizes."""
    mixing = (np.eye(size) + np.random.default_rng(0).normal(0, 0.1, (size, size))) * np.geomspace(0.5, 2, size)
    return (np.random.default_rng(seed).normal(mean, 1, (count, size)) @ mixing).astype(np.float32)


def test_distance_by_hand() -> None:
    # Standard deviations of 2 and 0.5.
    style = Style(np.array([1, 1], np.float32), np.diag([0.25, 4]).astype(np.float32))
    np.testing.assert_allclose(style.distances(np.array([[1, 1], [5, 1], [1, 2], [5, 2]])), [0, 2, 2, 8**0.5])


def test_with_many_pictures_it_is_the_distance_of_mahalanobis() -> None:
    statistics, new = styles(20_000), styles(50, seed=1)
    covariance = np.cov(statistics.T.astype(np.float64))
    apart = new - statistics.mean(axis=0, dtype=np.float64)
    expected = np.sqrt(np.einsum("ij,ij->i", apart @ np.linalg.inv(covariance), apart))
    np.testing.assert_allclose(style_of(statistics).distances(new), expected, rtol=0.05)


@pytest.mark.parametrize("count", [2, 5, 40])
def test_fewer_pictures_than_statistics_give_finite_distances_that_tell_another_style(count: int) -> None:
    found = style_of(styles(count, size=100)).distances(np.concatenate([styles(100, 100, 7), styles(100, 100, 8, 9.0)]))
    assert np.isfinite(found).all()
    assert np.median(found[:100]) < np.median(found[100:])


def test_pictures_of_one_style_have_a_distance_of_zero_and_no_fault() -> None:
    style = style_of(np.ones((40, 6), np.float32))
    assert style.distances(np.ones((3, 6))).tolist() == [0, 0, 0]
    assert np.isfinite(style.distances(np.full((3, 6), 2.0))).all()


def test_held_out_pictures_are_as_far_as_new_ones() -> None:
    statistics = styles(60, size=40)
    held_out = out_of_fold_distances(statistics, np.arange(60))
    style = style_of(statistics)
    new = style.distances(styles(500, 40, seed=9))
    assert held_out.mean() == pytest.approx(new.mean(), rel=0.15)
    assert style.distances(statistics).mean() < 0.9 * new.mean()


def test_copies_are_held_out_together() -> None:
    statistics = np.repeat(styles(20), 4, axis=0)
    groups = np.repeat(np.arange(20), 4)
    together = out_of_fold_distances(statistics, groups)
    apart = out_of_fold_distances(statistics, np.arange(80))
    assert together.mean() > apart.mean()
    np.testing.assert_allclose(together[::4], together[1::4])
    assert out_of_fold_distances(statistics, np.zeros(80, int)) is None
