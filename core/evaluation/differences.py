"""The pictures on which two models differ."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.evaluation.comparison import are_of_same_pictures
from core.evaluation.evaluation import Evaluation


@dataclass(frozen=True)
class Differences:
    """The answers of two models to the same pictures, and where they differ.

    Attributes:
        first: the answers of one.
        second: the answers of the other, to the same pictures in the same order and with the classes of the first.
        only_first: indices of pictures on which only the first is right, those first of which both are surest.
        only_second: of those on which only the second is right.
        both_wrong: of those on which both are wrong, in different ways.
    """

    first: Evaluation
    second: Evaluation
    only_first: Sequence[int]
    only_second: Sequence[int]
    both_wrong: Sequence[int]


def differences(first: Evaluation, second: Evaluation) -> Differences | None:
    """Returns where two models of one data set differ.

    Args:
        first: answers of one.
        second: answers of the other.

    Returns:
        None if they weren't evaluated on the same pictures with the same labels.
    """
    if set(first.class_names) != set(second.class_names) or not are_of_same_pictures(first, second):
        return None
    second = _in_the_order_of(second, first)
    labels, ours, theirs = first.labels, first.predictions, second.predictions
    sureness = first.probabilities.max(axis=1) + second.probabilities.max(axis=1)
    order = np.argsort(-sureness, kind="stable")

    def where(chosen: np.ndarray) -> list[int]:
        return [int(index) for index in order if chosen[index]]

    return Differences(
        first,
        second,
        where((ours == labels) & (theirs != labels)),
        where((ours != labels) & (theirs == labels)),
        where((ours != labels) & (theirs != labels) & (ours != theirs)),
    )


def _in_the_order_of(evaluation: Evaluation, other: Evaluation) -> Evaluation:
    """Returns an evaluation with the pictures and the classes in the order of another one of the same."""
    row_of = {path: row for row, path in enumerate(evaluation.paths)}
    rows = [row_of[path] for path in other.paths]
    columns = [evaluation.class_names.index(name) for name in other.class_names]
    return Evaluation(
        evaluation.split,
        other.class_names,
        other.labels,
        evaluation.probabilities[np.ix_(rows, columns)],
        other.paths,
        evaluation.temperature,
    )
