import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from core.errors import RunError
from core.nn.training import checkpoints as checkpoints_module
from core.nn.training.checkpoints import CHECKPOINT_FOLDER, Checkpoints, TrainingState, require_same_shapes
from core.nn.training.training import run_training
from tests.project import ROOT


def make_state(epoch: int, size: int = 4) -> TrainingState:
    array = np.full((size,), epoch, np.float32)
    history = [{"loss": float(number)} for number in range(epoch)]
    return TrainingState("head", epoch, 0, history, 0.5, 1, epoch, [array, array + 1], [array], [array, array])


def test_what_is_written_is_read(tmp_path):
    checkpoints = Checkpoints(tmp_path / "checkpoints")
    checkpoints.save(make_state(3))
    loaded = checkpoints.load()
    assert loaded.num_damaged == 0
    assert (loaded.state.phase, loaded.state.epoch, loaded.state.best, loaded.state.waited) == ("head", 3, 0.5, 1)
    assert loaded.state.history == make_state(3).history
    np.testing.assert_array_equal(loaded.state.variables[1], make_state(3).variables[1])
    assert len(loaded.state.optimizer) == 2


def test_the_two_newest_are_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoints_module, "SECONDS_BETWEEN_WAITS", 0.0)
    checkpoints = Checkpoints(tmp_path)
    for epoch in (1, 2, 3):
        checkpoints.save(make_state(epoch))
    assert sorted(path.name for path in tmp_path.glob("*.npz")) == ["000002-head.npz", "000003-head.npz"]
    checkpoints.clear()
    assert not list(tmp_path.iterdir())
    assert checkpoints.load().state is None


def test_states_of_the_same_second_wait_for_the_disk_once(tmp_path, monkeypatch):
    synced, fsync = [], os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (synced.append(handle), fsync(handle))[1])
    checkpoints = Checkpoints(tmp_path)
    checkpoints.save(make_state(1))
    at_first = len(synced)
    for epoch in (2, 3, 4):
        checkpoints.save(make_state(epoch))
    assert len(synced) == at_first > 0
    assert checkpoints.load().state.epoch == 4
    assert sorted(path.name for path in tmp_path.glob("*.npz")) == ["000001-head.npz", "000004-head.npz"]
    monkeypatch.setattr(checkpoints_module, "SECONDS_BETWEEN_WAITS", 0.0)
    checkpoints.save(make_state(5))
    assert len(synced) == 2 * at_first
    assert sorted(path.name for path in tmp_path.glob("*.npz")) == ["000001-head.npz", "000005-head.npz"]


@pytest.mark.parametrize("lost", ["000003-head.npz", "recent.json"])
def test_of_states_that_a_power_failure_takes_the_last_that_was_waited_for_stays(tmp_path, lost):
    checkpoints = Checkpoints(tmp_path)
    for epoch in (1, 2, 3):
        checkpoints.save(make_state(epoch))
    (tmp_path / lost).write_bytes(b"")
    assert checkpoints.load().state.epoch == 1
    Checkpoints(tmp_path).save(make_state(2))
    assert Checkpoints(tmp_path).load().state.epoch == 2
    assert sorted(path.name for path in tmp_path.glob("*.npz")) == ["000001-head.npz", "000002-head.npz"]


@pytest.mark.parametrize("damage", ["flip", "cut", "delete", "empty"])
def test_a_damaged_one_gives_way_to_the_one_before(tmp_path, damage):
    checkpoints = Checkpoints(tmp_path)
    checkpoints.save(make_state(1))
    checkpoints.save(make_state(2))
    path = tmp_path / "000002-head.npz"
    content = bytearray(path.read_bytes())
    if damage == "flip":
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    elif damage == "cut":
        path.write_bytes(content[:-10])
    elif damage == "empty":
        path.write_bytes(b"")
    else:
        path.unlink()
    loaded = checkpoints.load()
    assert (loaded.state.epoch, loaded.num_damaged) == (1, 1)


