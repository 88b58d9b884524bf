"""Gradient steps: the objective's loss, and an Adam for each group of variables with its own learning rate."""

import math
from collections.abc import Callable, Mapping, Sequence

import keras
import numpy as np
import tensorflow as tf

from core.nn.training.stages import Stage

# From several batches as read by the objective, joined along a new first axis, and the head's learning rate at each of
# them, to the last batch's loss.
Steps = Callable[[Mapping[str, np.ndarray], Sequence[float]], tf.Tensor]


def steps_function(stage: Stage, optimizers: "Optimizers") -> Steps:
    """Compiles gradient steps, any number of which are done in one call."""
    objective = stage.objective

    @tf.function(autograph=False)
    def compiled(batches: Mapping[str, tf.Tensor], rates: tf.Tensor) -> tf.Tensor:
        def step(index: tf.Tensor, _: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            with tf.GradientTape() as tape:
                loss = objective.loss({name: array[index] for name, array in batches.items()}) + objective.penalty()
            # The rate is an input: to set it from outside took a sixth of the time of a small head's step.
            optimizers.apply(tape.gradient(loss, optimizers.groups), rates[index])
            return index + 1, loss

        return tf.while_loop(lambda index, _: index < tf.shape(rates)[0], step, (0, 0.0), parallel_iterations=1)[1]

    known: dict[tuple, Callable[..., tf.Tensor]] = {}

    def steps(batches: Mapping[str, np.ndarray], rates: Sequence[float]) -> tf.Tensor:
        # Compiled once for calls and batches of any size.
        key = tuple((name, array.ndim, array.shape[2:], array.dtype) for name, array in batches.items())
        if key not in known:
            specs = {name: _of_any_size(array) for name, array in batches.items()}
            known[key] = compiled.get_concrete_function(specs, tf.TensorSpec([None], tf.float32))
        tensors = {name: tf.constant(array) for name, array in batches.items()}
        return known[key](tensors, tf.constant(rates, tf.float32))

    return steps


def _of_any_size(array: np.ndarray) -> tf.TensorSpec:
    """Returns what arrays like this one are, for any number of batches with any number of pictures."""
    return tf.TensorSpec([None, None, *array.shape[2:]][: array.ndim], array.dtype)


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
