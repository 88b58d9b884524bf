"""The queue of runs: submitting, starting, stopping, and noticing workers that died.

All state is in the database and in the locks on the runs' folders, none in this process. So any number of servers,
workers and command lines on one data home can do all of this at once, and any of them can die.
"""

import subprocess
import sys
import threading
import time

from core.config.training_config import TrainingConfig
from core.datasets.store.adaptation_target import adaptation_target
from core.datasets.store.store import DatasetStore
from core.errors import CoreError, DatasetError
from core.processes.process import start_process
from core.runs.records import failures
from core.runs.records.database import DiskRefusesError
from core.runs.records.failures import Failure
from core.runs.records.store import Run, RunStatus, RunStore
from core.runs.worker.environment import LOG_NAME, PROCESS, settings_for, worker_environment
from core.runs.worker.handoff import hand_off
from core.runs.worker.liveness import end_process, is_worker_alive
from core.runs.worker.reserve import Reserve
from core.runs.worker.warm_worker_pool import WarmWorkerPool
from core.settings import Settings, settings

# From claiming a run until its worker has reported itself, on a slow disk or a busy machine.
START_SECONDS = 60
# A worker that was asked to stop and reports nothing for this long is sent a signal, then killed. Loading TensorFlow
# and tracing a large network are also silent for a while.
SILENCE_SECONDS = 45
SILENCE_LIMIT_SECONDS = 60
STOP_LIMIT_SECONDS = 300
WATCH_SECONDS = 2


def submit(store: RunStore, dataset_id: str, config: TrainingConfig, recipe: str = "", name: str | None = None) -> Run:
    """Queues a run and starts it if a slot is free.

    Args:
        store: where runs are recorded.
        dataset_id: the data set to train on.
        config: the run's configuration.
        recipe: name of the recipe that the configuration started from.
        name: the run's name; made from the backbone and the data set by default.

    Raises:
        DatasetError: there is no such data set, it has no labels to train on, or the one to adapt to can't be used.
        RunError: the name is invalid, or the worker can't be started.
    """
    datasets = DatasetStore(settings_for(store))
    dataset = datasets.get(dataset_id)
    if not dataset.has_labels:
        raise DatasetError(
            f"{dataset.name} has no labels to train on. Train on a data set with two classes or more, and adapt to "
            "this one."
        )
    adaptation_target(datasets, config.adaptation.adapt_to, dataset.id)
    run = store.create(dataset.id, dataset.name, config, recipe, name, len(dataset.class_names))
    start_queued(store)
    return store.get(run.id)


def stop(store: RunStore, run_id: str) -> Run:
    """Asks a run to stop; see `RunStore.request_stop`.

    Raises:
        RunError: there is no such run.
    """
    return store.request_stop(run_id)


def resume(store: RunStore, run_id: str) -> Run:
    """Queues a failed or stopped run again, and starts it if a slot is free.

    It continues after the last epoch with a checkpoint, and keeps its name, its curve and its place in the list.

    Raises:
        DatasetError: its data set is gone, or the one to adapt to.
        RunError: there is no such run, or it hasn't ended early.
    """
    run = store.get(run_id)
    if run.status == RunStatus.RUNNING:
        _check(store, run)
        run = store.get(run.id)
    if run.can_resume:
        datasets = DatasetStore(settings_for(store))
        adaptation_target(datasets, run.config.adaptation.adapt_to, datasets.get(run.dataset_id).id)
    run = store.requeue(run.id)
    start_queued(store)
    return store.get(run.id)


def reconcile(store: RunStore) -> None:
    """Reconciles the records with the workers that are alive: cheap, and safe at any time from any process.

    Runs whose worker died become failed, workers that ignore a request to stop are killed, and the next queued run is
    started.

    Raises:
        RunError: the database can't be used.
    """
    unfinished = store.unfinished()
    for run in unfinished:
        if run.status == RunStatus.RUNNING:
            _check(store, run)
    if any(run.status == RunStatus.QUEUED for run in unfinished):
        start_queued(store)


def look_over(store: RunStore) -> str:
    """Does what `reconcile` does as far as the disk allows, for callers that only read.

    Returns:
        Why it isn't possible, in words; empty if it is.
    """
    try:
        reconcile(store)
    except DiskRefusesError as error:
        return str(error)
    return ""


def delete(store: RunStore, run_id: str) -> None:
    """Deletes a run and everything it made.

    Raises:
        RunError: there is no such run, or it is running.
    """
    run = store.get(run_id)
    if run.status == RunStatus.RUNNING:
        _check(store, run)
    store.delete(run.id)


