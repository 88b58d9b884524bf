"""The pictures on which two models differ."""

import numpy as np

from core.evaluation.comparison import compare
from core.evaluation.differences import differences
from core.evaluation.evaluation import Evaluation

NAMES = ("cat", "dog", "fox")
LABELS = np.array([0, 0, 1, 1, 2, 2])
FIRST = [0, 0, 0, 1, 0, 2]
SECOND = [0, 1, 1, 1, 1, 2]


def evaluation(answers: list[int], sure: list[float], names: tuple[str, ...] = NAMES) -> Evaluation:
    """An evaluation whose rows are the other way round if its classes are."""
    probabilities = np.full((len(answers), 3), 0.0)
    for row, (answer, top) in enumerate(zip(answers, sure, strict=True)):
        probabilities[row] = (1 - top) / 2
        probabilities[row, names.index(NAMES[answer])] = top
    labels = np.array([names.index(NAMES[label]) for label in LABELS])
    paths = [f"{row}.png" for row in range(len(answers))]
    order = slice(None, None, 1 if names == NAMES else -1)
    return Evaluation("validation", names, labels[order], probabilities[order], tuple(paths[order]))


def test_pictures_are_found_whatever_the_order_of_pictures_and_classes() -> None:
    first = evaluation(FIRST, [0.9] * 6)
    for names in (NAMES, NAMES[::-1]):
        second = evaluation(SECOND, [0.9, 0.8, 0.7, 0.9, 0.6, 0.9], names)
        found = differences(first, second)
        assert found is not None
        assert (found.only_first, found.only_second, found.both_wrong) == ([1], [2], [4])
        assert found.second.predictions.tolist() == SECOND
        assert found.second.paths == first.paths and found.second.class_names == NAMES
        paired = compare(first, second, is_same_dataset=True)
        assert (paired.only_first, paired.only_second) == (len(found.only_first), len(found.only_second))


def test_what_both_are_sure_of_comes_first() -> None:
    first = evaluation([0, 0, 1, 1, 2, 2], [0.9, 0.5, 0.6, 0.9, 0.8, 0.9])
    second = evaluation([1, 1, 0, 1, 0, 2], [0.9, 0.5, 0.9, 0.9, 0.8, 0.9])
    found = differences(first, second)
    assert found is not None
    assert found.only_first == [0, 4, 2, 1]


def test_other_pictures_or_classes_cannot_be_compared_one_by_one() -> None:
    first = evaluation(FIRST, [0.9] * 6)
    other = Evaluation("validation", NAMES, LABELS[:5], first.probabilities[:5], first.paths[:5])
    assert differences(first, other) is None
    named = Evaluation("validation", ("cat", "dog", "wolf"), LABELS, first.probabilities, first.paths)
    assert differences(first, named) is None
