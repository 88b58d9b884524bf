"""ROC and precision/recall curves of one class against all others, and the areas under them.

Scikit-learn says the same (the tests compare), but to import it takes a second before a page is there.
"""

from dataclasses import dataclass

import numpy as np

from core.evaluation.evaluation import Evaluation


@dataclass(frozen=True)
class ClassCurves:
    """What a class would give at each probability from which on a picture is called of this class.

    Attributes:
        thresholds: the probabilities that occur, from the highest, `float64` `(num_points,)`.
        true_positive_rates: the share of the class's pictures that are found (recall), likewise.
        false_positive_rates: the share of the other pictures that are wrongly called so, likewise.
        precisions: the share of the pictures called so that are of the class, likewise.
        num_positives: how many pictures are of the class.
        num_negatives: how many are not.
    """

    thresholds: np.ndarray
    true_positive_rates: np.ndarray
    false_positive_rates: np.ndarray
    precisions: np.ndarray
    num_positives: int
    num_negatives: int

    @property
    def roc_area(self) -> float:
        """Area under the ROC curve, 0-1: how often a picture of the class has a higher probability than another one."""
        rises = np.concatenate([[0.0], self.false_positive_rates])
        heights = np.concatenate([[0.0], self.true_positive_rates])
        return float((np.diff(rises) * (heights[1:] + heights[:-1]) / 2).sum())

    @property
    def average_precision(self) -> float:
        """Mean precision, each step weighted by the recall that it adds, 0-1."""
        gained = np.diff(np.concatenate([[0.0], self.true_positive_rates]))
        return float((gained * self.precisions).sum())

    def index_at(self, threshold: float) -> int | None:
        """Returns the point for calling pictures of this class from a probability on; None if no picture reaches it."""
        reached = int((self.thresholds >= threshold).sum())
        return reached - 1 if reached else None

    def thinned(self, most: int) -> "ClassCurves":
        """Returns the curves with at most so many points, the first and the last among them, for drawing."""
        if len(self.thresholds) <= most:
            return self
        kept = np.unique(np.linspace(0, len(self.thresholds) - 1, most).round().astype(int))
        return ClassCurves(
            self.thresholds[kept],
            self.true_positive_rates[kept],
            self.false_positive_rates[kept],
            self.precisions[kept],
            self.num_positives,
            self.num_negatives,
        )


def class_curves(evaluation: Evaluation, label: int) -> ClassCurves | None:
    """Returns the curves of a class; None if all pictures are of it, or none is.

    Args:
        evaluation: of any pictures.
        label: the class.
    """
    is_positive = evaluation.labels == label
    num_positives = int(is_positive.sum())
    num_negatives = len(is_positive) - num_positives
    if not num_positives or not num_negatives:
        return None
    scores = evaluation.probabilities[:, label]
    order = np.argsort(-scores, kind="stable")
    ordered = scores[order]
    # Pictures with the same probability are called so together.
    last = np.append(np.flatnonzero(ordered[1:] < ordered[:-1]), len(ordered) - 1)
    found = np.cumsum(is_positive[order])[last]
    called = last + 1
    return ClassCurves(
        ordered[last],
        found / num_positives,
        (called - found) / num_negatives,
        found / called,
        num_positives,
        num_negatives,
    )
