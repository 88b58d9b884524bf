"""The choice of penalty and depths by cross-validation."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict

from core.config.head_candidates import STRENGTHS
from core.errors import Stopped
from core.nn.selection.head_choice import (
    CHOICE_FILE,
    HeadChoice,
    choose_head,
    joined,
    load_choice,
    most_candidates,
    save_choice,
)

# Pictures of which one stage shows the classes and the other nothing.
NUM_PICTURES = 80


def unit(vectors: np.ndarray) -> np.ndarray:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def telling(labels: np.ndarray, distance: float, seed: int = 0, size: int = 30) -> np.ndarray:
    """Returns unit vectors whose classes are so far apart, in units of their spread."""
    generator = np.random.default_rng(seed)
    centres = generator.normal(0, distance / size**0.5, (labels.max() + 1, size))
    return unit(5 + centres[labels] * 5 + generator.normal(0, 1, (len(labels), size)))


def labels_of(num_classes: int, num_pictures: int = NUM_PICTURES) -> np.ndarray:
    return np.arange(num_pictures) % num_classes


def choose(stages: list[np.ndarray], labels: np.ndarray, **more) -> HeadChoice:
    groups = more.pop("groups", np.arange(len(labels)))
    choice = choose_head(stages, labels, groups, np.ones(labels.max() + 1), **more)
    assert choice is not None
    return choice


@pytest.mark.parametrize("num_classes", [2, 4])
def test_the_strength_is_that_of_the_lowest_loss_of_held_out_pictures(num_classes: int) -> None:
    labels = labels_of(num_classes)
    vectors = telling(labels, 2.0)
    choice = choose([vectors], labels)
    folds = StratifiedGroupKFold(5, shuffle=True, random_state=0)
    losses = {}
    for strength in STRENGTHS:
        model = LogisticRegression(C=strength, solver="newton-cg")
        answers = cross_val_predict(
            model, vectors, labels, groups=np.arange(len(labels)), cv=folds, method="predict_proba"
        )
        losses[strength] = -np.log(answers[np.arange(len(labels)), labels]).mean()
        if strength == choice.strength:
            assert choice.num_right == (answers.argmax(axis=1) == labels).sum()
    assert choice.strength == min(losses, key=losses.__getitem__)
    assert (choice.depths, choice.num_pictures, choice.num_folds) == (1, NUM_PICTURES, 5)


def test_labels_by_chance_ask_for_the_strongest_penalty_and_clear_classes_for_a_weak_one() -> None:
    labels = labels_of(2)
    assert choose([telling(np.zeros_like(labels), 0.0)], labels).strength == min(STRENGTHS)
    assert choose([telling(labels, 6.0)], labels).strength > min(STRENGTHS)


def test_an_earlier_stage_is_taken_where_it_shows_what_the_last_one_does_not() -> None:
    labels = labels_of(2)
    blind, clear = telling(np.zeros_like(labels), 0.0), telling(labels, 4.0, seed=1)
    assert choose([blind, clear], labels).depths == 2
    assert choose([clear, blind], labels).depths == 1
    # Nothing new in it.
    assert choose([clear, clear], labels).depths == 1


def test_copies_are_held_out_together() -> None:
    generator = np.random.default_rng(0)
    labels = np.repeat(generator.integers(0, 2, 40), 5)
    vectors = np.repeat(telling(np.zeros(40, np.int64), 0.0, size=400), 5, axis=0)
    together = choose([vectors], labels, groups=np.repeat(np.arange(40), 5))
    leaking = choose([vectors], labels)
    assert leaking.num_right > 180 > 140 > together.num_right


def test_a_class_with_one_picture_leaves_no_choice() -> None:
    labels = np.array([0, 0, 0, 1])
    assert choose_head([telling(labels, 1.0)], labels, np.arange(4), np.ones(2)) is None


def test_many_classes_are_divided_into_fewer_parts_and_too_many_not_at_all() -> None:
    labels = labels_of(25, 100)
    counted: list[int] = []
    stages = [telling(labels, 4.0, seed=seed) for seed in range(2)]
    assert choose(stages, labels, advance=lambda: counted.append(1)).num_folds == 2
    assert len(counted) == len(STRENGTHS) + 1
    labels = labels_of(101, 303)
    assert choose_head([telling(labels, 4.0)], labels, np.arange(303), np.ones(101)) is None


def test_it_can_be_stopped_before_each_candidate_and_tries_no_more_than_it_says() -> None:
    labels, counted = labels_of(2), []
    stages = [telling(labels, 2.0, seed=seed) for seed in range(3)]
    choose(stages, labels, advance=lambda: counted.append(1))
    assert len(STRENGTHS) < len(counted) <= most_candidates(3)

    def stop() -> None:
        raise Stopped

    with pytest.raises(Stopped):
        choose(stages, labels, advance=stop)
    with pytest.raises(Stopped):
        choose(stages, labels, should_stop=lambda: True)


def test_joined_stages_have_the_same_weight_and_length_one() -> None:
    labels = labels_of(2)
    first, second = telling(labels, 1.0, size=30), telling(labels, 1.0, size=7)
    both = joined([first, second], 2)
    np.testing.assert_allclose(np.linalg.norm(both, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(both[:, :30], axis=1), 0.5**0.5, atol=1e-6)
    np.testing.assert_array_equal(joined([first, second], 1), first)


def test_a_choice_is_kept_with_its_run(tmp_path) -> None:
    choice = HeadChoice(strength=64.0, depths=2, num_right=9, num_pictures=10, num_folds=5)
    assert load_choice(tmp_path) is None
    save_choice(choice, tmp_path)
    assert load_choice(tmp_path) == choice
    for damage in ("", "[]", '{"strength": 1}', "\x00"):
        (tmp_path / CHOICE_FILE).write_text(damage)
        assert load_choice(tmp_path) is None
