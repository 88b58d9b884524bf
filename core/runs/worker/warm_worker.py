"""The warm worker loads TensorFlow before there is a run for it.

It is started by `warm_worker_pool`, which holds the other end of its standard input. While it waits, it ends with its
owner. Once it has a run, it is a worker like any other and ends with the run.
"""

import os
import sys
import threading
import traceback
from contextlib import suppress

from filelock import Timeout

from core.runs.worker.handoff import Offer, fingerprint, warm_worker_folder
from core.runs.worker.liveness import worker_lock
from core.runs.worker.warm_worker_pool import DONE, NOT_WANTED
from core.runs.worker.worker import LOCK_SECONDS, OUT_OF_MEMORY_SCORE, StartNext, log_into, offer_to_memory_killer, work
from core.settings import settings

FAILED = 1
# The first to be killed when memory runs out: nothing is lost.
IDLE_MEMORY_SCORE = "900"
# Loading TensorFlow in advance yields to all other work.
LOADING_NICENESS = 19


def stand_by(start_next: StartNext) -> int:
    """Waits for a run and works on it.

    Args:
        start_next: starts queued runs while slots are free.

    Returns:
        DONE, even if no run came; FAILED; or NOT_WANTED, if the data home already has a warm worker.
    """
    offer_to_memory_killer(IDLE_MEMORY_SCORE)
    ours = settings()
    folder = warm_worker_folder(ours.home)
    folder.mkdir(parents=True, exist_ok=True)
    lock = worker_lock(folder)
    try:
        lock.acquire(timeout=LOCK_SECONDS)
    except Timeout:
        return NOT_WANTED
    # Before the code is loaded, so that code changed meanwhile gives another fingerprint.
    offer = Offer(folder, fingerprint(os.environ))
    owner_gone = _watch_owner()
    loading = _Loading()
    while loading.is_alive():
        if owner_gone.wait(0.1):
            return DONE
    if loading.failed:
        return FAILED
    offer.publish()
    run_id = offer.wait(owner_gone)
    if not run_id:
        return DONE
    lock.release()
    offer_to_memory_killer(OUT_OF_MEMORY_SCORE)
    log_into(ours.runs / run_id)
    return DONE if work(run_id, ours, start_next) else FAILED


class _Loading(threading.Thread):
    """Loads TensorFlow in a thread with its own niceness, because a process can't lower its niceness again."""

    def __init__(self) -> None:
        super().__init__(name="loading", daemon=True)
        self.failed = False
        self.start()

    def run(self) -> None:
        try:
            if sys.platform == "linux":
                with suppress(OSError):
                    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LOADING_NICENESS)
            import core.nn.training.training  # noqa: F401
        except BaseException:
            self.failed = True
            traceback.print_exc()


def _watch_owner() -> threading.Event:
    """Returns an event that is set when the other end of the standard input is closed, also by the owner's death."""
    gone = threading.Event()

    def watch() -> None:
        with suppress(OSError, ValueError):
            sys.stdin.buffer.read()
        gone.set()

    threading.Thread(target=watch, name="owner", daemon=True).start()
    return gone
