"""Why a training failed, in a sentence that says what to do."""

import errno
from collections.abc import Iterator

from core.errors import CoreError
from core.runs.database import DISK_FULL

OUT_OF_MEMORY = (
    "The training ran out of memory. Lower the batch size or the image size, or close other programs, then start again."
)
BUG_BEGINNING = "The training failed because of a bug"
BUG = (
    BUG_BEGINNING + " ({kind}). The run's log, log.txt, has the details: please report them."
    " Starting it again with other settings may work."
)
FULL_DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT) if hasattr(errno, "EDQUOT") else (errno.ENOSPC,)
# What the C libraries under TensorFlow and HDF5 say where they pass no error number on.
FULL_DISK_WORDS = ("No space left on device", "Disk quota exceeded")
# TensorFlow's class by name: this module is also read by processes that must never load TensorFlow.
MEMORY_ERRORS = ("MemoryError", "ResourceExhaustedError")


def in_words(error: BaseException) -> str:
    """Returns the sentence for whatever ended a training."""
    if isinstance(error, CoreError):
        return str(error)
    causes = tuple(_causes(error))
    # TensorFlow reports a full disk as ResourceExhaustedError too, so the disk is looked at first.
    if any(_is_full_disk(cause) for cause in causes):
        return DISK_FULL
    if any(kind.__name__ in MEMORY_ERRORS for cause in causes for kind in type(cause).__mro__):
        return OUT_OF_MEMORY
    return BUG.format(kind=type(error).__name__)


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
    if isinstance(error, OSError) and error.errno in FULL_DISK_ERRORS:
        return True
    return any(words in str(error) for words in FULL_DISK_WORDS)
