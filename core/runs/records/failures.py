"""Why a training failed, in a sentence that says what to do."""

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

from core.errors import CoreError
from core.files import durable
from core.runs.records.database import DISK_FULL
from core.settings import MEGABYTE

OUT_OF_MEMORY = (
    "The training ran out of memory. Lower the batch size or the image size, or close other programs, then start again."
)
BUG_BEGINNING = "The training failed because of a bug"
BUG = (
    BUG_BEGINNING + " ({kind}). The run's log, log.txt, has the details: please report them."
    " Starting it again with other settings may work."
)
# With less than this nothing can be done: a checkpoint, a model, an array of features each take more.
FULL_DISK_BYTES = 2 * MEGABYTE
WORKER_ENDED = (
    "The worker was ended (for example by the system for lack of memory, or a restart). Resume the run: it goes on"
    " after its last epoch. If it is ended again, close other programs, or start a new run with a smaller batch size or"
    " image size."
)
WORKER_MISSING = "The worker ended before it began, or never came up. The run's log may say why. Resume the run."
WORKER_CRASHED = (
    "The worker was ended by an error that it couldn't record ({how}). The run's log, log.txt, may say more. Resume"
    " the run: it goes on after its last epoch."
)
WORKER_DISK_FULL = (
    "The disk was full when the worker ended: {megabytes:.1f} MB are free in {home}. Free some space, then resume the"
    " run: it goes on after its last epoch."
)
# Not the worker's own doing: somebody, or the system, ended it.
ENDED_FROM_OUTSIDE = ("SIGKILL", "SIGTERM", "SIGHUP", "SIGINT")
# What the C libraries under TensorFlow and HDF5 say where they pass no error number on.
FULL_DISK_WORDS = ("No space left on device", "Disk quota exceeded")
# TensorFlow's class by name: this module is also read by processes that must never load TensorFlow.
MEMORY_ERRORS = ("MemoryError", "ResourceExhaustedError")


def in_words(error: BaseException, free_bytes: int | None = None) -> str:
    """Returns the sentence for whatever ended a training.

    Args:
        error: what ended it.
        free_bytes: what was free on the disk then; None where nobody looked.
    """
    if isinstance(error, CoreError):
        return str(error)
    causes = tuple(_causes(error))
    # TensorFlow reports a full disk as ResourceExhaustedError too, so the disk is looked at first.
    if any(_is_full_disk(cause) for cause in causes):
        return DISK_FULL
    # Libraries have many ways to fail on a full disk, and not all of them say so.
    if free_bytes is not None and free_bytes < FULL_DISK_BYTES:
        return DISK_FULL
    if any(kind.__name__ in MEMORY_ERRORS for cause in causes for kind in type(cause).__mro__):
        return OUT_OF_MEMORY
    return BUG.format(kind=type(error).__name__)


def death_in_words(reason: str, home: Path) -> str:
    """Returns the sentence for a worker that ended without a record of it.

    Args:
        reason: what is known of it.
        home: the data home, whose disk may be full.
    """
    free = free_bytes(home)
    if free is None or free >= FULL_DISK_BYTES:
        return reason
    return WORKER_DISK_FULL.format(megabytes=free / MEGABYTE, home=home)


def exit_in_words(code: int) -> str:
    """Returns the sentence for a worker that ended with this exit code, below 0 for a signal."""
    if code >= 0:
        return WORKER_CRASHED.format(how=f"exit code {code}")
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    return WORKER_ENDED if name in ENDED_FROM_OUTSIDE else WORKER_CRASHED.format(how=name)


def free_bytes(folder: Path) -> int | None:
    """Returns what is free on the disk of a folder; None where that can't be told."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def is_bug(sentence: str) -> bool:
    """Returns whether a run that failed with this sentence came upon a bug."""
    return sentence.startswith(BUG_BEGINNING)


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
