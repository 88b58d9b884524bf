"""A tar's files, plain or gzipped, read once from front to back and never by name."""

import gzip
import tarfile
import zlib
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from core.datasets.members import CHUNK_BYTES, DamagedMember, Member, Members
from core.errors import DatasetError
from core.settings import MEGABYTE, ImportLimits

GZIP_MAGIC = b"\x1f\x8b"
# `tarfile` reads long names and extended headers whole, whatever size they claim.
MAX_HEADER_BYTES = MEGABYTE
# What every archive may unpack to, however small it is: a ratio says little of small files.
FREE_BYTES = 10 * MEGABYTE
# How far it may unpack beyond the ratio before the rest has come, so that a bomb is told by its beginning.
HEAD_START_BYTES = 256 * MEGABYTE
TAR_ERRORS = (tarfile.TarError, OSError, EOFError, zlib.error, ValueError, RecursionError)


def tar_members(file: BinaryIO, name: str, limits: ImportLimits) -> Members:
    """Returns the files of a tar.

    Args:
        file: the open tar. It has to stay open while the members are read.
        name: what the tar is called in messages.
        limits: what it may claim.
    """
    return Members(0, 0, _members(file, name, limits))


def _members(file: BinaryIO, name: str, limits: ImportLimits) -> Iterator[Member]:
    stream = _Forward(file, name, limits)
    num_entries = 0
    try:
        with tarfile.TarFile(fileobj=stream) as tar:
            while (info := tar.next()) is not None:
                tar.members.clear()  # it would keep a record of every entry
                num_entries += 1
                if num_entries > limits.entries:
                    raise DatasetError(
                        f"{name} has more than {limits.entries:,} entries. Split it into smaller data sets."
                    )
                if not info.isdir():
                    yield Member(info.name, info.size, 0, _problem(info), partial(_chunks, tar, info))
        # `tarfile` takes a header that it can't read for the end; the real end is a block of zeros.
        if stream.last_read.strip(b"\0"):
            raise tarfile.ReadError("a damaged header")
    except TAR_ERRORS as error:
        raise DatasetError(
            f"{name} is a damaged tar archive: it is cut off or isn't a tar inside. Make it again, or download it "
            "again."
        ) from error


def _problem(info: tarfile.TarInfo) -> str:
    if info.issym() or info.islnk():
        return "it is a link, and links aren't followed"
    if not info.isreg() or info.issparse() or info.mode & 0o7000:
        return "it isn't a regular file"
    return ""


def _chunks(tar: tarfile.TarFile, info: tarfile.TarInfo) -> Iterator[bytes]:
    try:
        with tar.extractfile(info) as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk
    except TAR_ERRORS as error:
        raise DamagedMember("it is cut off") from error


class _Forward:
    """A stream for `tarfile` that only goes forward, reads little at once and counts what comes out of the gzip."""

    def __init__(self, file: BinaryIO, name: str, limits: ImportLimits) -> None:
        packed_bytes = file.seek(0, 2)
        file.seek(0)
        is_packed = file.read(len(GZIP_MAGIC)) == GZIP_MAGIC
        file.seek(0)
        self._file = file
        self._stream = gzip.GzipFile(fileobj=file) if is_packed else file
        self._name = name
        self._ratio = limits.ratio
        self._largest = min(limits.total_bytes, FREE_BYTES + limits.ratio * packed_bytes)
        self._place = 0
        self.last_read = b""

    def tell(self) -> int:
        """Returns how many bytes were read."""
        return self._place

    def read(self, size: int) -> bytes:
        """Returns the next bytes."""
        if not 0 <= size <= MAX_HEADER_BYTES:
            raise tarfile.ReadError("a header of absurd size")
        data = self._stream.read(size)
        self._place += len(data)
        self.last_read = data
        so_far = HEAD_START_BYTES + self._ratio * self._file.tell()
        if self._place > min(self._largest, so_far):
            raise DatasetError(
                f"{self._name} unpacks to far more than its own size. It was refused to keep the disk from filling up."
            )
        return data

    def seek(self, place: int) -> None:
        """Skips to a place further on, by reading."""
        if place < self._place:
            raise tarfile.ReadError("an entry that points back")
        while self._place < place and self.read(min(CHUNK_BYTES, place - self._place)):
            pass
