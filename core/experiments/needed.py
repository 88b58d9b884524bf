"""How many pictures a class an accuracy takes, from accuracies measured with some numbers of them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.experiments.results import Outcome

REPLICATES = 1000
SEED = 0
# Of this many times the pictures it is still said whether they would be enough.
DOUBLINGS = 3
PERCENTILES = (2.5, 97.5)
# Of what never happened in n trials, the share is at most 3 / n at 95 % (the rule of three).
RULE_OF_THREE = 3


@dataclass(frozen=True)
class Needed:
    """How many pictures a class an accuracy takes.

    Attributes:
        target: the accuracy, 0-1.
        number: how many; None if it wasn't reached.
        interval: of 95 %; its upper end is infinite if the accuracy may not be reached with as many as there are.
        smallest: the smallest number that was tried.
        largest: the largest number that was tried.
        gain: of the accuracy, at most, with each further doubling of the pictures (upper end of its 95 % interval).
        missing: accuracy still missing with the largest number; 0 or less if it was reached.
    """

    target: float
    number: int | None
    interval: tuple[float, float]
    smallest: int
    largest: int
    gain: float
    missing: float

    @property
    def is_hopeless(self) -> bool:
        """Whether eight times as many pictures wouldn't be enough either, if each doubling brought the most it may.

        Not if the accuracy may already be reached, but for the chance of these validation pictures.
        """
        return math.isinf(self.interval[0]) and self.missing > DOUBLINGS * max(0.0, self.gain)


def pictures_needed(found: Sequence[Outcome], target: float) -> Needed | None:
    """Returns how many pictures a class it takes to reach an accuracy; None with fewer than two numbers tried.

    Between the numbers that were tried the accuracy is taken as linear in the logarithm of the number, and never
    falling. The interval comes from drawing the validation pictures and the draws again (bootstrap, Efron 1979).

    Args:
        found: of one lane; `arm.x` is the number of pictures a class.
        target: the accuracy, 0-1.
    """
    # A picture that one of the runs couldn't read would be missing there.
    most = max((len(one.is_right) for one in found), default=0)
    found = [one for one in found if len(one.is_right) == most]
    sizes = sorted({one.arm.x for one in found})
    if len(sizes) < 2:
        return None
    rights = [np.stack([one.is_right for one in found if one.arm.x == size]).astype(float) for size in sizes]
    generator = np.random.default_rng(SEED)
    curves = np.stack([_drawn(rights, generator) for _ in range(REPLICATES)])
    own = np.array([right.mean() for right in rights])
    steps = np.log2(np.array(sizes))
    crossings = np.array([_crossing(steps, curve, target) for curve in curves])
    number = _crossing(steps, own, target)
    gains = (curves[:, -1] - curves[:, -2]) / (steps[-1] - steps[-2])
    # Where two numbers of pictures give the same answers, drawing these again shows no difference at all.
    unseen = RULE_OF_THREE / most / (steps[-1] - steps[-2])
    low, high = np.percentile(crossings, PERCENTILES, method="inverted_cdf")
    return Needed(
        target,
        None if np.isinf(number) else round(2**number),
        (float(2**low), float(2**high)),
        int(sizes[0]),
        int(sizes[-1]),
        float(max(np.percentile(gains, PERCENTILES[1]), unseen)),
        float(target - own.max()),
    )


def _drawn(rights: Sequence[np.ndarray], generator: np.random.Generator) -> np.ndarray:
    """Returns the accuracies with validation pictures and draws drawn again; the same pictures for all numbers."""
    pictures = generator.integers(0, rights[0].shape[1], rights[0].shape[1])
    chosen = (generator.integers(0, len(right), len(right)) for right in rights)
    return np.array([right[draws][:, pictures].mean() for right, draws in zip(rights, chosen, strict=True)])


def _crossing(steps: np.ndarray, accuracies: np.ndarray, target: float) -> float:
    """Returns where a curve first reaches the target, as a logarithm; infinite if it doesn't."""
    rising = np.maximum.accumulate(accuracies)
    reached = np.flatnonzero(rising >= target)
    if not len(reached):
        return np.inf
    at = int(reached[0])
    if at == 0:
        return float(steps[0])
    share = (target - rising[at - 1]) / (rising[at] - rising[at - 1])
    return float(steps[at - 1] + share * (steps[at] - steps[at - 1]))