def position(store: RunStore, run_id: str) -> int:
    """Returns the run's place in the queue, from 1; 0 if it isn't queued."""
    return store.position(run_id)


def run_using(store: RunStore, dataset_id: str) -> str:
    """Returns the name of a queued or running run that needs the data set; empty if none does."""
    needed = ((run.name, (run.dataset_id, run.config.adaptation.adapt_to)) for run in store.unfinished())
    return next((name for name, of in needed if dataset_id in of), "")


def dataset_store(ours: Settings) -> DatasetStore:
    """Returns the store of data sets of a data home, which refuses to delete those that runs need."""

    def run_using_it(dataset_id: str) -> str:
        return run_using(RunStore(ours.database), dataset_id) if ours.may_have_runs else ""

    return DatasetStore(ours, run_using_it)


def start_queued(store: RunStore, own_experiment: str = "") -> str:
    """Starts queued runs, longest waiting first, while slots are free.

    Args:
        store: where they are recorded.
        own_experiment: the experiment whose next run the caller works on itself, if it is a worker.

    Returns:
        The id of that run, which is claimed now; empty if it wasn't its turn.

    Raises:
        RunError: the database can't be used.
    """
    taken = ""
    while run := store.claim(settings().slots, own_experiment):
        if own_experiment and run.experiment_id == own_experiment and not taken:
            taken = run.id
            continue
        try:
            _start_worker(store, run)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            store.finish(run.id, RunStatus.FAILED, Failure("worker_not_started", {"reason": reason}))
    return taken


def keep_warm(store: RunStore) -> WarmWorkerPool:
    """Keeps a process with TensorFlow loaded, so that a run's first epoch comes seconds sooner.

    Web servers call it once: it lives as long as this process, or until the pool is closed.
    """
    return WarmWorkerPool(store, reconcile)


def _start_worker(store: RunStore, run: Run) -> None:
    folder = store.folder(run.id)
    folder.mkdir(parents=True, exist_ok=True)
    if hand_off(store, run.id):
        return
    with (folder / LOG_NAME).open("ab") as log:
        process = start_process([PROCESS, run.id], log, worker_environment(store))
    threading.Thread(target=_watch, args=(process, store, run), name=f"run {run.id}", daemon=True).start()


def _watch(process: subprocess.Popen, store: RunStore, run: Run) -> None:
    """Waits for a worker, so that it doesn't stay behind as a zombie, then checks the rest of the queue.

    Runs started by that worker in turn aren't children of this process. If one of them is killed while no page is open,
    the queue still continues.
    """
    process.wait()
    try:
        now = store.get(run.id)
        if not now.pid and now.started == run.started:
            _record_death(store, now, failures.WORKER_MISSING)
        elif now.status == RunStatus.RUNNING and now.pid == process.pid:
            _record_death(store, now, failures.failure_of_exit(process.returncode))
        reconcile(store)
        while store.unfinished():
            time.sleep(WATCH_SECONDS)
            reconcile(store)
    except CoreError as error:
        # The data home may be gone, the run deleted, the disk full: the next caller that reads the runs is told.
        print(f"The queue is no longer watched: {error}", file=sys.stderr)


def _check(store: RunStore, run: Run) -> None:
    """Marks the run as ended if its worker is gone, or kills its worker if it is overdue."""
    if is_worker_alive(store.folder(run.id)):
        if run.stop_requested:
            _hasten(run)
        return
    if run.pid:
        _record_death(store, run, failures.WORKER_ENDED)
    elif abs(time.time() - run.started) > START_SECONDS:
        _record_death(store, run, failures.WORKER_MISSING)


def _record_death(store: RunStore, run: Run, reason: Failure) -> None:
    reserve = Reserve(store.folder(run.id))
    # The worker's own last words are more accurate than what can be seen from outside.
    reason = reserve.failure() or failures.failure_of_death(reason, store.home)
    reserve.give_back()
    # Only if it is still that worker's: it may have finished between reading the record and checking the lock.
    if run.stop_requested:
        # If it was killed while saving, its model may be newer than the metrics of an earlier attempt.
        store.finish(run.id, RunStatus.STOPPED, metrics={} if run.phase == "save" else None, attempt=run)
    else:
        store.finish(run.id, RunStatus.FAILED, reason, attempt=run)
    reserve.remove()


def _hasten(run: Run) -> None:
    if not run.pid:
        return
    now = time.time()
    last_sign = max(run.stop_requested, run.progress.time if run.progress else 0.0)
    force = now - last_sign > SILENCE_LIMIT_SECONDS or now - run.stop_requested > STOP_LIMIT_SECONDS
    if force or now - last_sign > SILENCE_SECONDS:
        end_process(run.pid, run.pid_started, force)
