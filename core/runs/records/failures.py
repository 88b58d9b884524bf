"""Why a training failed, as a code; `core.wording.failures` has the words."""

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

    The code is one of `core.wording.failures.SENTENCES`, or that of a `CoreError` with its words as `message`.
    """


BUG = "bug"
OUT_OF_MEMORY = Failure("out_of_memory")
DISK_FULL = Failure("disk_full")
WORKER_ENDED = Failure("worker_ended")
WORKER_MISSING = Failure("worker_missing")
# With less than this nothing can be done: a checkpoint, a model, an array of features each take more.
FULL_DISK_BYTES = 2 * MEGABYTE
# Not the worker's own doing: somebody, or the system, ended it.
ENDED_FROM_OUTSIDE = ("SIGKILL", "SIGTERM", "SIGHUP", "SIGINT")
# What the C libraries under TensorFlow and HDF5 say where they pass no error number on.
FULL_DISK_WORDS = ("No space left on device", "Disk quota exceeded")
# TensorFlow's class by name: this module is also read by processes that must never load TensorFlow.
MEMORY_ERRORS = ("MemoryError", "ResourceExhaustedError")


def failure_of(error: BaseException, free_bytes: int | None = None) -> Failure:
    """Returns the failure that an error which ended a training comes to.

    Args:
        error: what ended it.
        free_bytes: what was free on the disk then; None where nobody looked.
    """
    if isinstance(error, CoreError):
        return Failure(error.code, {"message": str(error)})
    causes = tuple(_causes(error))
    # TensorFlow reports a full disk as ResourceExhaustedError too, so the disk is looked at first.
    if any(_is_full_disk(cause) for cause in causes):
        return DISK_FULL
    # Libraries have many ways to fail on a full disk, and not all of them say so.
    if free_bytes is not None and free_bytes < FULL_DISK_BYTES:
        return DISK_FULL
    if any(kind.__name__ in MEMORY_ERRORS for cause in causes for kind in type(cause).__mro__):
        return OUT_OF_MEMORY
    return Failure(BUG, {"kind": type(error).__name__})


def failure_of_death(reason: Failure, home: Path) -> Failure:
    """Returns why a worker ended that left no record of it.

    Args:
        reason: what is known of it.
        home: the data home, whose disk may be full.
    """
    free = free_bytes(home)
    if free is None or free >= FULL_DISK_BYTES:
        return reason
    return Failure("worker_disk_full", {"free_bytes": free, "home": str(home)})


def failure_of_exit(code: int) -> Failure:
    """Returns why a worker ended with this exit code, below 0 for a signal."""
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
    """Returns what is free on the disk of a folder; None where that can't be told."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def is_bug(failure: Failure | None) -> bool:
    """Returns whether a run that failed so came upon a bug."""
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
