from pathlib import Path

import numpy as np
import pytest

from core.config.training_config import TrainingConfig
from core.events import Event
from core.nn.training.checkpoints import Checkpoints, TrainingState
from core.runs.records.history import epoch_events, restore_history
from core.runs.records.store import Run, RunStore


def state(phase: str, first_epoch: int, epochs: int) -> TrainingState:
    return TrainingState(
        phase=phase,
        epoch=epochs - first_epoch,
        first_epoch=first_epoch,
        history=[{"loss": 1 / number} for number in range(1, epochs + 1)],
        best=0.0,
        waited=0,
        kept_epoch=0,
        variables=[np.zeros(3)],
    )


@pytest.fixture
def run(store: RunStore, config: TrainingConfig) -> Run:
    run = store.create("d", "Noise", config.with_options(trainable_blocks=1, head_epochs=3, epochs=4))
    store.claim(slots=1)
    return store.get(run.id)


def told(store: RunStore, run: Run, epochs: int) -> None:
    for event in epoch_events(state("fine_tune", 3, 7), run.config)[:epochs]:
        store.append(run.id, event)


def test_epochs_of_both_phases_are_the_events_of_training(run: Run) -> None:
    events = epoch_events(state("fine_tune", 2, 4), run.config)  # the head's third epoch wasn't needed
    assert [(event.phase, event.step, event.total, event.epoch) for event in events] == [
        ("head", 1, 3, 1),
        ("head", 2, 3, 2),
        ("fine_tune", 1, 4, 3),
        ("fine_tune", 2, 4, 4),
    ]
    assert [event.metrics["loss"] for event in events] == [1, 1 / 2, 1 / 3, 1 / 4]
    assert [event.phase for event in epoch_events(state("head", 0, 2), run.config)] == ["head", "head"]


@pytest.mark.parametrize("recorded", [4, 5, 7])
def test_the_record_is_made_as_long_as_the_checkpoint(store: RunStore, run: Run, tmp_path: Path, recorded: int) -> None:
    told(store, run, recorded)
    before = store.events(run.id)
    Checkpoints(tmp_path / "checkpoints").save(state("fine_tune", 3, 5))
    restore_history(store, run, tmp_path / "checkpoints")
    events = store.events(run.id)
    assert [event.epoch for event in events] == [event.sequence for event in events] == [1, 2, 3, 4, 5]
    assert events[:recorded] == before[:5]
    assert store.append(run.id, Event("fine_tune", 3, 4, {"loss": 0.1}, epoch=6)).sequence == 6


def test_damaged_checkpoint_takes_its_epoch_along(store: RunStore, run: Run, tmp_path: Path) -> None:
    told(store, run, 2)
    for epochs in (1, 2):
        Checkpoints(tmp_path / "checkpoints").save(state("head", 0, epochs))
    (newest,) = tmp_path.glob("checkpoints/000002-*.npz")
    newest.write_bytes(newest.read_bytes()[:-10])
    restore_history(store, run, tmp_path / "checkpoints")
    assert [event.epoch for event in store.events(run.id)] == [1]


def test_without_a_checkpoint_the_curve_starts_again(store: RunStore, run: Run, tmp_path: Path) -> None:
    told(store, run, 2)
    restore_history(store, run, tmp_path / "nothing")
    assert store.events(run.id) == []
