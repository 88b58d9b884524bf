import errno
from pathlib import Path

import numpy as np
import pytest

from core.errors import RunError, WeightsError
from core.runs.records.failures import death_in_words, exit_in_words, in_words, is_bug
from tests.disks import SmallDisk


class ResourceExhaustedError(Exception):
    """Named as TensorFlow's own."""


def test_errors_with_words_of_their_own_stay_as_they_are() -> None:
    assert in_words(WeightsError("There is no file x. Put it into y.")) == "There is no file x. Put it into y."
    assert in_words(RunError("The loss isn't a number.")) == "The loss isn't a number."


@pytest.mark.parametrize("error", [MemoryError(), ResourceExhaustedError("OOM when allocating tensor")])
def test_out_of_memory(error: Exception) -> None:
    assert in_words(error).startswith("The training ran out of memory. Lower the batch size or the image size")


def test_out_of_memory_of_numpy_and_as_a_cause() -> None:
    with pytest.raises(MemoryError) as caught:
        np.empty(2**60, dtype=np.uint8)
    assert in_words(caught.value).startswith("The training ran out of memory")
    error = ValueError("allocation failed")
    error.__cause__ = caught.value
    assert in_words(error).startswith("The training ran out of memory")


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError("Can't write data (file write failed, errno = 28, error message = 'No space left on device')"),
        ResourceExhaustedError("/models/saved.tmp; No space left on device"),
    ],
)
def test_full_disk(error: Exception) -> None:
    assert in_words(error) == "The disk is full. Free some space, then start again."


def test_anything_else_is_a_bug_without_a_path() -> None:
    sentence = in_words(KeyError("/home/somebody/file.py"))
    assert sentence.startswith(
        "The training failed because of a bug (KeyError). The run's log, log.txt, has the details"
    )
    assert "/" not in sentence
    assert is_bug(sentence) and not is_bug("The disk is full.")


def test_circle_of_causes_ends() -> None:
    first, second = ValueError(), ValueError()
    first.__cause__, second.__cause__ = second, first
    assert is_bug(in_words(first))


def test_nothing_but_a_full_disk_is_blamed_where_the_disk_is_full() -> None:
    unheard_of = RuntimeError("Can't decrement id ref count")
    assert in_words(unheard_of, free_bytes=1_200_000).startswith("The disk is full")
    assert in_words(MemoryError(), free_bytes=0).startswith("The disk is full")
    assert is_bug(in_words(unheard_of, free_bytes=10**9)) and is_bug(in_words(unheard_of))
    assert in_words(RunError("The loss isn't a number."), free_bytes=0) == "The loss isn't a number."


@pytest.mark.parametrize(
    ("code", "beginning"),
    [
        (-9, "The worker was ended (for example by the system for lack of memory, or a restart)."),
        (-15, "The worker was ended (for example by the system for lack of memory, or a restart)."),
        (-11, "The worker was ended by an error that it couldn't record (SIGSEGV)."),
        (-7, "The worker was ended by an error that it couldn't record (SIG"),
        (1, "The worker was ended by an error that it couldn't record (exit code 1)."),
        (0, "The worker was ended by an error that it couldn't record (exit code 0)."),
        (-1000, "The worker was ended by an error that it couldn't record (signal 1000)."),
    ],
)
def test_how_a_worker_ended(code: int, beginning: str) -> None:
    sentence = exit_in_words(code)
    assert sentence.startswith(beginning) and "Resume the run: it goes on after its last epoch." in sentence


def test_full_disk_is_the_reason_of_a_death(tmp_path: Path, small_disk: SmallDisk) -> None:
    assert death_in_words("Something else.", tmp_path) == "Something else."
    assert death_in_words("Something else.", tmp_path / "gone") == "Something else."
    small_disk.fill(left=1_200_000)
    sentence = death_in_words("Something else.", small_disk.folder)
    assert sentence.startswith("The disk was full when the worker ended: 1.1 MB are free in ")
