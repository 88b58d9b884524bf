import errno
from pathlib import Path

import numpy as np
import pytest

from core.errors import RunError, WeightsError
from core.runs.records.database import DiskFullError
from core.runs.records.failures import Failure, failure_of, failure_of_death, failure_of_exit, is_bug
from core.wording.failures import failure
from tests.disks import SmallDisk


class ResourceExhaustedError(Exception):
    """Has the same name as TensorFlow's."""


def test_errors_with_words_of_their_own_stay_as_they_are() -> None:
    assert (
        failure(failure_of(WeightsError("There is no file x. Put it into y."))) == "There is no file x. Put it into y."
    )
    assert failure(failure_of(RunError("The loss isn't a number."))) == "The loss isn't a number."


@pytest.mark.parametrize("error", [MemoryError(), ResourceExhaustedError("OOM when allocating tensor")])
def test_out_of_memory(error: Exception) -> None:
    assert failure(failure_of(error)).startswith(
        "The training ran out of memory. Lower the batch size or the image size"
    )


def test_out_of_memory_of_numpy_and_as_a_cause() -> None:
    with pytest.raises(MemoryError) as caught:
        np.empty(2**60, dtype=np.uint8)
    assert failure(failure_of(caught.value)).startswith("The training ran out of memory")
    error = ValueError("allocation failed")
    error.__cause__ = caught.value
    assert failure(failure_of(error)).startswith("The training ran out of memory")


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError("Can't write data (file write failed, errno = 28, error message = 'No space left on device')"),
        ResourceExhaustedError("/models/saved.tmp; No space left on device"),
    ],
)
def test_full_disk(error: Exception) -> None:
    assert failure(failure_of(error)) == "The disk is full. Free some space, then start again."


def test_anything_else_is_a_bug_without_a_path() -> None:
    found = failure_of(KeyError("/home/somebody/file.py"))
    sentence = failure(found)
    assert sentence.startswith(
        "The training failed because of a bug (KeyError). The run's log, log.txt, has the details"
    )
    assert "/" not in sentence
    assert is_bug(found) and not is_bug(Failure("disk_full")) and not is_bug(None)


def test_circle_of_causes_ends() -> None:
    first, second = ValueError(), ValueError()
    first.__cause__, second.__cause__ = second, first
    assert is_bug(failure_of(first))


def test_on_a_full_disk_only_the_disk_is_blamed() -> None:
    unheard_of = RuntimeError("Can't decrement id ref count")
    assert failure(failure_of(unheard_of, free_bytes=1_200_000)).startswith("The disk is full")
    assert failure(failure_of(MemoryError(), free_bytes=0)).startswith("The disk is full")
    assert is_bug(failure_of(unheard_of, free_bytes=10**9)) and is_bug(failure_of(unheard_of))
    assert failure(failure_of(RunError("The loss isn't a number."), free_bytes=0)) == "The loss isn't a number."


@pytest.mark.parametrize(
    ("code", "beginning"),
    [
        (-9, "The worker was killed (for example by the system because memory ran out, or by a restart)."),
        (-15, "The worker was killed (for example by the system because memory ran out, or by a restart)."),
        (-11, "The worker ended because of an error that it couldn't record (SIGSEGV)."),
        (-7, "The worker ended because of an error that it couldn't record (SIG"),
        (1, "The worker ended because of an error that it couldn't record (exit code 1)."),
        (0, "The worker ended because of an error that it couldn't record (exit code 0)."),
        (-1000, "The worker ended because of an error that it couldn't record (signal 1000)."),
    ],
)
def test_how_a_worker_ended(code: int, beginning: str) -> None:
    sentence = failure(failure_of_exit(code))
    assert sentence.startswith(beginning) and "Resume the run: it continues after its last epoch." in sentence


def test_a_full_disk_explains_a_death(tmp_path: Path, small_disk: SmallDisk) -> None:
    other = Failure("worker_ended")
    assert failure_of_death(other, tmp_path) == other
    assert failure_of_death(other, tmp_path / "gone") == other
    small_disk.fill(left=1_200_000)
    sentence = failure(failure_of_death(other, small_disk.folder))
    assert sentence.startswith("The disk was full when the worker ended: 1.1 MB are free in ")


def test_an_error_is_recorded_by_its_code() -> None:
    errors = (WeightsError("x"), RunError("x"), DiskFullError(), MemoryError(), KeyError())
    assert [failure_of(error).code for error in errors] == ["weights", "run", "disk_full", "out_of_memory", "bug"]
