"""What the readers of zips, tars and folders pass to the extraction."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from core.datasets.names import (
    RefusedName,
    has_picture_name,
    is_archive,
    is_junk,
    other_kind,
    split_name,
    unread_picture_kind,
)
from core.settings import ImportLimits
from core.wording.coded import Note, Reason
from core.wording.reasons import UnusableFileError

CHUNK_BYTES = 64 * 1024


class DamagedMember(UnusableFileError):  # noqa: N818 (a verdict on one entry; the import goes on)
    """An entry whose bytes can't be read."""


class UndersizedMember(DamagedMember):
    """An entry that holds more than it claims: damage if it is one, a bomb if there are several."""


@dataclass(frozen=True)
class Member:
    """One file of an archive or a folder.

    Attributes:
        name: as the archive gives it; not to be trusted.
        size: bytes it claims to have.
        packed_size: bytes it takes in the archive; 0 if unknown.
        problem: why it can't be read; None if there is no known reason.
        chunks: yields its real bytes, `CHUNK_BYTES` or fewer at a time. Raises `DamagedMember`.
    """

    name: str
    size: int
    packed_size: int
    problem: Reason | None
    chunks: Callable[[], Iterator[bytes]]


@dataclass(frozen=True)
class Members:
    """The files of an archive or a folder.

    Attributes:
        count: how many there are; 0 if that is only known at the end.
        declared_bytes: claimed total size of the possible pictures; 0 if that is only known at the end.
        items: the files, in the best order for reading.
        notes: on the source as a whole, complete once all files were read.
        receipt: how names were read, complete once all files were read.
    """

    count: int
    declared_bytes: int
    items: Iterator[Member]
    notes: list[Note] = field(default_factory=list)
    receipt: list[Note] = field(default_factory=list)


@dataclass(frozen=True)
class TableFile:
    """A CSV from the archive: the parts of its name and its bytes."""

    parts: tuple[str, ...]
    data: bytes


def may_be_taken(name: str, problem: Reason | None = None) -> bool:
    """Whether a file of this name may be a picture, so that it counts towards the limits. Films and texts never do.

    Args:
        name: as the archive gives it.
        problem: why it can't be read, if there is a known reason.
    """
    if problem:
        return False
    try:
        parts = split_name(name)
    except RefusedName:
        return False
    return not (is_junk(parts) or other_kind(parts) or is_archive(parts) or unread_picture_kind(parts))


def claimed_bytes(name: str, size: int, problem: Reason | None, limits: ImportLimits) -> int:
    """Returns how much of an import's limit a file claims: nothing if it won't be accepted.

    Nor will one that is too large. But a source whose pictures claim to be as large as films can't be
    trusted with its other files, so they count.
    """
    if not may_be_taken(name, problem):
        return 0
    return size if size <= limits.entry_bytes or has_picture_name(name) else 0
