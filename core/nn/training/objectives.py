"""What training minimises: an extension point for other ways of training, each a subclass of `Objective`.

The loop, checkpoints, resuming and the live curves depend on nothing else.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence

import keras
import numpy as np
import tensorflow as tf

from core.config.training_config import TrainingConfig
from core.evaluation.evaluation import cross_entropy
from core.features.feature_space import FeatureRows
from core.nn.networks.classifier import class_probabilities
from core.nn.training.stage_data import LabelledRows, StageData
from core.nn.training.trainable import Trainable


class Objective(ABC):
    """What is minimised in a stage, on which batches, and how its epochs are measured.

    Randomness in a batch is derived from the seed and the number of the epoch, so that an interrupted run continues as
    if nothing had happened.

    Args:
        network: what learns.
        data: from what.
    """

    def __init__(self, network: Trainable, data: StageData) -> None:
        self.network = network
        self.data = data

    @property
    def variables(self) -> Sequence[keras.Variable]:
        """Variables of the objective besides the network's, such as an adversary or a projection.

        Trainable ones are trained at the rate of the head. All of them are saved in checkpoints.
        """
        return ()

    def batches(self, size: int, epoch: int) -> list[np.ndarray]:
        """Returns the indices among the training pictures that each batch of an epoch is made from.

        Args:
            size: most pictures in a batch.
            epoch: its number in the run, from 0.
        """
        order = np.random.default_rng([self.data.seed, epoch]).permutation(len(self.data.labels))
        return [order[start : start + size] for start in range(0, len(order), size)]

    @abstractmethod
    def read(self, indices: np.ndarray, epoch: int) -> dict[str, np.ndarray]:
        """Reads a batch, under the objective's own names. Called in a thread during the previous step.

        Args:
            indices: one of `batches`.
            epoch: its number in the run, from 0.
        """

    @abstractmethod
    def loss(self, batch: Mapping[str, tf.Tensor]) -> tf.Tensor:
        """Returns the scalar loss of a batch for a gradient step. Compiled, in training mode."""

    def penalty(self) -> tf.Tensor | float:
        """Returns what is added to the loss independently of the batch. Compiled."""
        return 0.0

    def outputs(self, rows: tf.Tensor) -> tf.Tensor:
        """Returns the outputs that rows are measured by, `(batch_size, ...)`, in evaluation mode. Compiled."""
        return self.network.logits(rows)

    def measure(self, run: Callable[[FeatureRows], np.ndarray], pictures: LabelledRows) -> dict[str, float]:
        """Measures an epoch on pictures: evaluation mode, unchanged pictures, no class weights.

        Args:
            run: returns the `outputs` of rows.
            pictures: the sample of the training pictures, or the validation pictures.

        Returns:
            Metrics, including `loss`, which early stopping watches. `loss` and `accuracy` are drawn as curves.
        """
        loss, accuracy = loss_and_accuracy(run(pictures.rows), pictures.labels)
        return {"loss": loss, "accuracy": accuracy}


# Makes the objective of a stage.
MakeObjective = Callable[[Trainable, StageData, TrainingConfig], Objective]


class CrossEntropy(Objective):
    """Cross-entropy with class weights and smoothed labels, and a penalty on the last layer's squared weights.

    Args:
        network: what is trained.
        data: what it is trained on.
        config: the run's label smoothing and weight decay.
    """

    def __init__(self, network: Trainable, data: StageData, config: TrainingConfig) -> None:
        super().__init__(network, data)
        self._smoothing = config.objective.label_smoothing
        self._penalty = penalty_factor(network, data, config)

    def read(self, indices: np.ndarray, epoch: int) -> dict[str, np.ndarray]:
        """Reads rows, labels and the weights of their classes."""
        labels = self.data.labels[indices]
        weights = self.data.class_weights[labels].astype(np.float32)
        return {"rows": self.data.read(indices, epoch), "labels": labels, "weights": weights}

    def loss(self, batch: Mapping[str, tf.Tensor]) -> tf.Tensor:
        """Returns the weighted mean of the pictures' cross-entropies."""
        logits = self.network.logits(batch["rows"], training=True)
        return tf.reduce_mean(batch["weights"] * picture_losses(batch["labels"], logits, self._smoothing))

    def penalty(self) -> tf.Tensor:
        """Returns the penalty on the last layer's weights."""
        return self._penalty * tf.reduce_sum(tf.square(self.network.head.get_layer("logits").kernel))


def picture_losses(labels: tf.Tensor, logits: tf.Tensor, smoothing: float) -> tf.Tensor:
    """Returns the cross-entropy of each picture.

    Args:
        labels: true classes `(batch_size,)`.
        logits: `(batch_size, 1)` for two classes, else `(batch_size, num_classes)`.
        smoothing: share of the certainty that is spread over all classes.
    """
    if logits.shape[1] == 1:
        # Keras smooths towards a half, which is the same as spreading over two classes.
        targets = tf.cast(labels, tf.float32)[:, None]
        return keras.losses.binary_crossentropy(targets, logits, from_logits=True, label_smoothing=smoothing)
    targets = tf.one_hot(labels, logits.shape[1])
    return keras.losses.categorical_crossentropy(targets, logits, from_logits=True, label_smoothing=smoothing)


def penalty_factor(network: Trainable, data: StageData, config: TrainingConfig) -> float:
    """Returns the factor of the last layer's squared weights in the loss.

    On unit vectors, scikit-learn's `LogisticRegression` minimises the sum of the losses + weights^2 / (2 C). Our
    vectors are longer by the square root of their dimension, so the weights are smaller by the same factor.
    """
    kernel = network.head.get_layer("logits").kernel
    scale = kernel.shape[0] if config.head.normalize and not config.head.units else 1
    return config.head.weight_decay * scale / (2 * len(data.labels))


def loss_and_accuracy(logits: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Returns the mean cross-entropy and the accuracy, both without class weights."""
    probabilities = class_probabilities(logits)
    return cross_entropy(probabilities, labels), float((probabilities.argmax(axis=1) == labels).mean())