def test_a_broken_listing_is_as_if_there_were_none(tmp_path):
    checkpoints = Checkpoints(tmp_path)
    checkpoints.save(make_state(1))
    (tmp_path / "checkpoints.json").write_text('{"name')
    assert checkpoints.load().state is None


# Without TensorFlow, so that twenty of them start quickly.
SAVER = """
import sys
from pathlib import Path
import numpy as np
from core.nn.training.checkpoints import Checkpoints, TrainingState
checkpoints = Checkpoints(Path(sys.argv[1]))
state = checkpoints.load().state
epoch = state.epoch if state else 0
while True:
    epoch += 1
    array = np.full(400_000, epoch, np.float32)
    checkpoints.save(TrainingState("head", epoch, 0, [{}] * epoch, 0.5, 1, epoch, [array], [array], [array]))
    print(epoch, flush=True)
"""


@pytest.mark.slow
def test_a_reported_state_survives_a_kill_while_saving(tmp_path):
    """Twenty times SIGKILL at a random moment of a loop that does nothing but save."""
    generator = np.random.default_rng(0)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for _ in range(20):
        command = [sys.executable, "-c", SAVER, str(tmp_path)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        told = int(process.stdout.readline())
        time.sleep(generator.uniform(0, 0.05))
        process.send_signal(signal.SIGKILL)
        told = max([told, *(int(line) for line in process.stdout.read().split("\n")[:-1] if line.isdigit())])
        process.wait()
        loaded = Checkpoints(tmp_path).load()
        assert loaded.num_damaged == 0
        assert loaded.state.epoch >= told
        assert np.unique(loaded.state.variables[0]).tolist() == [loaded.state.epoch]


def test_values_of_another_network_are_refused():
    with pytest.raises(RunError, match="belongs to another network"):
        require_same_shapes([np.zeros(3)], [np.zeros(4)], "weights")


class Ended(BaseException):
    """Ends training anywhere, like a crash."""


def run(config, dataset, home, end_at: int | None):
    events = []

    def on_event(event):
        events.append(event)
        if event.epoch and event.epoch == end_at:
            raise Ended

    try:
        outcome = run_training(config, dataset, home.runs / f"run {end_at}", home, on_event, lambda: False)
    except Ended:
        outcome = run_training(config, dataset, home.runs / f"run {end_at}", home, events.append, lambda: False)
    return [event for event in events if event.epoch], outcome


@pytest.mark.slow
def test_an_interrupted_run_continues_as_if_nothing_had_happened(config, dataset, home):
    """Interrupted while training the head, at its last epoch, during fine-tuning, and after its last epoch."""
    config = config.with_options(
        trainable_blocks=1,
        head_epochs=2,
        epochs=3,
        fine_tune_learning_rate=1e-3,
        dropout=0.2,
        flip=True,
        early_stopping_patience=3,
    )
    whole, expected = run(config, dataset, home, None)
    for end_at in (1, 2, 3, 5):
        events, outcome = run(config, dataset, home, end_at)
        assert [(event.phase, event.epoch) for event in events] == [(event.phase, event.epoch) for event in whole]
        for left, right in zip(events, whole, strict=True):
            assert left.metrics["val_loss"] == pytest.approx(right.metrics["val_loss"], rel=1e-3)
        assert outcome.metrics["val_loss"] == pytest.approx(expected.metrics["val_loss"], rel=1e-3)
        assert not list((home.runs / f"run {end_at}" / CHECKPOINT_FOLDER).iterdir())


@pytest.mark.slow
def test_a_stopped_run_can_be_continued(config, dataset, home):
    events = []
    run_training(
        config.with_options(epochs=6),
        dataset,
        home.runs / "run",
        home,
        events.append,
        lambda: any(event.epoch == 2 for event in events),
    )
    outcome = run_training(
        config.with_options(epochs=6), dataset, home.runs / "run", home, events.append, lambda: False
    )
    assert not outcome.stopped
    assert [event.epoch for event in events if event.epoch] == [1, 2, 3, 4, 5, 6]
