"""Pictures that a user sorted into classes by hand, as members like those of an archive."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from core.datasets.archives.folder_reader import file_chunks
from core.datasets.archives.members import CHUNK_BYTES, DamagedMember, Member, Members
from core.datasets.class_names import MAX_CLASS_NAME_LENGTH, is_class_name, tidy_class_name
from core.datasets.names import MAX_NAME_LENGTH
from core.errors import DatasetError
from core.files.user_files import open_file
from core.wording.coded import Reason

Pictures = Sequence[tuple[str, Path | BinaryIO]]
"""The name and the file of each picture."""


def picture_members(classes: Mapping[str, Pictures]) -> Members:
    """Returns pictures as members named `class/picture`. Two of the same name in a class get different names.

    Args:
        classes: the pictures of each class. Open files have to stay open while the members are read.

    Raises:
        DatasetError: the name of a class can't be used.
    """
    members = [member for name, pictures in classes.items() for member in _class_members(check_class(name), pictures)]
    return Members(len(members), sum(member.size for member in members), iter(members))


def check_class(name: str) -> str:
    """Returns the name of a class, its spaces tidied.

    Raises:
        DatasetError: it is empty, far too long, or looks like a path or a hidden folder.
    """
    cleaned = tidy_class_name(name)
    if not is_class_name(cleaned):
        raise DatasetError(
            f"Expected a class name of at most {MAX_CLASS_NAME_LENGTH} characters, without slashes and not beginning "
            f"with a dot. Received {name[:MAX_CLASS_NAME_LENGTH]!r}. Choose another name."
        )
    return cleaned


def _class_members(class_name: str, pictures: Pictures) -> Iterator[Member]:
    taken: set[str] = set()
    uses: Counter[str] = Counter()
    for number, (name, source) in enumerate(pictures):
        own = wanted = _last_part(name) or f"picture {number + 1}"
        while own in taken:
            uses[wanted] += 1
            own = _numbered(wanted, uses[wanted] + 1)
        taken.add(own)
        size, problem = _size(source)
        yield Member(f"{class_name}/{own}", size, 0, problem, partial(_chunks, source))


def _last_part(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/").replace("\0", "")).name[-MAX_NAME_LENGTH // 2 :]


def _numbered(name: str, number: int) -> str:
    stem, dot, suffix = name.rpartition(".")
    return f"{stem} ({number}).{suffix}" if stem and dot else f"{name} ({number})"


def _size(source: Path | BinaryIO) -> tuple[int, Reason | None]:
    """Returns how many bytes a picture has, and why it can't be read."""
    try:
        if not isinstance(source, Path):
            return source.seek(0, os.SEEK_END), None
        with open_file(source) as file:
            return file.seek(0, os.SEEK_END), None
    except OSError as error:
        return 0, Reason("unreadable", {"why": error.strerror})


def _chunks(source: Path | BinaryIO) -> Iterator[bytes]:
    if isinstance(source, Path):
        yield from file_chunks(source, follow_links=True)
        return
    try:
        source.seek(0)
        while chunk := source.read(CHUNK_BYTES):
            yield chunk
    except OSError as error:
        raise DamagedMember("unreadable", why=error.strerror) from error
