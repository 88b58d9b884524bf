"""The training loop: epochs over rows in memory or on disk, reported as events."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import keras
import numpy as np
import tensorflow as tf

from core.errors import RunError, Stopped
from core.events import Event
from core.features.feature_space import FeatureRows
from core.nn.training.calls import Pace, read_groups
from core.nn.training.checkpoints import TrainingState, require_same_shapes
from core.nn.training.optimization import Optimizers, Steps, scheduled_rate, steps_function
from core.nn.training.stages import Stage
from core.progress import OnEvent, ShouldStop
from core.settings import MEGABYTE

EVALUATION_BATCH = 128
# Vectors are small: in fewer and larger batches they are measured in half the time.
VECTORS_BATCH, VECTORS_BYTES = 2048, 16 * MEGABYTE
SETTLED_EPOCHS, SETTLED_CHANGE = 6, 0.01


@dataclass
class EarlyStopping:
    """Watches the validation loss.

    Attributes:
        patience: epochs without a lower loss before training ends; 0 for never.
        best: lowest loss so far.
        waited: epochs since then.
    """

    patience: int
    best: float = math.inf
    waited: int = 0

    def improved(self, loss: float) -> bool:
        """Takes the next epoch's loss and returns whether it is the lowest so far."""
        if loss < self.best:
            self.best, self.waited = loss, 0
            return True
        self.waited += 1
        return False

    @property
    def exhausted(self) -> bool:
        """Whether training should end."""
        return bool(self.patience) and self.waited >= self.patience


def has_settled(history: Sequence[Mapping[str, float]]) -> bool:
    """Returns whether what is minimised hardly changed in the last epochs.

    Both directions count: at a high rate it rises and falls without having come to its end.

    Args:
        history: the metrics of a stage's epochs.
    """
    recent = [epoch["objective"] for epoch in history[-SETTLED_EPOCHS:]]
    return len(history) >= 2 * SETTLED_EPOCHS and max(recent) - min(recent) <= SETTLED_CHANGE * min(recent)


@dataclass(frozen=True)
class Fitted:
    """How a stage ended.

    Attributes:
        history: the metrics of each epoch.
        stopped: whether the user stopped it.
        epoch: number of the epoch whose weights were kept, from 1 within the stage.
    """

    history: list[dict[str, float]]
    stopped: bool
    epoch: int


def run_rows(function: Callable[[tf.Tensor], tf.Tensor], rows: FeatureRows) -> np.ndarray:
    """Runs a compiled function over rows batch by batch; returns its output for each row."""
    indices = np.arange(rows.num_rows)
    size = _evaluation_batch(rows.read(indices[:1]))
    parts = [indices[start : start + size] for start in range(0, len(indices), size)]
    return np.concatenate([function(tf.constant(rows.read(part))).numpy() for part in parts])


