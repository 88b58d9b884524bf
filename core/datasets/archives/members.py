"""What the readers of zips, tars and folders hand to the extraction."""

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
        name: as the archive has it; not to be trusted.
        size: bytes it claims to have.
        packed_size: bytes it takes in the archive; 0 where that isn't known.
        problem: why it can't be read; None if nothing speaks against it.
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
        count: how many there are; 0 where that is only known at the end.
        declared_bytes: what those that may be taken claim to measure together; 0 where that is only known at the end.
        items: them, in the order in which they are best read.
        notes: on the whole, complete when all of them were read.
        receipt: how names were read, complete when all of them were read.
    """

    count: int
    declared_bytes: int
    items: Iterator[Member]
    notes: list[Note] = field(default_factory=list)
    receipt: list[Note] = field(default_factory=list)


@dataclass(frozen=True)
class TableFile:
    """A CSV as it lay in the archive: the parts of its name and its bytes."""

    parts: tuple[str, ...]
    data: bytes


def may_be_taken(name: str, problem: Reason | None = None) -> bool:
    """Whether a file of this name may be a picture and so counts towards the limits: films and texts are never read.

    Args:
        name: as the archive has it.
        problem: why it can't be read, if anything speaks against it.
    """
    if problem:
        return False
    try:
        parts = split_name(name)
    except RefusedName:
        return False
    return not (is_junk(parts) or other_kind(parts) or is_archive(parts) or unread_picture_kind(parts))


def claimed_bytes(name: str, size: int, problem: Reason | None, limits: ImportLimits) -> int:
    """Returns how much of what an import may write a file claims: nothing if it won't be taken.

    One that is too large won't be either. But a source whose pictures claim to be as large as films isn't to be trusted
    with the others, so they count.
    """
    if not may_be_taken(name, problem):
        return 0
    return size if size <= limits.entry_bytes or has_picture_name(name) else 0
