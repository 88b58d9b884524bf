"""Which workers are alive, and how to end those that don't respond."""

import errno
from contextlib import suppress
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from core.files import durable

# The boot time, from which start times are computed, is only known to the second.
START_TIME_TOLERANCE_SECONDS = 2.0


def worker_lock(folder: Path) -> FileLock:
    """Returns the lock that a run's worker holds while it is alive. The system releases it however the worker ends."""
    return FileLock(folder / "lock")


def is_worker_alive(folder: Path) -> bool:
    """Returns whether a process holds the lock of the run in `folder`, or may hold it if this can't be determined."""
    lock = worker_lock(folder)
    if not Path(lock.lock_file).exists():
        return False
    try:
        lock.acquire(timeout=0)
    except (Timeout, PermissionError):
        return True
    except OSError as error:
        # On a read-only disk the lock can't be tried; nor could the death of its owner be recorded.
        return error.errno == errno.EROFS or durable.is_full(error)
    lock.release()
    return False


def end_process(pid: int, started: float, force: bool) -> None:
    """Asks the process and its children to end, or kills them.

    Does nothing if the process is gone and another one has its id.

    Args:
        pid: the process.
        started: when it began, in seconds since 1970.
        force: kill instead of asking.
    """
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        if abs(process.create_time() - started) > START_TIME_TOLERANCE_SECONDS:
            return
        for member in [*process.children(recursive=True), process] if force else [process]:
            with suppress(psutil.NoSuchProcess):
                member.kill() if force else member.terminate()