def _evaluation_batch(row: np.ndarray) -> int:
    """Returns how many rows like this one, `(1, ...)`, are measured at once."""
    is_vector = row.ndim == 2
    return max(EVALUATION_BATCH, min(VECTORS_BATCH, VECTORS_BYTES // row.nbytes)) if is_vector else EVALUATION_BATCH


def run_model(model: keras.Model, rows: FeatureRows) -> np.ndarray:
    """Runs a model in evaluation mode over rows in their stored type."""

    @tf.function(reduce_retracing=True, autograph=False)
    def call(batch: tf.Tensor) -> tf.Tensor:
        return model(tf.cast(batch, tf.float32), training=False)

    return run_rows(call, rows)


@dataclass
class Trainer:
    """Runs a stage; start reading at `run`.

    Attributes:
        stage: what to do.
        on_event: takes an event per epoch and some in between.
        should_stop: asked before each call, which takes a twentieth of a second, or one batch if that takes longer.
        past: metrics of the run's earlier epochs.
        on_state: takes the state after each epoch, before the epoch's event.
        resume_from: the state that an earlier process reached in this stage.
    """

    stage: Stage
    on_event: OnEvent
    should_stop: ShouldStop
    past: list[dict[str, float]] = field(default_factory=list)
    on_state: Callable[[TrainingState], None] = lambda state: None
    resume_from: TrainingState | None = None

    def __post_init__(self) -> None:
        self.history: list[dict[str, float]] = []
        self.first_epoch = len(self.past)
        self.optimizers = Optimizers(self.stage)
        self.rate = self.stage.learning_rate
        self.pace = Pace()
        self.speed: dict[str, float] = {}
        self.early_stopping = EarlyStopping(self.stage.optimization.early_stopping_patience)

    def run(self) -> Fitted:
        """Trains until the epochs are done, the loss has settled, patience is exhausted or the user stops it.

        Returns:
            The history; the network has the weights of the best epoch if there is patience, else of the last complete
            one.

        Raises:
            RunError: the loss became NaN or infinite.
            Stopped: before the run's first epoch ended, so there is nothing to keep.
        """
        steps = steps_function(self.stage, self.optimizers)
        call = tf.function(self.stage.objective.outputs, reduce_retracing=True, autograph=False)
        self._begin()
        stopped = False
        while not self._is_done():
            epoch = len(self.history)
            stopped = not self._train(epoch, steps)
            if stopped:
                break
            self._epoch_ends(epoch, self._measure(lambda rows: run_rows(call, rows)))
        if stopped and self.first_epoch + len(self.history) == 0:
            raise Stopped
        self._assign(self._kept_variables(), self.kept)
        return Fitted(self.history, stopped, self.kept_epoch)

    def _is_done(self) -> bool:
        settled = self.stage.optimization.stop_when_settled and has_settled(self.history)
        return len(self.history) >= self.stage.epochs or self.early_stopping.exhausted or settled

    def _begin(self) -> None:
        """Continues from the given state, or starts from the beginning."""
        state = self.resume_from
        if state is None:
            self.kept, self.kept_epoch = self._snapshot(), 0
            return
        require_same_shapes(state.variables, self._kept_variables(), "weights")
        require_same_shapes(state.optimizer, self.optimizers.variables, "optimizer")
        self._assign(self._kept_variables(), state.variables)
        self._assign(self.optimizers.variables, state.optimizer)
        self.kept, self.kept_epoch = list(state.kept), state.kept_epoch
        self.early_stopping.best, self.early_stopping.waited = state.best, state.waited
        self.history = state.history[self.first_epoch :]

    def _train(self, epoch: int, steps: Steps) -> bool:
        """Runs one epoch of gradient steps; returns False if it was stopped."""
        number = self.first_epoch + epoch
        batches = self.stage.objective.batches(self.stage.optimization.batch_size, number)
        done, began = 0, time.monotonic()
        for count, group in read_groups(batches, lambda part: self.stage.objective.read(part, number), self.pace):
            if group is None or self.should_stop():
                return False
            rates = self._rates(epoch * len(batches) + done, count, self.stage.epochs * len(batches))
            loss = steps(group, rates)
            done, self.rate = done + count, rates[-1]
            ended = time.monotonic()
            self.pace.add(count, ended - began)
            began = ended
            self._batch_ends(epoch, done, batches)
        if not np.isfinite(loss.numpy()):
            self._check_batches(batches, number)
            raise RunError(
                f"The loss stopped being a number in epoch {number + 1}: training diverged at a "
                f"learning rate of {self.stage.learning_rate:g}. Lower it to a tenth and start again."
            )
        return True

    def _rates(self, done: int, count: int, total: int) -> list[float]:
        """Returns the learning rates of the next steps, of which some are done."""
        return [scheduled_rate(self.stage, step, total) for step in range(done, done + count)]

    def _check_batches(self, batches: list[np.ndarray], epoch: int) -> None:
        """Makes sure that a loss of NaN isn't caused by damaged features.

        Raises:
            RunError: it is.
        """
        for indices in batches:
            if not all(np.isfinite(array).all() for array in self.stage.objective.read(indices, epoch).values()):
                raise RunError(
                    "Features of some pictures were damaged on disk while the run read them. Resume the run: they are "
                    "computed again."
                )

    def _measure(self, outputs: Callable[[FeatureRows], np.ndarray]) -> dict[str, float]:
        """Measures both curves in the same way."""
        objective, data = self.stage.objective, self.stage.objective.data
        validation = objective.measure(outputs, data.validation)
        training = objective.measure(outputs, data.measured)
        # What is minimised, which the plain loss is only a part of.
        training["objective"] = training["loss"] + float(objective.penalty())
        return training | {f"val_{name}": v for name, v in validation.items()}

    def _epoch_ends(self, epoch: int, metrics: dict[str, float]) -> None:
        metrics = {**metrics, "learning_rate": self.rate}
        self.history.append(metrics)
        if self.early_stopping.improved(metrics["val_loss"]) or not self.stage.optimization.early_stopping_patience:
            self.kept, self.kept_epoch = self._snapshot(), epoch + 1
        # First the state, then the event, so that an epoch on the curve is never lost.
        self.on_state(self._state())
        told = {**metrics, **self.speed}
        self.on_event(Event(self.stage.phase, epoch + 1, self.stage.epochs, told, epoch=self.first_epoch + epoch + 1))

    def _state(self) -> TrainingState:
        return TrainingState(
            phase=self.stage.phase,
            epoch=len(self.history),
            first_epoch=self.first_epoch,
            history=[*self.past, *self.history],
            best=self.early_stopping.best,
            waited=self.early_stopping.waited,
            kept_epoch=self.kept_epoch,
            variables=self.kept if self.kept_epoch == len(self.history) else self._snapshot(),
            kept=self.kept,
            optimizer=[variable.numpy() for variable in self.optimizers.variables],
        )

    def _batch_ends(self, epoch: int, number: int, batches: list[np.ndarray]) -> None:
        batches_left = len(batches) * (self.stage.epochs - epoch) - number
        self.speed = self.pace.metrics(batches_left, sum(map(len, batches)) / len(batches))
        metrics = {"batch": number, "batches": len(batches), **self.speed}
        self.on_event(Event(self.stage.phase, epoch, self.stage.epochs, metrics))

    def _snapshot(self) -> list[np.ndarray]:
        return [variable.numpy() for variable in self._kept_variables()]

    @staticmethod
    def _assign(variables: Sequence[keras.Variable], values: Sequence[np.ndarray]) -> None:
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)

    def _kept_variables(self) -> list[keras.Variable]:
        return [*self.stage.objective.network.variables, *self.stage.objective.variables]
