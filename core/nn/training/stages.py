"""One stage of a training: the head alone, or the head with the unfrozen blocks."""

from dataclasses import dataclass

from core.config.parts import Optimization
from core.nn.training.objectives import Objective


@dataclass(frozen=True)
class Stage:
    """One part of a training: what it minimises, for how long, at which rate.

    Attributes:
        phase: `head` or `fine_tune`; `rate` where a rate is searched.
        objective: what is minimised, by which network, on which pictures.
        epochs: how many at most.
        learning_rate: Adam's step size.
        optimization: batch size, schedule and patience as the run has them.
    """

    phase: str
    objective: Objective
    epochs: int
    learning_rate: float
    optimization: Optimization
