"""What a network's features are worth on a data set, measured before anything is trained."""

from dataclasses import dataclass

from core.evaluation.evaluation import wilson_interval


@dataclass(frozen=True)
class NetworkRating:
    """How well a network's features suit the training pictures.

    Attributes:
        backbone: its name.
        log_me: log of the maximum evidence per picture; higher is better.
        nearest_mean: share of the pictures nearest to the mean of their own class, without themselves.
    """

    backbone: str
    log_me: float
    nearest_mean: float


@dataclass(frozen=True)
class Advice:
    """What cross-validation of a linear head on the frozen features of a network found.

    Attributes:
        backbone: name of the network.
        num_missing: how many pictures would have to go through the network first; with any, nothing was measured.
        num_right: how many of the pictures were told right by a head that was trained on others.
        num_tried: out of how many.
        num_folds: into how many parts they were divided.
        num_classes: of the data set.
        ratings: of the networks whose features of these pictures are at hand, this one first.
    """

    backbone: str
    num_missing: int = 0
    num_right: int = 0
    num_tried: int = 0
    num_folds: int = 0
    num_classes: int = 0
    ratings: tuple[NetworkRating, ...] = ()

    @property
    def accuracy(self) -> float:
        """Share of the pictures told right; 0 if none was tried."""
        return self.num_right / self.num_tried if self.num_tried else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the accuracy on new pictures of the same kind (`wilson_interval`)."""
        return wilson_interval(self.num_right, self.num_tried)
