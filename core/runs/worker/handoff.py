"""Handing a claimed run over to a warm worker: a worker that has loaded TensorFlow already and waits.

A data home has one warm worker at most, the process that holds the lock on its folder `standby/`. It offers itself by a
file there. Whoever has claimed a run takes the offer by renaming it to an order, which succeeds for one process only.
The warm worker takes the order by deleting it; the one who ordered takes it back in the same way where the warm worker
is dead or deaf, and starts a cold worker. One of the two deletions succeeds, so a run gets one worker, whoever dies and
when.
"""

import hashlib
import json
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from core.runs.records.store import RunStore
from core.runs.worker.environment import worker_environment
from core.runs.worker.liveness import is_worker_alive
from core.settings import PROJECT

FOLDER = "standby"
OFFER = "offer-"
ORDER = "order-"
LOOK_SECONDS = 0.05
ORDER_LOOK_SECONDS = 0.01
# A warm worker takes an order within a few looks; one that is swapped out or suspended isn't waited for.
TAKE_SECONDS = 2.0
# What a worker's settings, and the libraries that it has loaded, depend on.
ENVIRONMENT = ("TRANSFER_STUDIO_", "TF_", "KERAS_", "OMP_", "MKL_", "CUDA_", "ONEDNN_", "XLA_")


def warm_worker_folder(home: Path) -> Path:
    """Returns the folder in which runs are handed over."""
    return home / FOLDER


def fingerprint(environment: Mapping[str, str]) -> str:
    """Returns what a warm and a cold worker must have in common: settings, installation, state of the code."""
    chosen = {name: value for name, value in environment.items() if name.startswith(ENVIRONMENT)}
    sources = [(str(path), path.stat().st_mtime_ns) for path in sorted((PROJECT / "core").rglob("*.py"))]
    text = json.dumps([sorted(chosen.items()), sys.prefix, sources])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def is_warm_worker_ready(store: RunStore) -> bool:
    """Returns whether a warm worker waits that would do what a worker started by this process does."""
    folder = warm_worker_folder(store.home)
    return (folder / f"{OFFER}{fingerprint(worker_environment(store))}").exists() and is_worker_alive(folder)


def hand_off(store: RunStore, run_id: str) -> bool:
    """Hands a run, claimed by this process, to the warm worker.

    Returns:
        Whether it took the run. If not, none will: the run needs a worker of its own.
    """
    folder = warm_worker_folder(store.home)
    if not folder.is_dir():
        return False
    try:
        alike = fingerprint(worker_environment(store))
        order = folder / f"{ORDER}{alike}-{run_id}"
        (folder / f"{OFFER}{alike}").rename(order)
    except OSError:
        return False
    overdue = time.monotonic() + TAKE_SECONDS
    while order.exists():
        if time.monotonic() > overdue or not is_worker_alive(folder):
            return not _delete(order)
        time.sleep(ORDER_LOOK_SECONDS)
    return True


class Offer:
    """A warm worker's side of it. The caller holds the lock on the folder.

    Args:
        folder: in which runs are handed over.
        alike: fingerprint of the warm worker.
    """

    def __init__(self, folder: Path, alike: str) -> None:
        self.folder = folder
        self.alike = alike
        self.path = folder / f"{OFFER}{alike}"

    def publish(self) -> None:
        """Makes the offer; those of warm workers that died are swept.

        Raises:
            OSError: the disk is full, or the data home is gone.
        """
        for left in self.folder.glob(f"{OFFER}*"):
            left.unlink(missing_ok=True)
        self.path.touch()

    def wait(self, owner_gone: threading.Event) -> str:
        """Waits for a run.

        Args:
            owner_gone: set when nobody wants a warm worker any more.

        Returns:
            The run's id; empty where the offer has ended, and no run will come.
        """
        while True:
            # In this order: an offer that became an order in between is found as the order.
            open_still = self.path.exists()
            if run_id := self._take():
                return run_id
            if not open_still or (owner_gone.wait(LOOK_SECONDS) and _delete(self.path)):
                return ""

    def _take(self) -> str:
        beginning = f"{ORDER}{self.alike}-"
        for order in self.folder.glob(f"{beginning}*"):
            if _delete(order):
                return order.name.removeprefix(beginning)
        return ""


def _delete(path: Path) -> bool:
    """Deletes a file; returns whether it was this process that did it."""
    with suppress(OSError):
        path.unlink()
        return True
    return False
