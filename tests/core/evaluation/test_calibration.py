"""Temperature, calibration error and "sure", against numbers computed by hand or known by construction."""

import numpy as np
import pytest
from scipy.special import softmax

from core.evaluation.calibration import (
    Calibration,
    at_temperature,
    calibrate,
    calibration_error,
    error_by_chance,
    fit_temperature,
    reliability,
    softened,
    sure_probability,
)

NUM_PICTURES = 4000


def drawn(num_classes: int, scale: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Returns logits that mean what they say, times a scale, with labels drawn from them."""
    generator = np.random.default_rng(seed)
    honest = generator.normal(0, 2, (NUM_PICTURES, num_classes))
    labels = np.array([generator.choice(num_classes, p=row) for row in softmax(honest, axis=1)])
    return honest * scale, labels


@pytest.mark.parametrize("num_classes", [2, 5])
@pytest.mark.parametrize("scale", [0.2, 1.0, 4.0])
def test_temperature_takes_back_what_made_the_logits_too_large_or_small(num_classes: int, scale: float) -> None:
    logits, labels = drawn(num_classes, scale)
    assert fit_temperature(logits, labels) == pytest.approx(scale, rel=0.1)
    before, after = calibration_error(softened(logits, 1), labels), calibration_error(softened(logits, scale), labels)
    assert after < 0.02
    assert before > 0.05 or scale == 1


def test_temperature_changes_no_answer() -> None:
    logits, labels = drawn(3, 5.0)
    softer = softened(logits, fit_temperature(logits, labels))
    assert (softer.argmax(axis=1) == logits.argmax(axis=1)).all()
    np.testing.assert_allclose(softer.sum(axis=1), 1)


def test_a_few_right_answers_dont_make_a_model_certain() -> None:
    logits, labels = np.array([[0.0, 1.0]] * 10 + [[1.0, 0.0]] * 10), np.array([1] * 10 + [0] * 10)
    calibration = calibrate(logits, labels, "out_of_fold")
    # The true class is taken to be right 21 times out of 22.
    assert softened(logits, calibration.temperature).max() == pytest.approx(21 / 22, abs=1e-3)


def test_probabilities_come_back_from_another_temperature() -> None:
    logits, _ = drawn(4, 1.0)
    calibrated = softened(logits, 2.5)
    np.testing.assert_allclose(at_temperature(calibrated, 1 / 2.5), softened(logits, 1), atol=1e-9)
    certain = np.array([[1.0, 0.0]])
    np.testing.assert_allclose(at_temperature(certain, 2.0), certain, atol=1e-9)


def test_calibration_error_by_hand() -> None:
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.3, 0.7], [0.3, 0.7]])
    # 0.9 twice, both right: off by 0.2 in sum; 0.7 twice, one right: off by 0.4.
    assert calibration_error(probabilities, np.array([0, 0, 1, 0])) == pytest.approx(0.6 / 4)


def test_sure_is_what_was_right_in_95_of_100() -> None:
    # 40 right answers at 0.99, 40 at 0.9 of which 6 are wrong: only the first are sure.
    probabilities = np.array([[0.99, 0.01]] * 40 + [[0.9, 0.1]] * 40)
    labels = np.array([0] * 40 + [1] * 6 + [0] * 34)
    assert sure_probability(probabilities, labels) == 0.99
    assert sure_probability(probabilities, np.zeros(80, np.int64)) == 0.9


def test_sure_is_never_an_answer_of_a_low_probability() -> None:
    probabilities = np.array([[0.99, 0.01]] * 40 + [[0.85, 0.15]] * 40)
    assert sure_probability(probabilities, np.zeros(80, np.int64)) == 0.99


@pytest.mark.parametrize("num_pictures", [0, 1, 18])
def test_a_few_pictures_promise_nothing(num_pictures: int) -> None:
    probabilities = np.full((num_pictures, 2), (0.99, 0.01))
    assert sure_probability(probabilities, np.zeros(num_pictures, np.int64)) > 1
    more = np.full((19, 2), (0.99, 0.01))
    assert sure_probability(more, np.zeros(19, np.int64)) == 0.99


def test_calibration_without_pictures_changes_nothing() -> None:
    found = calibrate(np.zeros((0, 2)), np.zeros(0, np.int64), "validation")
    assert (found.temperature, found.source, found.num_pictures) == (1.0, "none", 0)
    assert found.sure_probability > 1


def test_calibration_says_what_it_was_fitted_on() -> None:
    logits, labels = drawn(2, 3.0)
    found = calibrate(logits, labels, "out_of_fold")
    assert (found.source, found.num_pictures) == ("out_of_fold", NUM_PICTURES)
    assert Calibration().temperature == 1


def test_reliability_counts_answers_of_about_the_same_probability() -> None:
    top = np.array([0.62, 0.68, 0.95, 0.97, 1.0])
    probabilities = np.stack([top, 1 - top], axis=1)
    low, high = reliability(probabilities, np.array([0, 1, 0, 0, 0]))
    assert (low.count, low.share_right, round(low.probability, 3)) == (2, 0.5, 0.65)
    assert (high.count, high.share_right) == (3, 1.0)


def test_few_answers_show_an_error_by_chance_alone_and_many_hardly_one() -> None:
    generator = np.random.default_rng(1)
    top = generator.uniform(0.5, 1, 20_000)
    probabilities = np.stack([top, 1 - top], axis=1)
    labels = (generator.random(len(top)) >= top).astype(np.int64)
    assert error_by_chance(probabilities[:20]) > 0.05
    assert error_by_chance(probabilities) < 0.02
    # What chance says is what a model whose probabilities are right shows.
    found = np.mean([calibration_error(probabilities[i : i + 50], labels[i : i + 50]) for i in range(0, 20_000, 50)])
    assert np.isclose(error_by_chance(probabilities[:50]), found, rtol=0.25)
