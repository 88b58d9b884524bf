import errno

import numpy as np
import pytest

from core.errors import RunError, WeightsError
from core.runs.failures import in_words, is_bug


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
