"""What the readers of zips, tars and folders hand to the extraction."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from core.errors import DatasetError

CHUNK_BYTES = 64 * 1024


class DamagedMember(DatasetError):  # noqa: N818 (a verdict on one entry; the import goes on)
    """An entry whose bytes can't be read. Its text is the reason, worded to stand after the entry's name."""


class UndersizedMember(DamagedMember):
    """An entry that holds more than it claims: damage if it is one, a bomb if there are several."""


@dataclass(frozen=True)
class Member:
    """One file of an archive or a folder.

    Attributes:
        name: as the archive has it; not to be trusted.
        size: bytes it claims to have.
        packed_size: bytes it takes in the archive; 0 where that isn't known.
        problem: reason why it can't be read, empty if nothing speaks against it.
        chunks: yields its real bytes, `CHUNK_BYTES` or fewer at a time. Raises `DamagedMember`.
    """

    name: str
    size: int
    packed_size: int
    problem: str
    chunks: Callable[[], Iterator[bytes]]


@dataclass(frozen=True)
class Members:
    """The files of an archive or a folder.

    Attributes:
        count: how many there are; 0 where that is only known at the end.
        declared_bytes: what they claim to measure together; 0 where that is only known at the end.
        items: them, in the order in which they are best read.
    """

    count: int
    declared_bytes: int
    items: Iterator[Member]
