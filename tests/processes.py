"""The processes started by a test, directly or indirectly."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import psutil


def children(main_program: str, parent: psutil.Process | None = None) -> list[psutil.Process]:
    """Returns the living child processes that run a main program.

    Args:
        main_program: a word of the command line, such as a module's name.
        parent: the parent process; this one if None.
    """
    return running(main_program, (parent or psutil.Process()).children())


def kill_children(main_program: str) -> None:
    """Kills the child processes that run a main program."""
    for child in children(main_program):
        with suppress(psutil.NoSuchProcess):
            child.kill()


def of_home(home: Path, main_program: str = "") -> list[psutil.Process]:
    """Returns all processes that work on a data home: a server and its children.

    Args:
        home: the data home.
        main_program: a word of their command line; all processes if empty.
    """
    return running(main_program, psutil.process_iter(), home)


def running(main_program: str, processes: Iterable[psutil.Process], home: Path | None = None) -> list[psutil.Process]:
    """Returns the processes that run a main program, on a data home if one is given."""
    found = []
    for process in processes:
        # A zombie, or another user's process, can't be inspected.
        with suppress(psutil.Error):
            if main_program and main_program not in process.cmdline():
                continue
            if home and process.environ().get("TRANSFER_STUDIO_HOME") != str(home):
                continue
            if process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found
