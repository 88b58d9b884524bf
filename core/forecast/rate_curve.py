"""What the learning-rate finder found."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RateCurve:
    """Losses of a short run whose learning rate rises step by step (Smith 2017, https://arxiv.org/abs/1506.01186).

    Attributes:
        rates: learning rate of each step, rising.
        losses: smoothed loss of each step.
        suggestion: the rate at which the loss fell fastest.
    """

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    suggestion: float
