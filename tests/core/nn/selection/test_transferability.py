"""How well features suit a data set: the evidence against a search by brute force, and the nearest mean."""

import numpy as np
import pytest
from scipy.optimize import minimize

from core.nn.selection.transferability import log_me, nearest_mean_accuracy


def evidence(vectors: np.ndarray, targets: np.ndarray, alpha: float, beta: float) -> float:
    """The log density of the targets, whose covariance follows from prior and noise."""
    count = len(targets)
    covariance = np.eye(count) + beta / alpha * vectors @ vectors.T  # beta times it: better conditioned
    determinant = np.linalg.slogdet(covariance)[1] - count * np.log(beta)
    return -(count * np.log(2 * np.pi) + determinant + beta * targets @ np.linalg.solve(covariance, targets)) / 2


def brute_force(vectors: np.ndarray, labels: np.ndarray) -> float:
    """The largest evidence over alpha and beta, by search from a grid of starts."""

    def largest(targets: np.ndarray) -> float:
        def loss(logs: np.ndarray) -> float:
            return -evidence(vectors, targets, *np.exp(np.clip(logs, -25, 25)))

        # Finely enough for several maxima.
        starts = [(a, b) for a in np.linspace(-8, 24, 33) for b in np.linspace(-3, 24, 28)]
        return -minimize(loss, min(starts, key=loss), method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-9}).fun

    return float(np.mean([largest((labels == label).astype(float)) for label in np.unique(labels)])) / len(labels)


def features(num_pictures: int, num_features: int, num_classes: int, signal: float) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(num_pictures + num_features)
    labels = np.arange(num_pictures) % num_classes
    centres = generator.normal(0, signal, (num_classes, num_features))
    vectors = np.abs(centres[labels] + generator.normal(0, 1, (num_pictures, num_features)))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True), labels


@pytest.mark.parametrize(
    ("num_pictures", "num_features", "num_classes", "signal"),
    [(30, 200, 2, 0.3), (30, 200, 3, 0.0), (40, 40, 2, 0.5), (60, 8, 3, 1.0), (25, 60, 5, 0.1)],
)
def test_the_evidence_is_the_largest_there_is(
    num_pictures: int, num_features: int, num_classes: int, signal: float
) -> None:
    vectors, labels = features(num_pictures, num_features, num_classes, signal)
    assert log_me(vectors, labels) == pytest.approx(brute_force(vectors, labels), abs=2e-4)


def test_fewer_pictures_than_features_make_no_chance_look_like_evidence() -> None:
    vectors, _ = features(30, 200, 2, 0.0)
    labels = np.random.default_rng(0).integers(0, 2, 30)
    # Of labels by chance nothing can be explained: no more than by a constant and noise.
    assert log_me(vectors, labels) < -0.4


def test_features_that_tell_classes_apart_have_more_evidence() -> None:
    found = [log_me(*features(60, 100, 3, signal)) for signal in (0.0, 0.5, 1.0)]
    assert found == sorted(found)
    assert found[0] < found[2] - 0.1


def test_all_pictures_near_their_means() -> None:
    labels = np.arange(30) % 3
    vectors = np.eye(3)[labels] + np.random.default_rng(0).normal(0, 0.05, (30, 3))
    assert nearest_mean_accuracy(vectors, labels, np.arange(30)) == 1.0


def test_a_picture_does_not_count_for_its_own_class() -> None:
    # Random directions in many dimensions: with itself in the mean, each picture would be nearest to its own.
    generator = np.random.default_rng(0)
    vectors, labels = generator.normal(0, 1, (40, 500)), np.arange(40) % 2
    assert nearest_mean_accuracy(vectors, labels, np.arange(40)) < 0.8
    means = np.stack([vectors[labels == label].mean(axis=0) for label in (0, 1)])
    assert ((vectors @ means.T).argmax(axis=1) == labels).all()


def test_nearest_means_equal_those_computed_one_by_one() -> None:
    generator = np.random.default_rng(1)
    vectors, labels = generator.normal(0.2, 1, (30, 10)), generator.integers(0, 3, 30)
    groups = generator.integers(0, 20, 30)
    right = 0
    for index in range(30):
        others = groups != groups[index]
        means = [vectors[others & (labels == label)].sum(axis=0) for label in range(3)]
        right += int(np.argmax([vectors[index] @ mean / np.linalg.norm(mean) for mean in means]) == labels[index])
    assert nearest_mean_accuracy(vectors, labels, groups) == right / 30


def test_a_class_of_copies_is_never_recognised() -> None:
    vectors, labels = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.1, 1.0]]), np.array([0, 0, 1, 1])
    assert nearest_mean_accuracy(vectors, labels, np.array([5, 5, 6, 7])) == 0.5
