"""The one place that starts child processes and ends them."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import IO

from core.settings import PROJECT

# Of 19, which is the last in the queue.
NICENESS = 5


def child_environment(
    fixed: Mapping[str, str] | None = None, defaults: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Returns the environment variables of a child process: those of this one, the studio's folder, quiet TensorFlow.

    Args:
        fixed: what holds whatever the environment says.
        defaults: what holds where the environment says nothing.
    """
    # Children start children: the project's folder is named once, however long that goes on.
    paths = [str(PROJECT), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    path = {"PYTHONPATH": os.pathsep.join(path for path in dict.fromkeys(paths) if path)}
    return {"TF_CPP_MIN_LOG_LEVEL": "2"} | dict(defaults or {}) | os.environ | path | dict(fixed or {})


def start_process(
    arguments: Sequence[str],
    log: IO[bytes],
    environment: Mapping[str, str] | None = None,
    stdin: int = subprocess.DEVNULL,
    stdout: int | None = None,
    niceness: int = 0,
) -> subprocess.Popen:
    """Starts `python -m ARGUMENTS`.

    A session of its own: closing the server's terminal, Ctrl-C and a restart don't reach the process.

    Args:
        arguments: the module and what it is given.
        log: takes what the process prints.
        environment: all of its environment variables; those of `child_environment()` by default.
        stdin: as `subprocess.Popen` has it.
        stdout: as `subprocess.Popen` has it; the log by default.
        niceness: how far it lets others go first where there are fewer processor cores than work.

    Raises:
        OSError: it can't be started.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments],
        stdin=stdin,
        stdout=log if stdout is None else stdout,
        stderr=log,
        cwd=PROJECT,
        env=dict(environment or child_environment()),
        start_new_session=True,
        creationflags=_own_group(),
    )
    if niceness:
        _give_way(process.pid, niceness)
    return process


def _own_group() -> int:
    """Returns what stands for a session of its own on Windows, where there are none."""
    if sys.platform == "win32":
        return subprocess.CREATE_NEW_PROCESS_GROUP
    return 0


def _give_way(pid: int, niceness: int) -> None:
    # Before it has threads, which take this over from the one that starts them. It may have died already.
    if sys.platform != "win32":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, pid, os.getpriority(os.PRIO_PROCESS, 0) + niceness)


def end_child(process: subprocess.Popen, seconds: float = 0.0) -> int:
    """Ends a child process and returns its exit code.

    Args:
        process: one that `start_process` started.
        seconds: how long it may take to leave by itself once its input has ended, before it is killed.
    """
    if seconds:
        end_input(process)
    else:
        process.kill()
    try:
        return process.wait(seconds or None)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()
    finally:
        end_input(process)


def end_input(process: subprocess.Popen) -> None:
    """Closes the pipe to a child process, which is its sign to leave. Without such a pipe nothing happens."""
    # What was still to be sent has nobody to go to.
    with suppress(OSError):
        if process.stdin is not None:
            process.stdin.close()
