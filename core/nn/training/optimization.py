"""One gradient step: the objective's loss, and an Adam for each group of variables with its own learning rate."""

import math
from collections.abc import Callable, Mapping

import keras
import tensorflow as tf

from core.nn.training.stages import Stage


def step_function(stage: Stage, optimizers: "Optimizers") -> Callable[[Mapping[str, tf.Tensor]], tf.Tensor]:
    """Compiles one gradient step, from a batch as read by the objective to its loss."""
    objective = stage.objective

    @tf.function(reduce_retracing=True, autograph=False)
    def step(batch: Mapping[str, tf.Tensor]) -> tf.Tensor:
        with tf.GradientTape() as tape:
            loss = objective.loss(batch) + objective.penalty()
        optimizers.apply(tape.gradient(loss, optimizers.groups))
        return loss

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

    def apply(self, gradients: list[list[tf.Tensor | None]]) -> None:
        """Does a step with the gradients of each group.

        Variables that don't affect the loss, such as the last layer in an objective without labels, stay unchanged.
        """
        for adam, part, variables in zip(self._adams, gradients, self.groups, strict=True):
            pairs = zip(part, variables, strict=True)
            adam.apply([tf.zeros_like(variable) if found is None else found for found, variable in pairs], variables)

    def set_rate(self, learning_rate: float) -> None:
        """Sets the rate of the head; the others follow."""
        for adam, factor in zip(self._adams, self._factors, strict=True):
            adam.learning_rate.assign(learning_rate * factor)


def scheduled_rate(stage: Stage, step: int, total_steps: int) -> float:
    """Returns the learning rate of a gradient step, from 0 to `total_steps`."""
    if stage.optimization.schedule == "constant":
        return stage.learning_rate
    return stage.learning_rate * (1 + math.cos(math.pi * step / max(total_steps, 1))) / 2
