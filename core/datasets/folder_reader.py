"""The files of a folder on this machine. Links aren't followed, so nothing outside the folder gets in."""

import os
import stat
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from core.datasets.members import CHUNK_BYTES, DamagedMember, Member, Members
from core.errors import DatasetError
from core.settings import ImportLimits


def folder_members(folder: Path, limits: ImportLimits) -> Members:
    """Returns the files of a folder and its folders, in the order of their names.

    Raises:
        DatasetError: there are more files than are taken.
    """
    members = []
    for member in _members(folder):
        members.append(member)
        if len(members) > limits.entries:
            raise DatasetError(
                f"{folder.name} holds more than {limits.entries:,} files. Split it into smaller data sets."
            )
    return Members(len(members), sum(member.size for member in members), iter(members))


def _members(folder: Path) -> Iterator[Member]:
    for place, folders, files in os.walk(folder):
        links = [name for name in folders if Path(place, name).is_symlink()]
        folders[:] = sorted(set(folders) - set(links))
        for name in sorted(files + links):
            path = Path(place, name)
            yield _member(path, path.relative_to(folder).as_posix())


def _member(path: Path, name: str) -> Member:
    try:
        status = path.lstat()
    except OSError as error:
        return Member(name, 0, 0, f"it can't be read ({error.strerror})", partial(_chunks, path))
    problem = ""
    if stat.S_ISLNK(status.st_mode):
        problem = "it is a link, and links aren't followed"
    elif not stat.S_ISREG(status.st_mode):
        problem = "it isn't a regular file"
    return Member(name, status.st_size, 0, problem, partial(_chunks, path))


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk
    except OSError as error:
        raise DamagedMember(f"it can't be read ({error.strerror})") from error
