"""Following a run until it ends: each epoch is reported once, and Ctrl-C stops the run."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psutil
import pytest

from core.cli.terminal import watch
from core.config.training_config import TrainingConfig
from core.events import Event
from core.runs.records.store import Run, RunStatus, RunStore
from core.runs.worker.liveness import worker_lock
from core.settings import Settings
from tests.core.cli.conftest import DEADLINE_SECONDS, draw_pictures
from tests.project import ROOT


def test_interrupted_training_is_stopped_and_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    store = RunStore(home / "studio.sqlite")
    busy = store.create("busy", "Busy", TrainingConfig())
    store.claim(1)
    pictures = draw_pictures(tmp_path / "shades", {"dark": 0, "bright": 150})
    with worker_lock(store.folder(busy.id)):
        store.report_worker(busy.id, os.getpid(), psutil.Process().create_time())
        training = subprocess.Popen(
            [sys.executable, "-m", "core", "train", str(pictures)],
            env=os.environ | {"TRANSFER_STUDIO_HOME": str(home)},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for line in training.stderr:
            if line.startswith("Waiting in the queue, place 1"):
                break
        training.send_signal(signal.SIGINT)
        output, errors = training.communicate(timeout=DEADLINE_SECONDS)
    assert training.returncode == 0
    assert "Press Ctrl-C again to leave it running." in errors
    assert "stopped" in output
    assert store.list()[0].status == RunStatus.STOPPED


@pytest.fixture
def running(home: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[RunStore, Run]]:
    """A run in progress, whose worker is this process."""
    monkeypatch.setattr(watch, "LOOK_SECONDS", 0.01)
    store = RunStore(home.database)
    store.create("d", "Shades", TrainingConfig().with_options(epochs=3), name="Watched")
    run = store.claim(1)
    with worker_lock(store.folder(run.id)):
        store.report_worker(run.id, os.getpid(), psutil.Process().create_time())
        yield store, store.get(run.id)


def learn(store: RunStore, run: Run, epoch: int) -> None:
    metrics = {"loss": 1 / epoch, "accuracy": 0.5, "val_loss": 2 / epoch, "val_accuracy": 0.25}
    store.append(run.id, Event("head", epoch, 3, metrics, epoch=epoch))


@contextmanager
def meanwhile(work: Callable[[], None]) -> Iterator[None]:
    """Does what a worker does while the run is followed."""
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(work)
        yield
        done.result(DEADLINE_SECONDS)


def test_each_epoch_is_told_once_but_not_those_that_were_known(
    running: tuple[RunStore, Run], capsys: pytest.CaptureFixture[str]
) -> None:
    store, run = running
    learn(store, run, 1)

    def work() -> None:
        for epoch in (2, 3):
            learn(store, run, epoch)
            time.sleep(0.1)  # the run is polled more than once in the meantime
        store.finish(run.id, RunStatus.COMPLETED, metrics={"val_accuracy": 0.25})

    with meanwhile(work):
        ended = watch.follow(store, run, after=1)
    assert (ended.status, ended.metrics) == (RunStatus.COMPLETED, {"val_accuracy": 0.25})
    lines = capsys.readouterr().err.splitlines()
    assert [line for line in lines if line.startswith("Epoch")] == [
        "Epoch 2 of 3: loss 0.500, accuracy 0.500, validation loss 1.000, validation accuracy 0.250",
        "Epoch 3 of 3: loss 0.333, accuracy 0.500, validation loss 0.667, validation accuracy 0.250",
    ]


def test_an_interrupt_asks_the_run_to_stop_and_waits_for_its_end(
    running: tuple[RunStore, Run], capsys: pytest.CaptureFixture[str]
) -> None:
    store, run = running
    before = signal.getsignal(signal.SIGINT)

    def wait_until(condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not condition():
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def work() -> None:
        wait_until(lambda: signal.getsignal(signal.SIGINT) != before)
        os.kill(os.getpid(), signal.SIGINT)
        wait_until(lambda: store.get(run.id).stop_requested > 0)
        learn(store, run, 1)
        store.finish(run.id, RunStatus.STOPPED)

    with meanwhile(work):
        assert watch.follow(store, run).status == RunStatus.STOPPED
    lines = capsys.readouterr().err.splitlines()
    assert lines.count(f"Stopping the run {run.id}. Press Ctrl-C again to leave it running.") == 1
    assert [line.split(",")[0] for line in lines if line.startswith("Epoch")] == ["Epoch 1 of 3: loss 1.000"]


def test_a_place_in_the_queue_is_told_once(
    running: tuple[RunStore, Run], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, _ = running
    first, second = (store.create("d", "Shades", TrainingConfig(), name=name) for name in ("first", "second"))
    looks = count(1)

    def look(seconds: float) -> None:
        """Instead of sleeping, lets the first run leave the queue, later the second."""
        number = next(looks)
        if number in (3, 6):
            store.request_stop((first if number == 3 else second).id)

    monkeypatch.setattr(time, "sleep", look)
    assert watch.follow(store, second).status == RunStatus.STOPPED
    assert capsys.readouterr().err.splitlines() == [
        "Waiting in the queue, place 2",
        "Waiting in the queue, place 1",
    ]


def test_what_an_epoch_didnt_measure_is_left_out(running: tuple[RunStore, Run]) -> None:
    _, run = running
    assert watch.epoch_line(Event("head", 2, 3, {"loss": 0.25, "learning_rate": 1.0}, epoch=2), run) == (
        "Epoch 2 of 3: loss 0.250"
    )
