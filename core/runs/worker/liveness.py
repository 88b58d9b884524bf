"""Which workers are alive, and how those that don't respond are ended."""

import errno
from contextlib import suppress
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from core.files import durable

# The time of the boot, from which start times are reckoned, is only known to the second.
START_TIME_TOLERANCE_SECONDS = 2.0


def worker_lock(folder: Path) -> FileLock:
    """Returns the lock that a run's worker holds while it lives. The system releases it however the worker ends."""
    return FileLock(folder / "lock")


def is_worker_alive(folder: Path) -> bool:
    """Returns whether some process holds the lock of the run in `folder`, or may hold it, where that can't be told."""
    lock = worker_lock(folder)
    if not Path(lock.lock_file).exists():
        return False
    try:
        lock.acquire(timeout=0)
    except (Timeout, PermissionError):
        return True
    except OSError as error:
        # On a disk that is read-only a lock can't be tried; nor could the death of its owner be recorded.
        return error.errno == errno.EROFS or durable.is_full(error)
    lock.release()
    return False


def end_process(pid: int, started: float, force: bool) -> None:
    """Sends the process and its children a request to end, or ends them by force.

    Nothing is sent where the process is gone and another one got its id.

    Args:
        pid: the process.
        started: when it began, in seconds since 1970.
        force: end it at once instead of asking.
    """
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        if abs(process.create_time() - started) > START_TIME_TOLERANCE_SECONDS:
            return
        for member in [*process.children(recursive=True), process] if force else [process]:
            with suppress(psutil.NoSuchProcess):
                member.kill() if force else member.terminate()
