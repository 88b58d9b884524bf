"""What a stage of a training is made of: what learns, from what, and how it is measured."""

from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from core.config.training_config import TrainingConfig
from core.features.feature_space import FeatureRows

# The training curve is measured on a fixed sample of at most this many training pictures, or as many as there are
# validation pictures: enough for a curve, cheap where blocks are thawed.
TRAINING_SAMPLE = 1000


def num_measured(num_training: int, num_validation: int) -> int:
    """Returns on how many of the training pictures the training curve is measured."""
    return min(num_training, max(TRAINING_SAMPLE, num_validation))


@dataclass(frozen=True)
class LabelledRows:
    """Rows with their labels.

    Attributes:
        rows: what enters the trainable part, plain pictures.
        labels: `int64` `(num_rows,)`.
    """

    rows: FeatureRows
    labels: np.ndarray


@dataclass(frozen=True)
class Trainable:
    """The part of a network that learns.

    Attributes:
        suffix: thawed blocks, from the rows to the head's inputs; None where the rows are the head's inputs.
        head: the head's inputs to logits.
        blocks: what learns of each thawed block, the one nearest to the head first.
        backbone_training: whether the thawed blocks run in training mode; only from scratch, so that
            batch-norm statistics never move on small data sets.
    """

    suffix: keras.Model | None
    head: keras.Model
    blocks: tuple[tuple[keras.Variable, ...], ...] = ()
    backbone_training: bool = False

    def groups(self, rate_decay: float) -> list[tuple[list[keras.Variable], float]]:
        """Returns what learns with the factor of its learning rate: the head's and the last block's is 1."""
        if rate_decay == 1:
            return [([*self.head.trainable_variables, *(v for block in self.blocks for v in block)], 1.0)]
        last, *earlier = self.blocks or ((),)
        groups = [([*self.head.trainable_variables, *last], 1.0)]
        groups += [(list(block), rate_decay**distance) for distance, block in enumerate(earlier, start=1)]
        return [(variables, factor) for variables, factor in groups if variables]

    def logits(self, rows: tf.Tensor, training: bool = False) -> tf.Tensor:
        """Returns the logits `(batch_size, outputs)` of a batch of rows in their stored type."""
        x = tf.cast(rows, tf.float32)
        if self.suffix:
            x = self.suffix(x, training=training and self.backbone_training)
        return self.head(x, training=training)


@dataclass(frozen=True)
class StageData:
    """What a stage learns from and is measured on.

    Attributes:
        read: takes places among the training pictures `(n,)` and the number of the epoch, returns their rows,
            changed as augmentation asks.
        labels: of all training pictures, `int64`.
        class_weights: factors of the loss, `(num_classes,)`.
        measured: the training pictures that the training curve is measured on.
        validation: the validation pictures.
        seed: of the order of the pictures.
    """

    read: Callable[[np.ndarray, int], np.ndarray]
    labels: np.ndarray
    class_weights: np.ndarray
    measured: LabelledRows
    validation: LabelledRows
    seed: int


@dataclass(frozen=True)
class Stage:
    """One part of a training: what learns, from what, for how long.

    Attributes:
        phase: `head` or `fine_tune`.
        network: what learns.
        data: from what.
        epochs: how many at most.
        learning_rate: Adam's step size.
        config: batch size, schedule, penalties and patience as the run has them.
    """

    phase: str
    network: Trainable
    data: StageData
    epochs: int
    learning_rate: float
    config: TrainingConfig
