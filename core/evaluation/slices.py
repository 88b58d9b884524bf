"""Whether a model does as well for every group of pictures: the metrics by group, and the largest gap."""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.evaluation.evaluation import Evaluation, wilson_interval

CONFIDENCE = 0.95
# Of nine pictures that are all right, plausibly 70 to 100 % are: a group this small can't be told from most others.
FEWEST_TO_TELL = 10
UNKNOWN = -1
COUNT, ACCURACY, MACRO_RECALL, MACRO_F1 = "count", "accuracy", "macro_recall", "macro_f1"


@dataclass(frozen=True)
class GroupScore:
    """How good a model is on one group of pictures; shares 0-1.

    Attributes:
        group: its index; `UNKNOWN` for the pictures of which it isn't known to which group they belong.
        num_pictures: how many pictures it has, at least one.
        num_right: how many were answered rightly.
        macro_recall: mean recall of the classes that occur in it.
        macro_f1: mean F1 of these classes.
    """

    group: int
    num_pictures: int
    num_right: int
    macro_recall: float
    macro_f1: float

    @property
    def accuracy(self) -> float:
        """Share of right answers."""
        return self.num_right / self.num_pictures

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the accuracy (`wilson_interval`)."""
        return wilson_interval(self.num_right, self.num_pictures, CONFIDENCE)

    @property
    def is_too_small(self) -> bool:
        """Whether it has too few pictures to be compared."""
        return self.num_pictures < FEWEST_TO_TELL


@dataclass(frozen=True)
class Gap:
    """How much better a model is on one group than on another.

    Attributes:
        better: the group with more right answers.
        worse: the other one.
        interval: of the difference between their accuracies, -1 to 1, wide enough to hold for all pairs at once.
        num_pairs: of how many pairs of groups this one was picked.
    """

    better: GroupScore
    worse: GroupScore
    interval: tuple[float, float]
    num_pairs: int

    @property
    def difference(self) -> float:
        """Difference between the accuracies, 0-1."""
        return self.better.accuracy - self.worse.accuracy

    @property
    def is_sure(self) -> bool:
        """Whether chance alone hardly makes such a gap."""
        return self.interval[0] > 0


@dataclass(frozen=True)
class Slices:
    """The metrics by group.

    Attributes:
        groups: those with pictures, in the order of their indices.
        unknown: the pictures of which the group isn't known; None if there are none. They aren't compared.
        gap: the largest gap that isn't chance, else the largest; None if fewer than two groups are large enough.
        differences: by metric, between the best and the worst of the groups that are large enough; none if there is
            no gap to speak of.
    """

    groups: tuple[GroupScore, ...]
    unknown: GroupScore | None
    gap: Gap | None
    differences: Mapping[str, float]


def slice_by(evaluation: Evaluation, group_of: np.ndarray) -> Slices:
    """Returns the metrics by group.

    Args:
        evaluation: of the pictures.
        group_of: the group of each picture, `int64` `(num_pictures,)`, or `UNKNOWN`.
    """
    frame = _frame(evaluation.labels, evaluation.predictions, group_of)
    scores = [_score(int(group), row) for group, row in frame.by_group.iterrows()]
    groups = tuple(score for score in scores if score.group != UNKNOWN)
    compared = [score for score in groups if not score.is_too_small]
    return Slices(
        groups,
        next((score for score in scores if score.group == UNKNOWN), None),
        largest_gap(compared),
        _differences(evaluation, group_of, compared, frame),
    )


def largest_gap(scores: Sequence[GroupScore]) -> Gap | None:
    """Returns the largest gap between two groups that isn't chance, else the largest; None if there are no two groups.

    The more pairs there are, the larger a gap chance makes between some two of them. So each interval is as wide as
    makes all of them hold at once in 95 of 100 cases (Bonferroni).
    """
    pairs = list(itertools.combinations(scores, 2))
    gaps = [_gap(one, other, len(pairs)) for one, other in pairs]
    return max(gaps, key=lambda gap: (gap.is_sure, gap.difference), default=None)


def difference_interval(
    first: tuple[int, int], second: tuple[int, int], confidence: float = CONFIDENCE
) -> tuple[float, float]:
    """Returns an interval of the difference between two shares of different things (Newcombe 1998, method 10).

    See https://doi.org/10.1002/(SICI)1097-0258(19980430)17:8%3C873::AID-SIM779%3E3.0.CO;2-I.

    Args:
        first: how many were right, and out of how many; at least 1.
        second: likewise.
        confidence: of the interval, 0-1.
    """
    (low, high), (other_low, other_high) = wilson_interval(*first, confidence), wilson_interval(*second, confidence)
    share, other = first[0] / first[1], second[0] / second[1]
    return (
        share - other - math.hypot(share - low, other_high - other),
        share - other + math.hypot(high - share, other - other_low),
    )


def _gap(one: GroupScore, other: GroupScore, num_pairs: int) -> Gap:
    better, worse = (one, other) if one.accuracy >= other.accuracy else (other, one)
    interval = difference_interval(
        (better.num_right, better.num_pictures),
        (worse.num_right, worse.num_pictures),
        1 - (1 - CONFIDENCE) / num_pairs,
    )
    return Gap(better, worse, interval, num_pairs)


def _score(group: int, row: Mapping[str, float]) -> GroupScore:
    num_pictures = int(row[COUNT])
    return GroupScore(
        group, num_pictures, round(row[ACCURACY] * num_pictures), float(row[MACRO_RECALL]), float(row[MACRO_F1])
    )


def _differences(
    evaluation: Evaluation, group_of: np.ndarray, compared: Sequence[GroupScore], frame: Any
) -> dict[str, float]:
    """Returns the differences between the groups that are compared; `frame` may have others too."""
    if len(compared) < 2:
        return {}
    if len(compared) < len(frame.by_group):
        chosen = np.isin(group_of, [score.group for score in compared])
        frame = _frame(evaluation.labels[chosen], evaluation.predictions[chosen], group_of[chosen])
    differences = frame.difference()
    return {metric: float(differences[metric]) for metric in (ACCURACY, MACRO_RECALL, MACRO_F1)}


def _frame(labels: np.ndarray, answers: np.ndarray, group_of: np.ndarray) -> Any:
    """Returns Fairlearn's `MetricFrame`. It brings scikit-learn, which takes a second to import."""
    from fairlearn.metrics import MetricFrame, count  # type: ignore[import-untyped]
    from sklearn.metrics import accuracy_score, f1_score, recall_score

    # Only of classes that occur in the group: of the others there is nothing to be found.
    def macro_recall(true: np.ndarray, given: np.ndarray) -> float:
        return float(recall_score(true, given, labels=np.unique(true), average="macro", zero_division=0))

    def macro_f1(true: np.ndarray, given: np.ndarray) -> float:
        return float(f1_score(true, given, labels=np.unique(true), average="macro", zero_division=0))

    metrics = {
        COUNT: count,
        ACCURACY: accuracy_score,
        MACRO_RECALL: macro_recall,
        MACRO_F1: macro_f1,
    }
    return MetricFrame(metrics=metrics, y_true=labels, y_pred=answers, sensitive_features=group_of)
