"""The epochs of a resumed run: exactly those in its checkpoint."""

from pathlib import Path
from typing import TYPE_CHECKING

from core.config.training_config import TrainingConfig
from core.events import Event
from core.nn.training.checkpoints import Checkpoints, TrainingState
from core.runs.records.run import Run

if TYPE_CHECKING:  # it imports this module
    from core.runs.records.store import RunStore


def restore_history(store: "RunStore", run: Run, folder: Path) -> None:
    """Reconciles the recorded epochs with the checkpoint that training continues from.

    A worker writes the checkpoint of an epoch before it reports the epoch: if it is killed in between, the record lacks
    the last epoch, which a resumed run never reports again. If a checkpoint was damaged, the record is ahead: the
    epochs since the previous checkpoint are trained and reported again.

    Args:
        store: where the run is recorded.
        run: the run.
        folder: of the run's checkpoints.

    Raises:
        RunError: the database can't be used.
    """
    state = Checkpoints(folder).load().state
    epochs = epoch_events(state, run.config) if state else []
    if epochs or store.events(run.id):
        store.align_events(run.id, epochs)


def epoch_events(state: TrainingState, config: TrainingConfig) -> list[Event]:
    """Returns the events of the finished epochs."""
    return [_epoch_event(state, config, number) for number in range(1, len(state.history) + 1)]


def _epoch_event(state: TrainingState, config: TrainingConfig, epoch: int) -> Event:
    before = epoch <= state.first_epoch
    phase = "head" if before else state.phase
    step = epoch if before else epoch - state.first_epoch
    total = config.head_epochs if phase == "head" else config.fine_tune_epochs
    return Event(phase, step, total, state.history[epoch - 1], epoch=epoch)
