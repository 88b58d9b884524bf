"""One gradient step: the loss, its penalties, and an Adam for each group of variables with a rate of its own."""

import math
from collections.abc import Callable

import keras
import tensorflow as tf

from core.nn.training.stages import Stage


def _penalty(stage: Stage) -> float:
    """Returns the factor of the last layer's squared weights in the loss.

    On unit vectors scikit-learn's `LogisticRegression` minimises the sum of the losses + weights^2 / (2 C). Ours sees
    those vectors longer by the square root of their length, so its weights are as much smaller.
    """
    names = [layer.name for layer in stage.network.head.layers]
    kernel = stage.network.head.get_layer("logits").kernel
    scale = kernel.shape[0] if "unit_scale" in names and "hidden" not in names else 1
    return stage.config.head.weight_decay * scale / (2 * len(stage.data.labels))


def step_function(stage: Stage, optimizers: "Optimizers") -> Callable[..., tf.Tensor]:
    """Compiles one gradient step: rows, labels and weights of a batch to its loss."""
    network = stage.network
    kernel = network.head.get_layer("logits").kernel
    penalty = _penalty(stage)
    smoothing = stage.config.label_smoothing

    @tf.function(reduce_retracing=True, autograph=False)
    def step(rows: tf.Tensor, labels: tf.Tensor, weights: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            logits = network.logits(rows, training=True)
            loss = tf.reduce_mean(weights * _cross_entropy(labels, logits, smoothing))
            loss += penalty * tf.reduce_sum(tf.square(kernel))
        optimizers.apply(tape.gradient(loss, optimizers.groups))
        return loss

    return step


def _cross_entropy(labels: tf.Tensor, logits: tf.Tensor, smoothing: float) -> tf.Tensor:
    if logits.shape[1] == 1:
        # Smoothed towards a half, which is what spreading over two classes comes to.
        targets = tf.cast(labels, tf.float32) * (1 - smoothing) + smoothing / 2
        return tf.nn.sigmoid_cross_entropy_with_logits(targets, logits[:, 0])
    targets = tf.one_hot(labels, logits.shape[1]) * (1 - smoothing) + smoothing / logits.shape[1]
    return tf.nn.softmax_cross_entropy_with_logits(targets, logits)


class Optimizers:
    """One Adam for each group of variables that has a learning rate of its own.

    Args:
        stage: whose network and rates.
    """

    def __init__(self, stage: Stage) -> None:
        parts = stage.network.groups(stage.config.rate_decay)
        self.groups = [variables for variables, _ in parts]
        self._factors = [factor for _, factor in parts]
        self._adams = [keras.optimizers.Adam(stage.learning_rate * factor) for factor in self._factors]
        for adam, variables in zip(self._adams, self.groups, strict=True):
            adam.build(variables)

    @property
    def variables(self) -> list[keras.Variable]:
        """The optimizers' own variables."""
        return [variable for adam in self._adams for variable in adam.variables]

    def apply(self, gradients: list[list[tf.Tensor]]) -> None:
        """Takes a step with the gradients of each group."""
        for adam, part, variables in zip(self._adams, gradients, self.groups, strict=True):
            adam.apply(part, variables)

    def set_rate(self, learning_rate: float) -> None:
        """Sets the rate of the head; the others follow."""
        for adam, factor in zip(self._adams, self._factors, strict=True):
            adam.learning_rate.assign(learning_rate * factor)


def scheduled_rate(stage: Stage, step: int, total_steps: int) -> float:
    """Returns the learning rate of a gradient step, from 0 to `total_steps`."""
    if stage.config.schedule == "constant":
        return stage.learning_rate
    return stage.learning_rate * (1 + math.cos(math.pi * step / max(total_steps, 1))) / 2
