"""Files that are whole or not there, whatever ends the process or the power while they are written."""

import errno
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

PART = ".part"
MAKING_ATTEMPTS = 100
FULL_DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT) if hasattr(errno, "EDQUOT") else (errno.ENOSPC,)


def is_full(error: OSError) -> bool:
    """Returns whether the disk, or what the user may have of it, is full."""
    return error.errno in FULL_DISK_ERRORS


def sync(path: Path) -> None:
    """Waits until a file, or a folder's list of names, is on the disk. Windows can't do that for folders."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Makes a folder that may be deleted at any moment; `Path.mkdir` may then fail though nothing is there.

    Raises:
        FileExistsError: something else is at its place.
        OSError: it can't be made.
    """
    for _ in range(MAKING_ATTEMPTS):
        try:
            return folder.mkdir(parents=True, exist_ok=True)
        except FileExistsError:
            # Unless something else is there, the folder was deleted between the two looks of `mkdir`.
            if os.path.lexists(folder) and not folder.is_dir():
                raise
        except FileNotFoundError:
            pass  # A parent was deleted as soon as it was made.
    return folder.mkdir(parents=True, exist_ok=True)


def paths_in(folder: Path) -> list[Path]:
    """Returns what is in a folder, by name: nothing where it is not there, or deleted meanwhile."""
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def sweep(path: Path) -> None:
    """Deletes what killed processes left of writing `path`; for a file that only one process writes at a time."""
    for part in path.parent.glob(f".{path.name}.*{PART}"):
        part.unlink(missing_ok=True)


@contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """Gives a file to write to, which takes the place of `path` when the block ends without an error.

    Raises:
        OSError: it can't be written; what was at `path` is as it was.
    """
    beside = path.with_name(f".{path.name}.{uuid.uuid4().hex}{PART}")
    try:
        with beside.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        sync(path.parent)
    finally:
        beside.unlink(missing_ok=True)


def write(path: Path, content: bytes) -> None:
    """Puts `content` in place of what is at `path`, whole or not at all."""
    with writing(path) as file:
        file.write(content)
