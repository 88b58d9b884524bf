"""Which of two models is better, as far as their answers for validation pictures can tell."""

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from core.evaluation.evaluation import Evaluation, wilson_interval

CONFIDENCE = 0.95


@dataclass(frozen=True)
class PairedComparison:
    """Two models' answers for the same pictures.

    Attributes:
        num_pictures: how many pictures.
        only_first: on how many only the first model is right.
        only_second: on how many only the second model is right.
        difference: accuracy of the first minus that of the second, -1 to 1.
        interval: the interval of that difference (`paired_interval`).
        p_value: of the exact McNemar test: how likely two equally good models differ at least as much.
        confidence: of the interval; the test uses the same.
        both: on how many both models are right.
    """

    num_pictures: int
    only_first: int
    only_second: int
    difference: float
    interval: tuple[float, float]
    p_value: float
    confidence: float = CONFIDENCE
    both: int = 0

    @property
    def right(self) -> tuple[int, int]:
        """How many pictures each model answered rightly."""
        return self.both + self.only_first, self.both + self.only_second

    @property
    def better(self) -> int:
        """Which model is better: 1 the first, -1 the second, 0 if they can't be told apart.

        Test and interval are of different making, so at the limit one may be sure and the other not: then neither is
        called better.
        """
        low, high = self.interval
        if self.p_value > 1 - self.confidence or low <= 0 <= high:
            return 0
        return 1 if low > 0 else -1


@dataclass(frozen=True)
class UnpairedComparison:
    """Two models' accuracies on different pictures: all that can be compared are their intervals.

    Attributes:
        first: interval of the first model's accuracy.
        second: interval of the second model's.
    """

    first: tuple[float, float]
    second: tuple[float, float]

    @property
    def better(self) -> int:
        """Which model is better: 1 the first, -1 the second, 0 if the intervals overlap."""
        if self.first[0] > self.second[1]:
            return 1
        return -1 if self.second[0] > self.first[1] else 0


def compare(
    first: Evaluation, second: Evaluation, is_same_dataset: bool, confidence: float = CONFIDENCE
) -> PairedComparison | UnpairedComparison:
    """Compares two models by their answers: for the same pictures picture by picture, otherwise by their intervals.

    Args:
        first: of one model.
        second: of the other.
        is_same_dataset: whether both are about the same data set, where equal paths are equal pictures.
        confidence: of the intervals and of the test, 0-1.
    """
    if not (is_same_dataset and are_of_same_pictures(first, second)):
        return UnpairedComparison(_interval(first, confidence), _interval(second, confidence))
    order = {path: index for index, path in enumerate(second.paths)}
    chosen = [order[path] for path in first.paths]
    return compare_answers(first.predictions == first.labels, (second.predictions == second.labels)[chosen], confidence)


def are_of_same_pictures(first: Evaluation, second: Evaluation) -> bool:
    """Returns whether two evaluations in one data set are of the same pictures with the same labels, in any order."""
    return _labels_by_path(first) == _labels_by_path(second)


def compare_answers(first: np.ndarray, second: np.ndarray, confidence: float = CONFIDENCE) -> PairedComparison:
    """Compares two models picture by picture (McNemar 1947, doi:10.1007/BF02295996, in its exact form).

    Args:
        first: whether the first model is right, `bool` `(num_pictures,)`.
        second: whether the second model is right, for the same pictures.
        confidence: of the interval and of the test, 0-1.
    """
    both = int((first & second).sum())
    only_first, only_second = int((first & ~second).sum()), int((second & ~first).sum())
    return PairedComparison(
        len(first),
        only_first,
        only_second,
        (only_first - only_second) / len(first),
        paired_interval(both, only_first, only_second, len(first), confidence),
        sign_test(only_first, only_second),
        confidence,
        both,
    )


def sign_test(first: int, second: int) -> float:
    """Returns how likely at least as uneven a split is if both sides are equally likely (exact, two-sided).

    SciPy's `binomtest` says the same, but importing it takes most of a second.
    """
    tosses = first + second
    term = tail = 1
    for count in range(min(first, second)):
        term = term * (tosses - count) // (count + 1)
        tail += term
    return min(1.0, float(Fraction(2 * tail, 2**tosses)))


def paired_interval(
    both: int, only_first: int, only_second: int, total: int, confidence: float = CONFIDENCE
) -> tuple[float, float]:
    """Returns an interval of the difference of two shares of the same things (Newcombe 1998, method 10).

    See https://doi.org/10.1002/(SICI)1097-0258(19981130)17:22%3C2635::AID-SIM954%3E3.0.CO;2-C.

    Args:
        both: how many are in both shares.
        only_first: how many are in the first only.
        only_second: how many are in the second only.
        total: out of how many; at least 1.
        confidence: of the interval, 0-1.
    """
    neither = total - both - only_first - only_second
    rights = (both + only_first, both + only_second)
    first, second = (right / total for right in rights)
    (low, high), (other_low, other_high) = (wilson_interval(right, total, confidence) for right in rights)
    margins = math.prod((right * (total - right)) for right in rights)
    surplus: float = both * neither - only_first * only_second
    # With the continuity correction for shares that go together.
    surplus = max(surplus - total / 2, 0.0) if surplus > 0 else surplus
    phi = surplus / math.sqrt(margins) if margins else 0.0
    return (
        first - second - _combined(first - low, other_high - second, phi),
        first - second + _combined(high - first, second - other_low, phi),
    )


def _combined(one: float, other: float, phi: float) -> float:
    return math.sqrt(max(0.0, one**2 - 2 * phi * one * other + other**2))


def _labels_by_path(evaluation: Evaluation) -> dict[str, str]:
    names = evaluation.class_names
    return {path: names[label] for path, label in zip(evaluation.paths, evaluation.labels.tolist(), strict=True)}


def _interval(evaluation: Evaluation, confidence: float) -> tuple[float, float]:
    return wilson_interval(int((evaluation.predictions == evaluation.labels).sum()), len(evaluation.labels), confidence)
