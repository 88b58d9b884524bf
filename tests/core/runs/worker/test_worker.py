"""Real workers that really train: EfficientNet-Lite0 on sixteen small pictures."""

import io
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import psutil
import pytest

from core.config.training_config import TrainingConfig
from core.datasets.index import DatasetIndex
from core.runs import queue
from core.runs.records.store import Run, RunStatus, RunStore
from core.runs.records.training_data import TrainingData, load_training_data
from core.runs.worker.liveness import is_worker_alive
from core.runs.worker.worker import StopRequests, UnfailingStream
from core.wording.failures import failure

WaitUntil = Callable[[Callable[[], bool]], None]
NOTICED_SECONDS = 10


def started(store: RunStore, config: TrainingConfig) -> Run:
    run = store.create("d", "Noise", config)
    store.claim(slots=100)
    return store.get(run.id)


@pytest.mark.slow
def test_killed_worker_of_a_killed_server_is_found_by_the_next_server(
    store: RunStore, dataset: DatasetIndex, config: TrainingConfig, wait_until: WaitUntil
) -> None:
    config = config.with_options(epochs=1000, stop_when_settled=False)
    first_server = (
        "import os, sys; from pathlib import Path; from core.config.training_config import TrainingConfig;"
        "from core.runs import queue;"
        "from core.runs.records.store import RunStore;"
        "queue.submit(RunStore(Path(sys.argv[1])), sys.argv[2], TrainingConfig.from_json(sys.argv[3]), name='Killed');"
        "os.kill(os.getpid(), 9)"
    )
    command = [sys.executable, "-c", first_server, str(store.path), dataset.id, config.to_json()]
    assert subprocess.run(command, timeout=60).returncode == -9
    wait_until(lambda: bool(store.events("Killed") or store.events(store.get("Killed").id)))
    queue.reconcile(store)
    run = store.get("Killed")
    assert run.status == RunStatus.RUNNING
    psutil.Process(run.pid).kill()
    killed = time.monotonic()
    while store.get(run.id).status == RunStatus.RUNNING:
        queue.reconcile(store)
        assert time.monotonic() - killed < NOTICED_SECONDS
    assert store.get(run.id).status == RunStatus.FAILED
    assert failure(store.get(run.id).failure).startswith("The worker was killed")
    assert store.events(run.id)[0].epoch == 1


@pytest.mark.slow
def test_run_that_is_stopped_while_it_trains_keeps_its_model(
    store: RunStore, dataset: DatasetIndex, config: TrainingConfig, wait_until: WaitUntil
) -> None:
    run = queue.submit(store, dataset.id, config.with_options(epochs=1000, stop_when_settled=False))
    assert run.status == RunStatus.RUNNING
    wait_until(lambda: bool(store.events(run.id)))
    assert is_worker_alive(store.folder(run.id))
    assert queue.run_using(store, dataset.id)
    queue.stop(store, run.id)
    wait_until(lambda: store.get(run.id).status.is_finished)
    run = store.get(run.id)
    assert (run.status, run.failure) == (RunStatus.STOPPED, None)
    assert run.has_model and 0 <= run.metrics["val_accuracy"] <= 1
    assert {"features", "head", "evaluate"} <= set(run.seconds)
    events = store.events(run.id)
    assert [event.epoch for event in events] == list(range(1, len(events) + 1))
    assert 1 <= len(events) < 1000
    assert {"loss", "accuracy", "val_loss", "val_accuracy"} <= set(events[0].metrics)
    assert (store.folder(run.id) / "evaluation.json").is_file()
    assert load_training_data(store.folder(run.id)) == TrainingData(("bright", "dark"), 12, 4)
    left = {path.name for path in store.folder(run.id).iterdir()}
    assert left == {
        "checkpoints",
        "epochs.jsonl",
        "evaluation.json",
        "head_choice.json",
        "lock",
        "log.txt",
        "mistakes.json",
        "model",
        "notes.json",
        "run.json",
        "training_data.json",
    }
    wait_until(lambda: not is_worker_alive(store.folder(run.id)))
    queue.delete(store, run.id)
    assert not store.folder(run.id).exists()


@pytest.mark.slow
def test_a_run_continues_while_the_database_is_lost_repeatedly(
    store: RunStore, dataset: DatasetIndex, config: TrainingConfig, wait_until: WaitUntil
) -> None:
    run = queue.submit(store, dataset.id, config.with_options(epochs=60, stop_when_settled=False), name="Undisturbed")
    waiting = queue.submit(store, dataset.id, config, name="Waiting")
    damages = (store.path.unlink, lambda: store.path.write_bytes(b""), lambda: store.path.write_bytes(b"garbage" * 999))
    for number, damage in enumerate(damages):
        wait_until(lambda number=number: len(store.events(run.id)) > 4 * number)
        damage()
    pid = store.get(run.id).pid
    queue.stop(store, waiting.id)
    wait_until(lambda: store.get(run.id).status.is_finished)
    ended = store.get(run.id)
    assert (ended.status, ended.failure, ended.pid, ended.name) == (RunStatus.COMPLETED, None, pid, "Undisturbed")
    assert [event.epoch for event in store.events(run.id)] == list(range(1, 61))
    assert store.get(waiting.id).status == RunStatus.STOPPED
    store.path.unlink()
    again = RunStore(store.path)
    assert again.get(run.id) == replace(ended, progress=None) and len(again.events(run.id)) == 60


def test_stop_before_tensorflow_is_loaded_is_quick(
    store: RunStore, dataset: DatasetIndex, config: TrainingConfig, wait_until: WaitUntil
) -> None:
    run = queue.submit(store, dataset.id, config)
    queue.stop(store, run.id)
    wait_until(lambda: store.get(run.id).status.is_finished)
    run = store.get(run.id)
    assert run.status == RunStatus.STOPPED and not run.has_model and run.finished - run.started < NOTICED_SECONDS


def test_stop_is_seen_in_the_record_and_by_signal(store: RunStore, config: TrainingConfig) -> None:
    run = started(store, config)
    assert not StopRequests(store, run.id)()
    by_signal = StopRequests(store, run.id)
    by_signal.request(15, None)
    assert by_signal()
    store.request_stop(run.id)
    assert StopRequests(store, run.id)()


def test_the_record_is_read_a_few_times_a_second(store: RunStore, config: TrainingConfig) -> None:
    run = started(store, config)
    should_stop = StopRequests(store, run.id)
    assert not should_stop()
    store.request_stop(run.id)
    asked = time.monotonic()
    while not should_stop():
        assert time.monotonic() - asked < NOTICED_SECONDS
    assert time.monotonic() - asked > 0.1


def test_run_whose_home_was_deleted_stops(store: RunStore, config: TrainingConfig) -> None:
    run = started(store, config)
    shutil.rmtree(store.home)
    assert StopRequests(store, run.id)()


def test_log_that_cant_be_written_doesnt_matter() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with io.TextIOWrapper(io.FileIO(writer, "w"), encoding="utf-8", write_through=True) as broken:
        stream = UnfailingStream(broken)
        assert stream.encoding == "utf-8"
        print("lost", file=stream, flush=True)
        print("lost too", file=stream, flush=True)
