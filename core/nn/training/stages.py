"""One stage of training: the head alone, or the head with the unfrozen blocks."""

from dataclasses import dataclass

from core.config.parts import Optimization
from core.nn.training.objectives import Objective


@dataclass(frozen=True)
class Stage:
    """One part of training: what it minimises, for how long, and at which rate.

    Attributes:
        phase: `head` or `fine_tune`; `rate` in a rate search.
        objective: what is minimised, with which network, on which pictures.
        epochs: how many at most.
        learning_rate: Adam's step size.
        optimization: the run's batch size, schedule and patience.
    """

    phase: str
    objective: Objective
    epochs: int
    learning_rate: float
    optimization: Optimization


@dataclass(frozen=True)
class TrainingResult:
    """How training ended.

    Attributes:
        stopped: whether the user stopped it; the model is that of the best epoch so far with early stopping, else of
            the last complete one.
        metrics: of the saved model: `val_accuracy`, `val_loss`, and `test_accuracy` if there are test pictures.
        seconds: spent in each phase.
    """

    stopped: bool
    metrics: dict[str, float]
    seconds: dict[str, float]
