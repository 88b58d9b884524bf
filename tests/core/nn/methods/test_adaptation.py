"""Adapting a head to unlabelled vectors of another kind, on generated shifts whose labels are known."""

import numpy as np
import pytest

from core.errors import Stopped
from core.nn.methods.adaptation import NUM_HEADS, AdaptedHead, adapt_head, suits, surest, unmoved

NUM_FEATURES = 200
# So that a class is told by its centre, and the shift leads from all others to the first one.
CENTRES = np.random.default_rng(0).normal(0, 1, (3, NUM_FEATURES))
SHIFT = 2.5 * CENTRES[0] + np.random.default_rng(1).normal(0, 1.5, NUM_FEATURES)
WEIGHTS = np.ones(3)


def drawn(sizes: tuple[int, ...], seed: int, shift: np.ndarray | float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Draws unit vectors around the centres; returns them with their labels."""
    labels = np.repeat(np.arange(len(sizes)), sizes)
    noise = np.random.default_rng(seed).normal(0, 1.5, (len(labels), NUM_FEATURES))
    vectors = CENTRES[labels] + shift + noise
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32), labels


SOURCE, LABELS = drawn((60, 60, 60), seed=2)


def adapted(source: np.ndarray, labels: np.ndarray, target: np.ndarray, num_classes: int = 3) -> AdaptedHead:
    found = adapt_head(source, labels, target, 0.1, np.ones(num_classes))
    assert found is not None
    return found


def test_pictures_of_a_shifted_kind_are_answered_rightly_only_after_adapting() -> None:
    target, true = drawn((60, 60, 60), seed=3, shift=SHIFT)
    found = adapted(SOURCE, LABELS, target)
    assert (found.before == true).mean() < 0.5
    assert (found.after == true).mean() > 0.97
    assert found.num_changed == (found.before != found.after).sum() > 60


@pytest.mark.parametrize("sizes", [(100, 70, 10), (10, 80, 80), (80, 80, 0)])
def test_classes_that_are_rare_or_missing_do_not_break_it(sizes: tuple[int, ...]) -> None:
    target, true = drawn(sizes, seed=3, shift=SHIFT)
    found = adapted(SOURCE, LABELS, target)
    assert (found.after == true).mean() >= (found.before == true).mean() + 0.2
    assert (found.after == true).mean() > 0.85


def test_where_there_is_no_shift_nothing_is_lost() -> None:
    target, true = drawn((60, 60, 60), seed=4)
    found = adapted(SOURCE, LABELS, target)
    assert (found.after == true).mean() >= (found.before == true).mean() - 0.01


@pytest.mark.parametrize("sizes", [(6, 60), (60, 6), (0, 60)])
def test_two_classes_in_other_shares_are_left_as_they_are(sizes: tuple[int, ...]) -> None:
    """Recentred on pictures that are nearly all of one class, the head would part that class in the middle."""
    source, labels = drawn((60, 60), seed=2)
    target, _ = drawn(sizes, seed=3)
    assert adapt_head(source, labels, target, 0.1, np.ones(2)) is None
    assert adapt_head(source, labels, drawn((40, 40), seed=3)[0], 0.1, np.ones(2)) is not None


def test_recentring_suits_where_a_head_stays_about_as_sure() -> None:
    sure, torn = np.tile([0.97, 0.03], (10, 1)), np.tile([0.5, 0.5], (10, 1))
    assert suits(sure, sure) and suits(torn, sure) and suits(torn, torn)
    assert not suits(sure, torn)


@pytest.mark.parametrize("count", [20, 400], ids=["fewer pictures than features", "more"])
@pytest.mark.parametrize("sizes", [(40, 40), (30, 30, 30)])
def test_the_head_gives_the_vectors_as_they_are_the_answers_it_had_for_the_moved_ones(
    sizes: tuple[int, ...], count: int
) -> None:
    target, _ = drawn((count,) * len(sizes), seed=3, shift=0.2 * SHIFT)
    source, labels = drawn(sizes, seed=2)
    found = adapted(source, labels, target, len(sizes))
    num_outputs = 1 if len(sizes) == 2 else len(sizes)
    assert (found.weights.shape, found.biases.shape) == ((NUM_FEATURES, num_outputs), (num_outputs,))
    logits = target @ found.weights + found.biases
    answers = (logits[:, 0] > 0).astype(int) if num_outputs == 1 else logits.argmax(axis=1)
    np.testing.assert_array_equal(answers, found.after)


def test_the_mean_goes_into_the_biases() -> None:
    weights, biases = np.array([[1.0, 2.0], [0.0, -1.0]]), np.array([0.5, 1.0])
    mean, vector = np.array([0.2, 0.4]), np.array([0.6, 0.8])
    # (0.6 - 0.2) * 1 + 0.5, and (0.6 - 0.2) * 2 - (0.8 - 0.4) * 1 + 1.
    np.testing.assert_allclose(vector @ weights + unmoved(weights, biases, mean), [0.9, 1.4])


def test_the_surest_answers_of_each_class_count_in_the_same_share() -> None:
    first = np.array([0.9, 0.6, 0.8, 0.7, 0.3, 0.1])
    probabilities = np.stack([first, 1 - first], axis=1)
    # Of four answers for the first class two, of two for the second one.
    assert surest(probabilities, 0.5).tolist() == [0, 2, 5]
    assert surest(probabilities, 1.0).tolist() == list(range(6))
    assert surest(probabilities, 0.01).tolist() == [0, 5]


def test_the_same_pictures_give_the_same_head() -> None:
    target, _ = drawn((30, 30, 30), seed=3, shift=SHIFT)
    one, other = (adapted(SOURCE, LABELS, target) for _ in range(2))
    np.testing.assert_array_equal(one.weights, other.weights)
    np.testing.assert_array_equal(one.biases, other.biases)


def test_it_can_be_stopped_before_each_head() -> None:
    target, _ = drawn((5, 5, 5), seed=3)
    asked = []

    def advance() -> None:
        asked.append(None)
        if len(asked) == NUM_HEADS:
            raise Stopped

    with pytest.raises(Stopped):
        adapt_head(SOURCE, LABELS, target, 0.1, WEIGHTS, advance)
    assert len(asked) == NUM_HEADS


def test_one_picture_is_enough_not_to_fail() -> None:
    target, _ = drawn((1, 0, 0), seed=3)
    found = adapt_head(SOURCE, LABELS, target, 0.0, WEIGHTS)
    assert found is not None and found.after.shape == (1,)
