"""Files and folders named by the user, opened in a way that can never block the studio."""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from core.wording.coded import Reason

# With the file's own name, as many parts as names in archives may have.
MAX_DEPTH = 64
KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFLNK: "a link",
}
# Doesn't block on what is, or has just become, a pipe, and never takes a terminal as the server's own. Windows has
# neither flag, but must be told not to translate line ends.
FLAGS = sum(getattr(os, name, 0) for name in ("O_RDONLY", "O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY"))
NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)


def open_file(path: Path, follow_links: bool = True) -> BufferedReader:
    """Opens a regular file for reading; refuses pipes, devices, sockets and folders.

    Args:
        path: where it is.
        follow_links: whether to follow a link to a file.

    Raises:
        OSError: it can't be opened, or isn't a file. Its `strerror` says why, in words.
    """
    try:
        # Checked before opening, because opening alone affects devices and the writers of pipes.
        _check_regular(path.stat(follow_symlinks=follow_links), path)
        handle = os.open(path, FLAGS | (0 if follow_links else NO_FOLLOW))
    except ValueError as error:  # a zero byte, or an incomplete character
        raise OSError(errno.EINVAL, "its name isn't a valid file name", str(path)) from error
    try:
        _check_regular(os.fstat(handle), path)
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def is_file(path: Path) -> bool:
    """Whether this is a file or a link to one. False for invalid names."""
    return _has_mode(path, stat.S_ISREG)


def is_folder(path: Path) -> bool:
    """Whether this is a folder or a link to one. False for invalid names."""
    return _has_mode(path, stat.S_ISDIR)


@dataclass(frozen=True)
class Found:
    """An entry in a folder or one of its subfolders.

    Attributes:
        path: where it is.
        name: its path from the folder, with slashes.
        size: in bytes.
        problem: why it can't be read; None for a file.
    """

    path: Path
    name: str
    size: int = 0
    problem: Reason | None = None


def walk(folder: Path) -> Iterator[Found]:
    """Yields all files in a folder and its subfolders, sorted by name, and the entries that can't be read.

    Links aren't followed. Folders deeper than `MAX_DEPTH` aren't opened: at some depth, names get too long for the
    system.

    Raises:
        OSError: the folder itself can't be read.
    """
    waiting = [("", 1)]
    while waiting:
        prefix, depth = waiting.pop()
        files: list[os.DirEntry] = []
        folders: list[str] = []
        try:
            with os.scandir(os.path.join(folder, prefix)) as entries:  # noqa: PTH118 (a Path a folder would take twice the time)
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.name)
                    else:
                        files.append(entry)
        except OSError as error:
            if not prefix:
                raise
            yield Found(folder / prefix, prefix.rstrip("/"), problem=_unreadable(error))
        for entry in sorted(files, key=lambda entry: entry.name):
            yield _look_at(entry, prefix)
        folders.sort(reverse=True)
        if depth < MAX_DEPTH:
            waiting += [(f"{prefix}{name}/", depth + 1) for name in folders]
        else:
            problem = Reason("deep", {"limit": MAX_DEPTH - 1})
            yield from (Found(folder / prefix / name, f"{prefix}{name}", problem=problem) for name in folders[::-1])


def _look_at(entry: os.DirEntry, prefix: str) -> Found:
    name = f"{prefix}{entry.name}"
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError as error:
        return Found(Path(entry.path), name, problem=_unreadable(error))
    problem = None
    if stat.S_ISLNK(status.st_mode):
        problem = Reason("link")
    elif not stat.S_ISREG(status.st_mode):
        problem = Reason("irregular")
    return Found(Path(entry.path), name, status.st_size, problem)


def _unreadable(error: OSError) -> Reason:
    return Reason("unreadable", {"why": error.strerror})


def _check_regular(status: os.stat_result, path: Path) -> None:
    if not stat.S_ISREG(status.st_mode):
        kind = KINDS.get(stat.S_IFMT(status.st_mode), "something else")
        raise OSError(errno.EINVAL, f"it is {kind}, not a file", str(path))


def _has_mode(path: Path, is_right: Callable[[int], bool]) -> bool:
    try:
        return is_right(path.stat().st_mode)
    except (OSError, ValueError):
        return False
