"""What a training stage learns from and is measured on."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.features.feature_space import FeatureRows

# The training curve is measured on a fixed sample of at most this many training pictures, or as many as there are
# validation pictures: enough for a curve, and cheap with unfrozen blocks.
TRAINING_SAMPLE = 1000


def num_measured(num_training: int, num_validation: int) -> int:
    """Returns how many training pictures the training curve is measured on."""
    return min(num_training, max(TRAINING_SAMPLE, num_validation))


@dataclass(frozen=True)
class LabelledRows:
    """FeatureRows with their labels.

    Attributes:
        rows: inputs of the trainable part, for unchanged pictures.
        labels: `int64` `(num_rows,)`.
    """

    rows: FeatureRows
    labels: np.ndarray


@dataclass(frozen=True)
class StageData:
    """What a stage learns from and is measured on.

    Attributes:
        read: takes indices among the training pictures `(n,)` and the number of the epoch, returns their rows,
            augmented if configured.
        labels: of all training pictures, `int64`.
        class_weights: factors of the loss, `(num_classes,)`.
        measured: the training pictures that the training curve is measured on.
        validation: the validation pictures.
        seed: for the order of the pictures.
    """

    read: Callable[[np.ndarray, int], np.ndarray]
    labels: np.ndarray
    class_weights: np.ndarray
    measured: LabelledRows
    validation: LabelledRows
    seed: int
