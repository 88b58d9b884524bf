"""The one place that starts child processes and ends them."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import IO

from core.settings import PROJECT

# Out of 19, the lowest priority.
NICENESS = 5


def child_environment(
    fixed: Mapping[str, str] | None = None, defaults: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Returns the environment of a child process: that of this one, the studio's folder, and a quiet TensorFlow.

    Args:
        fixed: variables that override the environment.
        defaults: variables for what the environment doesn't set.
    """
    # Children start children: the project's folder must be added only once.
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

    It runs in its own session, so closing the server's terminal, Ctrl-C and a restart don't affect it.

    Args:
        arguments: the module and its arguments.
        log: file for the process's output.
        environment: all of its environment variables; `child_environment()` by default.
        stdin: as in `subprocess.Popen`.
        stdout: as in `subprocess.Popen`; the log by default.
        niceness: how much it yields to others if there is more work than processor cores.

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
    """Returns the flag for a process group, which replaces a session on Windows."""
    if sys.platform == "win32":
        return subprocess.CREATE_NEW_PROCESS_GROUP
    return 0


def _give_way(pid: int, niceness: int) -> None:
    # Before it has threads, which inherit this from the thread that starts them. It may have died already.
    if sys.platform != "win32":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, pid, os.getpriority(os.PRIO_PROCESS, 0) + niceness)


def end_child(process: subprocess.Popen, seconds: float = 0.0) -> int:
    """Ends a child process and returns its exit code.

    Args:
        process: a process started by `start_process`.
        seconds: how long it may take to exit by itself after its input has ended, before it is killed.
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
    """Closes the pipe to a child process, which is its signal to exit. Does nothing without a pipe."""
    # Unsent data has no reader any more.
    with suppress(OSError):
        if process.stdin is not None:
            process.stdin.close()
