"""Handing a claimed run to a warm worker: a worker that has already loaded TensorFlow and waits.

A data home has at most one warm worker, the process that holds the lock on its folder `standby/`. It offers itself with
a file there. A process that has claimed a run accepts the offer by renaming it to an order, which succeeds for only one
process. The warm worker takes the order by deleting it; if the warm worker is dead or unresponsive, the other process
deletes the order itself and starts a cold worker. Only one of the two deletions succeeds, so a run gets exactly one
worker, whoever dies and when.
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
# A warm worker takes an order within a few polls; one that is swapped out or suspended isn't waited for.
TAKE_SECONDS = 2.0
# Variables that affect a worker's settings and the libraries it has loaded.
ENVIRONMENT = ("TRANSFER_STUDIO_", "TF_", "KERAS_", "OMP_", "MKL_", "CUDA_", "ONEDNN_", "XLA_")


def warm_worker_folder(home: Path) -> Path:
    """Returns the folder for handing over runs."""
    return home / FOLDER


def fingerprint(environment: Mapping[str, str]) -> str:
    """Returns what a warm worker must have in common with a cold one: settings, installation, version of the code."""
    chosen = {name: value for name, value in environment.items() if name.startswith(ENVIRONMENT)}
    sources = [(str(path), path.stat().st_mtime_ns) for path in sorted((PROJECT / "core").rglob("*.py"))]
    text = json.dumps([sorted(chosen.items()), sys.prefix, sources])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def is_warm_worker_ready(store: RunStore) -> bool:
    """Returns whether a warm worker is waiting that is equivalent to a worker started by this process."""
    folder = warm_worker_folder(store.home)
    return (folder / f"{OFFER}{fingerprint(worker_environment(store))}").exists() and is_worker_alive(folder)


def hand_off(store: RunStore, run_id: str) -> bool:
    """Hands a run, claimed by this process, to the warm worker.

    Returns:
        Whether it took the run. If not, it never will: the run needs its own worker.
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
    """The warm worker's side of the handoff. The caller holds the lock on the folder.

    Args:
        folder: the folder for handing over runs.
        alike: fingerprint of the warm worker.
    """

    def __init__(self, folder: Path, alike: str) -> None:
        self.folder = folder
        self.alike = alike
        self.path = folder / f"{OFFER}{alike}"

    def publish(self) -> None:
        """Makes the offer, and removes those of dead warm workers.

        Raises:
            OSError: the disk is full, or the data home is gone.
        """
        for left in self.folder.glob(f"{OFFER}*"):
            left.unlink(missing_ok=True)
        self.path.touch()

    def wait(self, owner_gone: threading.Event) -> str:
        """Waits for a run.

        Args:
            owner_gone: set when the warm worker is no longer wanted.

        Returns:
            The run's id; empty if the offer has ended and no run will come.
        """
        while True:
            # In this order, so that an offer that became an order in between is found as the order.
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
    """Deletes a file; returns whether this process was the one that did."""
    with suppress(OSError):
        path.unlink()
        return True
    return False
