"""One gradient step: the objective's loss, and an Adam for each group of variables with its own learning rate."""

import math
from collections.abc import Callable, Mapping

import keras
import numpy as np
import tensorflow as tf

from core.nn.training.stages import Stage

# From a batch as read by the objective, and the learning rate of the head, to the batch's loss.
Step = Callable[[Mapping[str, np.ndarray], float], tf.Tensor]


def step_function(stage: Stage, optimizers: "Optimizers") -> Step:
    """Compiles one gradient step."""
    objective = stage.objective

    # The rate is an input: to set it from outside took a sixth of the time of a small head's step.
    @tf.function(reduce_retracing=True, autograph=False)
    def compiled(batch: Mapping[str, tf.Tensor], rate: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            loss = objective.loss(batch) + objective.penalty()
        optimizers.apply(tape.gradient(loss, optimizers.groups), rate)
        return loss

    def step(batch: Mapping[str, np.ndarray], rate: float) -> tf.Tensor:
        return compiled({name: tf.constant(array) for name, array in batch.items()}, tf.constant(rate, tf.float32))

    return step


class Optimizers:
    """One Adam for each group of variables with its own learning rate.

    Args:
        stage: gives the network, objective and rates.
    """

    def __init__(self, stage: Stage) -> None:
        parts = stage.objective.network.groups(stage.optimization.rate_decay)
        self.groups = [variables for variables, _ in parts]
        self.groups[0].extend(variable for variable in stage.objective.variables if variable.trainable)
        self._factors = [factor for _, factor in parts]
        self._adams = [keras.optimizers.Adam(stage.learning_rate * factor) for factor in self._factors]
        for adam, variables in zip(self._adams, self.groups, strict=True):
            adam.build(variables)

    @property
    def variables(self) -> list[keras.Variable]:
        """The optimizers' own variables."""
        return [variable for adam in self._adams for variable in adam.variables]

    def apply(self, gradients: list[list[tf.Tensor | None]], rate: tf.Tensor | float) -> None:
        """Does a step with the gradients of each group at a rate of the head, which the others follow.

        Variables that don't affect the loss, such as the last layer in an objective without labels, stay unchanged.
        """
        groups = zip(self._adams, self._factors, gradients, self.groups, strict=True)
        for adam, factor, part, variables in groups:
            adam.learning_rate.assign(rate * factor)
            pairs = zip(part, variables, strict=True)
            adam.apply([tf.zeros_like(variable) if found is None else found for found, variable in pairs], variables)


def scheduled_rate(stage: Stage, step: int, total_steps: int) -> float:
    """Returns the learning rate of a gradient step, from 0 to `total_steps`."""
    if stage.optimization.schedule == "constant":
        return stage.learning_rate
    return stage.learning_rate * (1 + math.cos(math.pi * step / max(total_steps, 1))) / 2
