"""The trainable part of a network."""

from dataclasses import dataclass

import keras
import tensorflow as tf

from core.nn.networks.classifier import Classifier


@dataclass(frozen=True)
class Trainable:
    """The trainable part of a network.

    Attributes:
        suffix: unfrozen blocks, from the rows to the head's inputs; None if the rows are the head's inputs.
        head: the head's inputs to logits.
        blocks: trainable variables of each unfrozen block, the one nearest to the head first.
        backbone_training: whether the unfrozen blocks run in training mode; only from scratch, so that
            batch-norm statistics never move on small data sets.
    """

    suffix: keras.Model | None
    head: keras.Model
    blocks: tuple[tuple[keras.Variable, ...], ...] = ()
    backbone_training: bool = False

    @classmethod
    def whole(cls, classifier: Classifier, from_scratch: bool) -> "Trainable":
        """Returns the unfrozen blocks of a classifier with its head."""
        return cls(classifier.suffix, classifier.head, classifier.unfrozen, from_scratch)

    def groups(self, rate_decay: float) -> list[tuple[list[keras.Variable], float]]:
        """Returns the trainable variables with the factors of their rates: the head's and the last block's is 1."""
        if rate_decay == 1:
            return [([*self.head.trainable_variables, *(v for block in self.blocks for v in block)], 1.0)]
        last, *earlier = self.blocks or ((),)
        groups = [([*self.head.trainable_variables, *last], 1.0)]
        groups += [(list(block), rate_decay**distance) for distance, block in enumerate(earlier, start=1)]
        return [(variables, factor) for variables, factor in groups if variables]

    @property
    def variables(self) -> list[keras.Variable]:
        """All variables of the network, including untrained ones.

        From scratch, the running statistics of batch norm belong to the weights, although they have no gradient.
        """
        return [*(self.suffix.variables if self.suffix else []), *self.head.variables]

    def head_inputs(self, rows: tf.Tensor, training: bool = False) -> tf.Tensor:
        """Returns the head's inputs for a batch of rows in their stored type."""
        x = tf.cast(rows, tf.float32)
        return self.suffix(x, training=training and self.backbone_training) if self.suffix else x

    def logits(self, rows: tf.Tensor, training: bool = False) -> tf.Tensor:
        """Returns the logits `(batch_size, outputs)` of a batch of rows in their stored type."""
        return self.head(self.head_inputs(rows, training), training=training)
