"""Keeping a warm worker for a data home while this process, a web server, lives."""

import subprocess
import sys
import threading
from collections.abc import Callable

import psutil

from core.errors import CoreError
from core.processes.process import end_input, start_process
from core.runs.records.store import RunStatus, RunStore
from core.runs.worker.environment import PROCESS, WARM, settings_for, worker_environment
from core.runs.worker.handoff import warm_worker_folder
from core.runs.worker.liveness import is_worker_alive
from core.settings import GIGABYTE

# How a warm worker ends: after its run, or when it is no longer wanted; anything else is trouble.
DONE = 0
# ... or because the data home already has one, of another server.
NOT_WANTED = 3
LOG_NAME = "standby.log"
LOOK_SECONDS = 1.0
# After trouble, such as too little memory, the next one isn't started at once.
PAUSE_SECONDS = 60.0
PAUSES = {DONE: 0.0, NOT_WANTED: LOOK_SECONDS, None: 0.0}
# TensorFlow takes 0.7 of it. If there is less, the runs need it more.
FREE_MEMORY_BYTES = 2 * GIGABYTE


class WarmWorkerPool:
    """Keeps one warm worker ready, and a new one after each run, and checks the queue meanwhile.

    A warm worker is only started when a slot is free, so that a running run has all memory and processors. It ends with
    this process unless it has a run by then.

    Args:
        store: the runs that the warm worker works on.
        reconcile: reconciles the store's records with the workers that are alive.
    """

    def __init__(self, store: RunStore, reconcile: Callable[[RunStore], None]) -> None:
        self._store = store
        self._reconcile = reconcile
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="warm worker pool", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends the warm worker, unless it has a run, and starts no other."""
        self._closed.set()
        self._thread.join()

    def _keep(self) -> None:
        pause = 0.0
        # A deleted data home needs no warm worker.
        while not self._closed.wait(pause) and self._store.home.is_dir():
            pause = LOOK_SECONDS
            try:
                self._reconcile(self._store)
                if self._is_wanted():
                    pause = PAUSES.get(self._attend(), PAUSE_SECONDS)
            except (CoreError, OSError) as error:
                # Runs still start, only slower. They will report the problem to the user.
                print(f"There is no warm worker: {error}", file=sys.stderr)
                pause = PAUSE_SECONDS

    def _is_wanted(self) -> bool:
        running = sum(run.status == RunStatus.RUNNING for run in self._store.unfinished())
        return (
            running < settings_for(self._store).slots
            and psutil.virtual_memory().available > FREE_MEMORY_BYTES
            and not is_worker_alive(warm_worker_folder(self._store.home))
        )

    def _attend(self) -> int | None:
        """Starts a warm worker and waits until it ends; returns its exit code, None if the pool was closed."""
        log = self._store.home / LOG_NAME
        log.unlink(missing_ok=True)
        with log.open("ab") as output:
            process = start_process([PROCESS, WARM], output, worker_environment(self._store), stdin=subprocess.PIPE)
        try:
            while process.poll() is None and not self._closed.wait(LOOK_SECONDS):
                if self._store.home.is_dir():
                    self._reconcile(self._store)
            return process.returncode
        finally:
            # The warm worker's signal to exit.
            end_input(process)
