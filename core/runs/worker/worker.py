"""Work on one run, in a process of its own.

It holds the lock on the run's folder while it is alive, trains, records how that ended, and starts the next queued
run. TensorFlow is loaded here and never in the web server.
"""

import faulthandler
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TextIO

import psutil
from filelock import Timeout

from core.datasets.index import DatasetIndex
from core.datasets.store.adaptation_target import adaptation_target
from core.datasets.store.store import DatasetStore
from core.errors import CoreError, RunError, Stopped
from core.events import Event
from core.runs.records.failures import Failure, failure_of, free_bytes
from core.runs.records.history import restore_history
from core.runs.records.store import Run, RunStatus, RunStore
from core.runs.records.training_data import save_training_data, training_data_of
from core.runs.worker.environment import LOG_NAME
from core.runs.worker.liveness import worker_lock
from core.runs.worker.recording import ProgressRecorder, added
from core.runs.worker.reserve import Reserve
from core.settings import Settings

LOCK_SECONDS = 3
LOOK_SECONDS = 0.25
# How long a worker that couldn't begin for lack of disk space waits for some, to record that.
RECORD_PATIENCE_SECONDS = 600
OUT_OF_MEMORY_SCORE = "500"
NICENESS = 5


class UnfailingStream:
    """A text stream that drops what can't be written: a full disk must not end a run through its log."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Writes the text if possible."""
        with suppress(OSError, ValueError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flushes if possible."""
        with suppress(OSError, ValueError):
            self._stream.flush()


class StopRequests:
    """Tells whether the run was asked to stop, through its record or by a signal.

    Args:
        store: where the run is recorded.
        run_id: the run.
    """

    def __init__(self, store: RunStore, run_id: str) -> None:
        self.store = store
        self.run_id = run_id
        self.requested = False
        self.looked = 0.0

    def request(self, *signal_details: object) -> None:
        """Asks to stop; a handler for signals."""
        self.requested = True

    def __call__(self) -> bool:
        """Returns whether to stop; reads the record at most a few times a second."""
        now = time.monotonic()
        if not self.requested and now - self.looked >= LOOK_SECONDS:
            self.looked = now
            try:
                self.requested = bool(self.store.get(self.run_id).stop_requested)
            except RunError:
                # A busy database will be available soon. If the data home was deleted, nobody wants the result.
                self.requested = not self.store.home.is_dir()
        return self.requested


@dataclass(frozen=True)
class End:
    """How a run ended; without metrics if this attempt left no model."""

    status: RunStatus
    failure: Failure | None = None
    metrics: dict[str, float] | None = None
    seconds: dict[str, float] | None = None


# Starts queued runs while slots are free. Given an experiment, it returns the id of its next run for the caller to work
# on; empty if there is none, or others come first.
StartNext = Callable[[RunStore, str], str]


def work(run_id: str, ours: Settings, start_next: StartNext) -> bool:
    """Works on a claimed run until it ends, then on the next of the same experiment, then starts the next others.

    An experiment has many short runs, and TensorFlow takes longer to load than some of them to train.

    Args:
        run_id: the run.
        ours: the settings of this process.
        start_next: starts queued runs while slots are free.

    Returns:
        Whether the run was this process's to work on.
    """
    store = RunStore(ours.database)
    if not _work_on(run_id, ours, store):
        return False
    while run_id := start_next(store, _experiment_of(run_id, store)):
        log_into(store.folder(run_id))
        _forget_networks()
        _work_on(run_id, ours, store)
    return True


def log_into(run_folder: Path) -> None:
    """Redirects this process's output to a run's log from now on."""
    sys.stdout.flush()
    sys.stderr.flush()
    # A run also works without its log.
    with suppress(OSError):
        run_folder.mkdir(parents=True, exist_ok=True)
        log = os.open(run_folder / LOG_NAME, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.close(log)


def _forget_networks() -> None:
    from core.nn.networks.building import forget_networks

    forget_networks()


def _experiment_of(run_id: str, store: RunStore) -> str:
    """Returns the experiment of a run that has ended; empty if there is none, or the run was deleted since."""
    with suppress(RunError):
        return store.get(run_id).experiment_id
    return ""


def _work_on(run_id: str, ours: Settings, store: RunStore) -> bool:
    """Works on a claimed run until it ends; returns whether it was this process's to work on."""
    folder = store.folder(run_id)
    folder.mkdir(parents=True, exist_ok=True)
    lock = worker_lock(folder)
    try:
        lock.acquire(timeout=LOCK_SECONDS)
    except Timeout:
        return False
    reserve = Reserve(folder)
    try:
        reserve.take()
        run = store.report_worker(run_id, os.getpid(), psutil.Process().create_time())
    except (OSError, CoreError) as error:
        # The disk is already full.
        _record(store, run_id, _failure(error, ours), reserve)
        return True
    if run is None:
        reserve.remove()
        return False
    should_stop = StopRequests(store, run_id)
    signal.signal(signal.SIGTERM, should_stop.request)
    _record(store, run_id, _train(run, store, ours, should_stop), reserve)
    # From now on the run may be resumed.
    lock.release()
    return True


def _train(run: Run, store: RunStore, ours: Settings, should_stop: StopRequests) -> End:
    on_event = ProgressRecorder(store, run)
    try:
        on_event(Event("starting"))
        datasets = DatasetStore(ours)
        dataset = _dataset(run, store, datasets)
        target = adaptation_target(datasets, run.config.adaptation.adapt_to, dataset.id)
        if should_stop():
            return End(RunStatus.STOPPED, seconds=on_event.seconds())
        from core.nn.training.checkpoints import CHECKPOINT_FOLDER
        from core.nn.training.training import run_training

        folder = store.folder(run.id)
        restore_history(store, run, folder / CHECKPOINT_FOLDER)
        starting = on_event.clock.seconds()
        outcome = run_training(run.config, dataset, folder, ours, on_event, should_stop, target=target)
    except Stopped:
        return End(RunStatus.STOPPED, seconds=on_event.seconds())
    except Exception as error:
        return replace(_failure(error, ours), seconds=on_event.seconds())
    status = RunStatus.STOPPED if outcome.stopped else RunStatus.COMPLETED
    seconds = added(run.seconds, added(starting, outcome.seconds))
    return End(status, metrics=dict(outcome.metrics), seconds=seconds)


def _dataset(run: Run, store: RunStore, datasets: DatasetStore) -> DatasetIndex:
    """Returns the run's data set, and keeps with the run what its page shows of it.

    Raises:
        CoreError: there is none, or it can't be split.
        OSError: the disk refuses.
    """
    dataset = datasets.get(run.dataset_id)
    parent_name = next((other.name for other in datasets.list() if other.id == dataset.parent), "")
    split = dataset.with_split(**run.config.split_options)
    save_training_data(training_data_of(split, parent_name), store.folder(run.id))
    return dataset


def _failure(error: Exception, ours: Settings) -> End:
    traceback.print_exception(error)
    return End(RunStatus.FAILED, failure_of(error, free_bytes(ours.home)))


def _record(store: RunStore, run_id: str, end: End, reserve: Reserve) -> None:
    """Records how the run ended; if the disk has no space even for that, leaves it in the run's folder."""
    reserve.give_back()
    try:
        store.finish(run_id, end.status, end.failure, end.metrics, end.seconds)
    except CoreError as error:
        # A metric that isn't finite, or a disk without even the reserved space.
        traceback.print_exc()
        _record_failure(store, run_id, end.failure or failure_of(error), reserve)
        return
    reserve.remove()


def _record_failure(store: RunStore, run_id: str, failure: Failure, reserve: Reserve) -> None:
    patience = time.monotonic() + RECORD_PATIENCE_SECONDS
    while True:
        try:
            store.finish(run_id, RunStatus.FAILED, failure)
            reserve.remove()
            return
        except CoreError:
            # The next process that can write the record reads it there. If even that fails, it tries again later.
            if reserve.leave(failure) or time.monotonic() > patience:
                return
            time.sleep(LOOK_SECONDS)


def prepare_process() -> None:
    """Makes this process yield to the web server, and the first to be killed when memory runs out."""
    sys.stdout, sys.stderr = UnfailingStream(sys.stdout), UnfailingStream(sys.stderr)
    if sys.__stderr__ is not None:  # None for a Windows program without a console
        faulthandler.enable(sys.__stderr__)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    offer_to_memory_killer(OUT_OF_MEMORY_SCORE)
    if hasattr(os, "setpriority"):
        # Set rather than raised, because a worker inherits the niceness of the worker that started it.
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, NICENESS)


def offer_to_memory_killer(score: str) -> None:
    """Sets how readily the system kills this process when memory runs out, up to 1000; Linux only."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(score)
