"""Why a run failed, as a code; `core.wording.failures` has the words."""

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

from core.errors import CoreError
from core.files import durable
from core.settings import MEGABYTE
from core.wording.coded import Coded


class Failure(Coded):
    """Why a run failed.

    The code is one of `core.wording.failures.SENTENCES`, or that of a `CoreError` with its message as `message`.
    """


BUG = "bug"
OUT_OF_MEMORY = Failure("out_of_memory")
DISK_FULL = Failure("disk_full")
WORKER_ENDED = Failure("worker_ended")
WORKER_MISSING = Failure("worker_missing")
# Less than this is too little for anything: a checkpoint, a model, an array of features each take more.
FULL_DISK_BYTES = 2 * MEGABYTE
# Signals from outside: the user or the system ended the worker.
ENDED_FROM_OUTSIDE = ("SIGKILL", "SIGTERM", "SIGHUP", "SIGINT")
# Messages of the C libraries under TensorFlow and HDF5, which don't pass on an error number.
FULL_DISK_WORDS = ("No space left on device", "Disk quota exceeded")
# TensorFlow's class by name: this module is also read by processes that must never load TensorFlow.
MEMORY_ERRORS = ("MemoryError", "ResourceExhaustedError")


def failure_of(error: BaseException, free_bytes: int | None = None) -> Failure:
    """Returns the failure for an error that ended a run.

    Args:
        error: the error.
        free_bytes: free disk space at that time; None if unknown.
    """
    if isinstance(error, CoreError):
        return Failure(error.code, {"message": str(error)})
    causes = tuple(_causes(error))
    # TensorFlow also reports a full disk as ResourceExhaustedError, so the disk is checked first.
    if any(_is_full_disk(cause) for cause in causes):
        return DISK_FULL
    # Libraries have many ways to fail on a full disk, and not all of them say so.
    if free_bytes is not None and free_bytes < FULL_DISK_BYTES:
        return DISK_FULL
    if any(kind.__name__ in MEMORY_ERRORS for cause in causes for kind in type(cause).__mro__):
        return OUT_OF_MEMORY
    return Failure(BUG, {"kind": type(error).__name__})


def failure_of_death(reason: Failure, home: Path) -> Failure:
    """Returns why a worker ended that left no record of its end.

    Args:
        reason: what is known about it.
        home: the data home, whose disk may be full.
    """
    free = free_bytes(home)
    if free is None or free >= FULL_DISK_BYTES:
        return reason
    return Failure("worker_disk_full", {"free_bytes": free, "home": str(home)})


def failure_of_exit(code: int) -> Failure:
    """Returns why a worker ended with this exit code, negative for a signal."""
    name = _signal_name(-code) if code < 0 else ""
    if name in ENDED_FROM_OUTSIDE:
        return WORKER_ENDED
    return Failure("worker_crashed", {"exit_code": code, "signal": name})


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return ""


def free_bytes(folder: Path) -> int | None:
    """Returns the free space on the disk of a folder; None if unknown."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def is_bug(failure: Failure | None) -> bool:
    """Returns whether a failure is a bug."""
    return failure is not None and failure.code == BUG


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _is_full_disk(error: BaseException) -> bool:
    if isinstance(error, OSError) and durable.is_full(error):
        return True
    return any(words in str(error) for words in FULL_DISK_WORDS)
