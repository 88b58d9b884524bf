"""Files that are complete or absent, even if the process or the power dies while they are written."""

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
    """Returns whether the disk, or the user's quota, is full."""
    return error.errno in FULL_DISK_ERRORS


def sync(path: Path) -> None:
    """Waits until a file, or a folder's entries, are on disk. Windows can't do that for folders."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Creates a folder that may be deleted at any moment, in which case `Path.mkdir` may fail though nothing is there.

    Raises:
        FileExistsError: something else has its name.
        OSError: it can't be created.
    """
    for _ in range(MAKING_ATTEMPTS):
        try:
            return folder.mkdir(parents=True, exist_ok=True)
        except FileExistsError:
            # Unless something else is there, the folder was deleted between the two checks of `mkdir`.
            if os.path.lexists(folder) and not folder.is_dir():
                raise
        except FileNotFoundError:
            pass  # A parent was deleted as soon as it was created.
    return folder.mkdir(parents=True, exist_ok=True)


def paths_in(folder: Path) -> list[Path]:
    """Returns the entries of a folder, sorted by name; none if it doesn't exist or is deleted meanwhile."""
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def sweep(path: Path) -> None:
    """Deletes what killed processes left behind when writing `path`. Only one process may write it at a time."""
    for part in path.parent.glob(f".{path.name}.*{PART}"):
        part.unlink(missing_ok=True)


@contextmanager
def writing(path: Path, survives_power_loss: bool = True) -> Iterator[BinaryIO]:
    """Yields a file to write to, which replaces `path` when the block ends without an error.

    Args:
        path: of the file.
        survives_power_loss: whether to wait for the disk. If not, it is complete or absent when the process dies, which
            takes less time.

    Raises:
        OSError: it can't be written; the old file is unchanged.
    """
    beside = path.with_name(f".{path.name}.{uuid.uuid4().hex}{PART}")
    try:
        with beside.open("xb") as file:
            yield file
            file.flush()
            if survives_power_loss:
                os.fsync(file.fileno())
        beside.replace(path)
        if survives_power_loss:
            sync(path.parent)
    finally:
        beside.unlink(missing_ok=True)


def write(path: Path, content: bytes, survives_power_loss: bool = True) -> None:
    """Replaces the file at `path` by `content`, atomically; see `writing`."""
    with writing(path, survives_power_loss) as file:
        file.write(content)
