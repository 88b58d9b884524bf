"""Why a run failed, in words that say what to do."""

from core.settings import MEGABYTE
from core.wording.coded import Catalogue, Coded, words_of

DISK_FULL = "The disk is full. Free some space, then start again."
UNKNOWN = "The training failed for a reason that this version of the studio doesn't know ({code}). See the run's log."


def failure(found: Coded | None) -> str:
    """Returns why a run failed; empty if there is nothing to say."""
    if found is None:
        return ""
    # An error that was written for the user keeps its own words.
    return str(found.parameters.get("message") or words_of(found, SENTENCES, UNKNOWN))


def _crashed(exit_code: int, signal: str) -> str:
    how = signal or (f"exit code {exit_code}" if exit_code >= 0 else f"signal {-exit_code}")
    return (
        f"The worker ended because of an error that it couldn't record ({how}). The run's log, log.txt, may say more. "
        "Resume the run: it continues after its last epoch."
    )


def _disk_full(free_bytes: int, home: str) -> str:
    return (
        f"The disk was full when the worker ended: {free_bytes / MEGABYTE:.1f} MB are free in {home}. Free some space, "
        "then resume the run: it continues after its last epoch."
    )


SENTENCES: Catalogue = {
    "out_of_memory": (
        "The training ran out of memory. Lower the batch size or the image size, or close other programs, then start "
        "again."
    ),
    "bug": (
        "The training failed because of a bug ({kind}). The run's log, log.txt, has the details: please report them. "
        "Starting it again with other settings may work."
    ),
    "disk_full": DISK_FULL,
    "worker_ended": (
        "The worker was killed (for example by the system because memory ran out, or by a restart). Resume the run: it "
        "continues after its last epoch. If that happens again, close other programs, or start a new run with a "
        "smaller batch size or image size."
    ),
    "worker_missing": (
        "The worker ended before the run began, or never started. The run's log may say why. Resume the run."
    ),
    "worker_not_started": "The worker can't be started: {reason}. Fix that, then resume the run.",
    "worker_crashed": _crashed,
    "worker_disk_full": _disk_full,
}
