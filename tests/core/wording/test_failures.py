"""Why a run failed, in words that say what to do."""

import pytest

from core.runs.records.failures import Failure
from core.settings import MEGABYTE
from core.wording.failures import DISK_FULL, SENTENCES, failure

PARAMETERS = {
    "bug": {"kind": "KeyError"},
    "worker_not_started": {"reason": "Permission denied"},
    "worker_crashed": {"exit_code": -11, "signal": "SIGSEGV"},
    "worker_disk_full": {"free_bytes": MEGABYTE, "home": "/data/home"},
}


@pytest.mark.parametrize("code", SENTENCES)
def test_each_code_becomes_sentences_with_all_that_is_known(code):
    parameters = PARAMETERS.get(code, {})
    words = failure(Failure(code, parameters))
    assert words.endswith(".")
    assert "{" not in words
    assert "doesn't know" not in words
    texts = [value for value in parameters.values() if isinstance(value, str)]
    assert all(text in words for text in texts)


@pytest.mark.parametrize(
    ("exit_code", "signal", "how"),
    [(-11, "SIGSEGV", "(SIGSEGV)"), (-99, "", "(signal 99)"), (1, "", "(exit code 1)"), (0, "", "(exit code 0)")],
)
def test_a_crash_is_described_by_its_signal_or_exit_code(exit_code, signal, how):
    assert how in failure(Failure("worker_crashed", {"exit_code": exit_code, "signal": signal}))


def test_free_space_is_given():
    words = failure(Failure("worker_disk_full", {"free_bytes": MEGABYTE // 2, "home": "/data/home"}))
    assert "0.5 MB are free in /data/home" in words
    assert failure(Failure("disk_full")) == DISK_FULL


def test_an_error_that_was_written_for_the_user_keeps_its_words():
    message = "There is no data set {d}. Import it."
    assert failure(Failure("dataset", {"message": message})) == message


def test_there_may_be_nothing_to_say():
    assert failure(None) == ""


def test_a_code_of_a_newer_version_is_named():
    words = failure(Failure("out_of_patience"))
    assert words.startswith("The training failed for a reason that this version of the studio doesn't know")
    assert "(out_of_patience)" in words
