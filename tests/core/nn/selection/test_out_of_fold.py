"""Out-of-fold answers: by models that have not seen the picture, nor a copy of it."""

from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from core.errors import Stopped
from core.nn.selection.out_of_fold import (
    folds_of,
    held_out_logits,
    in_their_span,
    out_of_fold_logits,
    relative_scale,
)


def vectors_of(labels: np.ndarray, noise: float, num_features: int = 20) -> np.ndarray:
    generator = np.random.default_rng(1)
    centres = generator.normal(0, 1, (labels.max() + 1, num_features))
    vectors = centres[labels] + generator.normal(0, noise, (len(labels), num_features))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def out_of_fold(vectors: np.ndarray, labels: np.ndarray, groups: np.ndarray | None = None, **more: Any) -> np.ndarray:
    alone = np.arange(len(labels)) if groups is None else groups
    return out_of_fold_logits(vectors, labels, alone, 0.1, np.ones(labels.max() + 1), **more).logits


@pytest.mark.parametrize("num_classes", [2, 4])
def test_every_picture_gets_an_answer_and_clear_classes_the_right_one(num_classes: int) -> None:
    labels = np.repeat(np.arange(num_classes), 15)
    logits = out_of_fold(vectors_of(labels, 0.3), labels)
    assert logits.shape == (len(labels), num_classes)
    assert np.isfinite(logits).all()
    assert (logits.argmax(axis=1) == labels).mean() > 0.95


def test_answers_for_labels_by_chance_are_right_by_chance() -> None:
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 2, 200)
    vectors = vectors_of(np.zeros(200, np.int64), 1.0, 400)
    # A model that had seen the pictures could tell all of them apart in 400 dimensions.
    assert 0.35 < (out_of_fold(vectors, labels).argmax(axis=1) == labels).mean() < 0.65


def test_copies_are_answered_by_a_model_that_saw_none_of_them() -> None:
    generator = np.random.default_rng(0)
    labels = np.repeat(generator.integers(0, 2, 40), 5)
    vectors = np.repeat(vectors_of(np.zeros(40, np.int64), 1.0, 400), 5, axis=0)
    together = out_of_fold(vectors, labels, np.repeat(np.arange(40), 5))
    leaking = out_of_fold(vectors, labels)
    assert (leaking.argmax(axis=1) == labels).mean() > 0.9
    assert (together.argmax(axis=1) == labels).mean() < 0.75


def test_classes_with_one_picture_leave_no_answer() -> None:
    labels = np.array([0, 0, 0, 1])
    assert np.isnan(out_of_fold(vectors_of(labels, 0.1), labels)).all()
    copies = out_of_fold(vectors_of(np.array([0, 0, 1, 1]), 0.1), np.array([0, 0, 1, 1]), np.array([0, 1, 2, 2]))
    assert np.isnan(copies).all()


def test_vectors_in_their_span_keep_lengths_and_angles_and_give_the_same_answers() -> None:
    labels = np.arange(30) % 3
    vectors = vectors_of(labels, 0.5, 200)
    spanned = in_their_span(vectors)
    assert spanned.shape[1] <= 30
    np.testing.assert_allclose(spanned @ spanned.T, vectors @ vectors.T, atol=1e-5)
    folds, weights = folds_of(labels, np.arange(30), 3), np.ones(3)
    answers = [held_out_logits(each, labels, folds, 1.0, weights) for each in (vectors, spanned)]
    np.testing.assert_allclose(answers[0], answers[1], atol=0.02)
    few = vectors_of(labels, 0.5, 20)
    assert in_their_span(few) is few


def test_two_pictures_a_class_are_enough() -> None:
    labels = np.array([0, 0, 1, 1])
    logits = out_of_fold(vectors_of(labels, 0.1), labels)
    assert (logits.argmax(axis=1) == labels).all()


def test_without_a_penalty_answers_stay_finite() -> None:
    labels = np.repeat([0, 1], 10)
    found = out_of_fold_logits(vectors_of(labels, 0.1), labels, np.arange(20), 0.0, np.ones(2))
    assert np.isfinite(found.logits).all()
    assert (found.whole.argmax(axis=1) == labels).all()


def test_the_whole_models_answers_are_scikit_learns() -> None:
    labels = np.repeat([0, 1, 2], 10)
    vectors = vectors_of(labels, 0.5)
    found = out_of_fold_logits(vectors, labels, np.arange(30), 0.1, np.ones(3))
    expected = LogisticRegression(C=10).fit(vectors, labels).decision_function(vectors)
    np.testing.assert_allclose(found.whole, expected, atol=1e-2)


def test_scale_of_logits_by_least_squares() -> None:
    others = np.array([[1.0, -1.0], [-2.0, 2.0], [0.5, 0.0]])
    assert relative_scale(0.3 * others, others) == pytest.approx(0.3)
    # A constant added to all classes changes no probability.
    assert relative_scale(0.3 * others + np.array([[5.0], [1.0], [2.0]]), others) == pytest.approx(0.3)
    assert relative_scale(1000 * others, others) == 20
    assert relative_scale(-others, others) == 1
    assert relative_scale(others, np.zeros((3, 2))) == 1


def test_it_can_be_stopped() -> None:
    labels = np.repeat([0, 1], 10)
    with pytest.raises(Stopped):
        out_of_fold(vectors_of(labels, 0.1), labels, should_stop=lambda: True)
