"""Training pictures as arrays."""

from collections import Counter

import numpy as np

from core.datasets.sample import Sample
from core.nn.selection.training_pictures import class_weights, groups_of, labels_of, some_of


def sample(number: int, label: int, group: str = "") -> Sample:
    return Sample(f"{number}.png", label, "train", f"{number}.png", f"{number:064x}", 8, 8, group)


PICTURES = [sample(number, 0) for number in range(90)] + [sample(number, 1) for number in range(90, 100)]


def test_copies_have_the_same_number_and_others_one_of_their_own() -> None:
    groups = groups_of([sample(0, 0, "a"), sample(1, 0), sample(2, 1, "a"), sample(3, 1)])
    assert groups[0] == groups[2]
    assert len(set(groups)) == 3
    assert labels_of(PICTURES).tolist() == [0] * 90 + [1] * 10


def test_weights_make_up_for_small_classes() -> None:
    weights = class_weights(labels_of(PICTURES), 2, is_weighted=True)
    np.testing.assert_allclose(weights * [90, 10], [50, 50])
    assert class_weights(labels_of(PICTURES), 2, is_weighted=False).tolist() == [1, 1]
    assert np.isfinite(class_weights(np.array([0, 0]), 2, is_weighted=True)).all()


def test_a_choice_is_the_same_each_time_and_in_order() -> None:
    chosen = some_of(PICTURES, 30, seed=1)
    assert chosen == some_of(PICTURES, 30, seed=1) != some_of(PICTURES, 30, seed=2)
    assert [PICTURES.index(one) for one in chosen] == sorted(PICTURES.index(one) for one in chosen)
    assert some_of(PICTURES, 1000, seed=1) == PICTURES


def test_small_classes_can_be_kept_whole() -> None:
    counts = Counter(one.label for one in some_of(PICTURES, 30, seed=1, of_each_class=True))
    assert counts == {0: 20, 1: 10}
