"""What came out of an experiment: accuracies with their intervals, and how its arms compare."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from statistics import fmean, stdev

import numpy as np

from core.errors import CoreError
from core.evaluation.comparison import PairedComparison, UnpairedComparison, compare, paired_interval
from core.evaluation.evaluation import Evaluation, load_evaluations, wilson_interval
from core.experiments.experiment import Arm
from core.experiments.progress import ExperimentState
from core.runs.epoch_times import lead_time
from core.runs.records.run import Run
from core.runs.records.store import RunStore

# Two-sided 95 % quantiles of Student's t by degrees of freedom; beyond, the normal distribution's is close enough.
T_QUANTILES = (12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26)
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Outcome:
    """An arm that is done, with its answers for the validation pictures."""

    arm: Arm
    run: Run
    evaluation: Evaluation

    @property
    def accuracy(self) -> float:
        """Share of right answers, 0-1."""
        return self.evaluation.accuracy

    @property
    def seconds(self) -> float:
        """How long its run worked, without what only the first one of a process has to do (`lead_time`)."""
        return max(0.0, self.run.seconds_at_work - lead_time(self.run))

    @property
    def trainable_params(self) -> int:
        """How many numbers it learned."""
        return self.arm.config.trainable_params(len(self.evaluation.class_names))

    @cached_property
    def is_right(self) -> np.ndarray:
        """Whether each validation picture was answered rightly, in the order of their paths, `bool` `(n,)`."""
        order = np.argsort(self.evaluation.paths)
        return (self.evaluation.predictions == self.evaluation.labels)[order]


@dataclass(frozen=True)
class Measured:
    """The accuracy at one position of a lane, over all draws that are done.

    Attributes:
        lane: the lane.
        x: the position.
        accuracy: mean over the draws, 0-1.
        interval: of 95 %, for the pictures that it was measured with and, with several draws, for these too.
        num_draws: how many draws.
        num_pictures: how many validation pictures.
        seconds: mean time of a run.
        trainable_params: how many numbers were learned.
    """

    lane: str
    x: float
    accuracy: float
    interval: tuple[float, float]
    num_draws: int
    num_pictures: int
    seconds: float
    trainable_params: int


def outcomes(store: RunStore, state: ExperimentState) -> tuple[Outcome, ...]:
    """Returns the arms that are done and whose evaluation can be read.

    Args:
        store: where the runs are recorded.
        state: the experiment.
    """
    found = []
    for one in state.done:
        assert one.run is not None  # an arm that is done has one
        try:
            found.append(Outcome(one.arm, one.run, _evaluation(store.folder(one.run.id), one.run.finished)))
        except CoreError:
            continue
    return tuple(found)


@lru_cache(maxsize=256)
def _evaluation(folder: Path, finished: float) -> Evaluation:
    """Reads the evaluation of a run that ended then: it never changes, and a page asks for all of them each second."""
    return load_evaluations(folder)[0]


def measured(found: Sequence[Outcome]) -> tuple[Measured, ...]:
    """Returns the accuracies by lane and position, in the order of the arms and, within a lane, of the positions."""
    groups: dict[tuple[str, float], list[Outcome]] = {}
    for one in found:
        groups.setdefault((one.arm.lane, one.arm.x), []).append(one)
    lanes = list(dict.fromkeys(lane for lane, _ in groups))
    ordered = sorted(groups, key=lambda group: (lanes.index(group[0]), group[1]))
    return tuple(_measured(*group, groups[group]) for group in ordered)


def _measured(lane: str, x: float, draws: Sequence[Outcome]) -> Measured:
    accuracies = [one.accuracy for one in draws]
    size = min(len(one.evaluation.labels) for one in draws)
    return Measured(
        lane,
        x,
        fmean(accuracies),
        interval_of_draws(accuracies, size),
        len(draws),
        size,
        fmean(one.seconds for one in draws),
        draws[0].trainable_params,
    )


def interval_of_draws(accuracies: Sequence[float], num_pictures: int) -> tuple[float, float]:
    """Returns a 95 % interval of a mean accuracy over draws of training pictures, all measured on the same pictures.

    The part for the validation pictures is Wilson's interval at the mean, as these are the same in every draw; that for
    the draws is Student's t. Both are independent, so their half-widths add up as squares.

    Args:
        accuracies: one for each draw, 0-1; at least one.
        num_pictures: how many validation pictures there are.
    """
    mean = fmean(accuracies)
    low, high = wilson_interval(round(mean * num_pictures), num_pictures, CONFIDENCE)
    if len(accuracies) == 1:
        return low, high
    half = _half_of_draws(accuracies)
    return max(0.0, mean - math.hypot(mean - low, half)), min(1.0, mean + math.hypot(high - mean, half))


def interval_of_gains(pairs: Sequence[tuple[Outcome, Outcome]]) -> tuple[float, float]:
    """Returns a 95 % interval of the mean difference of two arms' accuracies over draws of training pictures.

    Made as `interval_of_draws` is: the part for the validation pictures is that of two shares of the same pictures
    (`paired_interval`), at the mean counts. Draws that agree by the luck of few pictures thus prove nothing.

    Args:
        pairs: for each draw the one arm and the other; at least one pair, all with the same validation pictures.
    """
    rights = np.array([(one.is_right, other.is_right) for one, other in pairs])
    gains = (rights[:, 0].mean(axis=1) - rights[:, 1].mean(axis=1)).tolist()
    total = rights.shape[2]
    only_first = round((rights[:, 0] & ~rights[:, 1]).sum() / len(pairs))
    only_second = min(total - only_first, round((rights[:, 1] & ~rights[:, 0]).sum() / len(pairs)))
    both = min(total - only_first - only_second, round((rights[:, 0] & rights[:, 1]).sum() / len(pairs)))
    low, high = paired_interval(both, only_first, only_second, total, CONFIDENCE)
    mean, middle = fmean(gains), (only_first - only_second) / total
    half = _half_of_draws(gains) if len(gains) > 1 else 0.0
    return max(-1.0, mean - math.hypot(middle - low, half)), min(1.0, mean + math.hypot(high - middle, half))


def _half_of_draws(numbers: Sequence[float]) -> float:
    """Returns half the width of the 95 % interval of the mean of two or more draws (Student's t)."""
    quantile = T_QUANTILES[len(numbers) - 2] if len(numbers) - 2 < len(T_QUANTILES) else 1.96
    return quantile * stdev(numbers) / math.sqrt(len(numbers))


def compare_outcomes(
    first: Outcome, second: Outcome, num_comparisons: int = 1
) -> PairedComparison | UnpairedComparison:
    """Compares two arms picture by picture.

    Args:
        first: an arm.
        second: another.
        num_comparisons: out of how many comparisons this one was picked: the confidence is raised accordingly
            (Bonferroni).
    """
    confidence = 1 - (1 - CONFIDENCE) / max(1, num_comparisons)
    return compare(first.evaluation, second.evaluation, is_same_dataset=True, confidence=confidence)


def kendall(first: Sequence[float], second: Sequence[float]) -> float:
    """Returns how well two orders agree: 1 the same, -1 the opposite (Kendall's tau b); NaN if one has no order."""
    agree = [np.sign(np.subtract.outer(values, values)) for values in (first, second)]
    spread = math.sqrt(float((agree[0] ** 2).sum()) * float((agree[1] ** 2).sum()))
    return float((agree[0] * agree[1]).sum()) / spread if spread else math.nan
