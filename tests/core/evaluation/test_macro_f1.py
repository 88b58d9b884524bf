"""Macro F1 is scikit-learn's, and its interval has the true value about as often as it says."""

import numpy as np
import pytest
from sklearn.metrics import f1_score

from core.evaluation.macro_f1 import _drawn, macro_f1, macro_f1_with_interval


def answers_to(generator, number, num_classes, accuracy):
    labels = generator.integers(0, num_classes, number)
    guesses = generator.integers(0, num_classes, number)
    return labels, np.where(generator.random(number) < accuracy, labels, guesses)


@pytest.mark.parametrize(("number", "num_classes"), [(1, 2), (7, 5), (200, 3), (1000, 50), (20, 5000)])
def test_macro_f1_is_that_of_scikit_learn(number, num_classes):
    generator = np.random.default_rng(number)
    for accuracy in (0.0, 0.5, 1.0):
        labels, answers = answers_to(generator, number, num_classes, accuracy)
        expected = f1_score(labels, answers, average="macro")
        assert macro_f1(labels, answers, num_classes) == pytest.approx(expected, abs=1e-12)


def test_each_draw_has_the_score_of_some_pictures_drawn_again():
    # Three pictures: of the 27 draws with order, each has one of these scores.
    labels, answers = np.array([0, 1, 1]), np.array([0, 1, 0])
    drawn = _drawn(labels, answers, 2, 20_000, seed=1)
    chosen = np.stack(np.meshgrid(*[np.arange(3)] * 3), axis=-1).reshape(-1, 3)
    expected = np.array([f1_score(labels[row], answers[row], average="macro") for row in chosen])
    for score in np.unique(expected.round(12)):
        share = np.isclose(drawn, score).mean()
        assert share == pytest.approx(np.isclose(expected, score).mean(), abs=0.015)
    assert np.isin(drawn.round(9), expected.round(9)).all()


def test_draws_in_parts_are_as_many_as_asked_for(monkeypatch):
    labels, answers = answers_to(np.random.default_rng(0), 100, 10, 0.7)
    whole = _drawn(labels, answers, 10, 50, seed=3)
    monkeypatch.setattr("core.evaluation.macro_f1.COUNTS_AT_ONCE", 200)
    np.testing.assert_array_equal(_drawn(labels, answers, 10, 50, seed=3), whole)


@pytest.mark.parametrize(("number", "num_classes", "accuracy"), [(50, 5, 0.8), (250, 50, 0.8), (500, 100, 0.7)])
def test_interval_has_the_true_value_about_as_often_as_it_says(number, num_classes, accuracy):
    generator = np.random.default_rng(7)
    labels, answers = answers_to(generator, 200_000, num_classes, accuracy)
    true = macro_f1(labels, answers, num_classes)
    hits = 0
    for seed in range(100):
        chosen = generator.integers(0, len(labels), number)
        found = macro_f1_with_interval(labels[chosen], answers[chosen], num_classes, draws=400, seed=seed)
        low, high = found.interval
        assert 0 <= low <= found.value <= high <= 1
        hits += low <= true <= high
    # The plain percentiles have it in 75 and 37 of 100 cases with 50 and 100 classes.
    assert hits >= 86


def test_interval_is_the_same_with_the_same_seed():
    labels, answers = answers_to(np.random.default_rng(0), 300, 4, 0.8)
    first, second = (macro_f1_with_interval(labels, answers, 4) for _ in range(2))
    assert first == second
    assert first != macro_f1_with_interval(labels, answers, 4, seed=1)


@pytest.mark.parametrize(("answers", "value"), [([0, 1, 1], 1.0), ([1, 0, 0], 0.0)])
def test_without_any_difference_there_is_no_interval(answers, value):
    found = macro_f1_with_interval(np.array([0, 1, 1]), np.array(answers), 2)
    assert (found.value, found.interval) == (value, None)
