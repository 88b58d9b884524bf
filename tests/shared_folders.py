"""Folders that take long to make and that all of pytest's worker processes share."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock


def shared_folder(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Returns a folder that is made by the first worker process to ask for it, while others that need it wait.

    Args:
        tmp_path_factory: pytest's.
        name: the folder's name.
        make: makes the folder, at the path that it is given.

    Returns:
        The folder. Whoever writes to it uses a copy: at the same time another process may read it.
    """
    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent  # of all workers
    folder, complete = root / name, root / f"{name}.complete"
    with FileLock(root / f"{name}.lock"):
        if not complete.exists():
            make(folder)
            complete.touch()
    return folder
