"""Starting the processes of runs: each in a session of its own, with the settings of the one that starts it."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from core.runs.records.store import RunStore
from core.settings import PROJECT, Settings, settings

LOG_NAME = "log.txt"
# The module that is the main program of a worker, and what makes it a warm one.
PROCESS = "core.runs.process"
WARM = "--warm"


def settings_for(store: RunStore) -> Settings:
    """Returns this process's settings with the data home that the store is in."""
    return replace(settings(), home=store.home)


def start_process(
    arguments: Sequence[str], log: Path, environment: dict[str, str], stdin: int = subprocess.DEVNULL
) -> subprocess.Popen:
    """Starts `python -m ARGUMENTS`.

    A session of its own: closing the server's terminal, Ctrl-C and a restart don't reach the process.

    Args:
        arguments: the module and what it is given.
        log: the file that what it prints is added to.
        environment: all of its environment variables.
        stdin: as `subprocess.Popen` has it.

    Raises:
        OSError: it can't be started.
    """
    apart = (
        {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
        if sys.platform == "win32"
        else {"start_new_session": True}
    )
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", *arguments],
            stdin=stdin,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=PROJECT,
            env=environment,
            **apart,
        )


def worker_environment(store: RunStore) -> dict[str, str]:
    """Returns the environment variables of a process that works on the store's runs."""
    # Paths are made absolute here because the worker starts in the project's folder.
    ours = settings_for(store)
    fixed = {"TRANSFER_STUDIO_HOME": str(ours.home), "TRANSFER_STUDIO_SLOTS": str(ours.slots), "PYTHONUNBUFFERED": "1"}
    # Workers start workers: the project's folder is named once, however long that goes on.
    paths = [str(PROJECT), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    fixed["PYTHONPATH"] = os.pathsep.join(path for path in dict.fromkeys(paths) if path)
    if ours.weights_folder:
        fixed["TRANSFER_STUDIO_WEIGHTS"] = str(ours.weights_folder)
    defaults = {"TF_CPP_MIN_LOG_LEVEL": "2"}
    if ours.slots > 1:
        threads = str(max(1, (os.cpu_count() or 1) // ours.slots))
        defaults |= {"TF_NUM_INTRAOP_THREADS": threads, "OMP_NUM_THREADS": threads}
    return defaults | os.environ | fixed
