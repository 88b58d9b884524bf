"""A tar's files, plain or gzipped, read once from front to back and never by name."""

import gzip
import tarfile
import zlib
from collections.abc import Iterator
from functools import partial
from typing import IO, BinaryIO, cast

from core.datasets.archives.members import CHUNK_BYTES, DamagedMember, Member, Members
from core.errors import DatasetError, Stopped
from core.progress import ShouldStop, never_stop
from core.settings import MEGABYTE, ImportLimits
from core.wording.coded import Note, Reason

GZIP_MAGIC = b"\x1f\x8b"
# `tarfile` reads long names and extended headers whole, whatever size they claim.
MAX_HEADER_BYTES = MEGABYTE
# What every archive may unpack to, however small it is: a ratio says little of small files.
FREE_BYTES = 10 * MEGABYTE
# How far it may unpack beyond the ratio before the rest has come, so that a bomb is told by its beginning.
HEAD_START_BYTES = 256 * MEGABYTE
TAR_ERRORS = (tarfile.TarError, OSError, EOFError, zlib.error, ValueError, RecursionError)


def tar_members(file: BinaryIO, name: str, limits: ImportLimits, should_stop: ShouldStop = never_stop) -> Members:
    """Returns the files of a tar.

    Going through them raises a `DatasetError` if the tar is damaged anywhere: a checksum at the end of a gzip is one
    of all files, so none of them can be trusted if it is wrong.

    Args:
        file: the open tar. It has to stay open while the members are read.
        name: what the tar is called in messages.
        limits: what it may claim.
        should_stop: asked now and then while what is left out is passed over.
    """
    notes: list[Note] = []
    return Members(0, 0, _members(file, name, limits, should_stop, notes), notes)


def _members(
    file: BinaryIO, name: str, limits: ImportLimits, should_stop: ShouldStop, notes: list[Note]
) -> Iterator[Member]:
    stream = _Forward(file, name, limits, should_stop)
    num_entries = 0
    try:
        with tarfile.TarFile(fileobj=cast(IO[bytes], stream)) as tar:
            while (info := tar.next()) is not None:
                tar.members.clear()  # type: ignore[attr-defined]  # it would keep a record of every entry
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
        has_end_mark = bool(stream.last_read)
        if stream.read_rest():
            raise _damaged(name, "something was added at its end")
    except TAR_ERRORS as error:
        raise _damaged(name, _what_is_wrong(error)) from error
    if not has_end_mark:
        notes.append(Note("no_end_mark", {"name": name}))


def _damaged(name: str, detail: str) -> DatasetError:
    return DatasetError(f"{name} is a damaged tar archive: {detail}. Make it again, or download it again.")


def _what_is_wrong(error: Exception) -> str:
    """`gzip` has one kind of error for three things, which only its words tell apart."""
    if isinstance(error, gzip.BadGzipFile):
        is_sum = any(words in str(error) for words in ("CRC", "length"))
        return "its checksum is wrong" if is_sum else "something was added at its end"
    return "it is cut off or isn't a tar inside"


def _problem(info: tarfile.TarInfo) -> Reason | None:
    if info.issym() or info.islnk():
        return Reason("link")
    if not info.isreg() or info.issparse() or info.mode & 0o7000:
        return Reason("irregular")
    return None


def _chunks(tar: tarfile.TarFile, info: tarfile.TarInfo) -> Iterator[bytes]:
    try:
        # Asked of regular files only, which all have content.
        with cast(IO[bytes], tar.extractfile(info)) as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk
    except TAR_ERRORS as error:
        raise DamagedMember("cut_off_in_tar") from error


class _Forward:
    """A stream for `tarfile` that only goes forward, reads little at once and counts what comes out of the gzip."""

    def __init__(self, file: BinaryIO, name: str, limits: ImportLimits, should_stop: ShouldStop) -> None:
        packed_bytes = file.seek(0, 2)
        file.seek(0)
        self._is_packed = file.read(len(GZIP_MAGIC)) == GZIP_MAGIC
        file.seek(0)
        self._file = file
        self._stream = gzip.GzipFile(fileobj=file) if self._is_packed else file
        self._should_stop = should_stop
        self._name = name
        self._ratio = limits.ratio
        # What is written has a limit of its own. What is passed over, such as a film, may be as large as it is.
        self._largest = FREE_BYTES + limits.ratio * packed_bytes
        self._position = 0
        self.last_read = b""

    def tell(self) -> int:
        """Returns how many bytes were read."""
        return self._position

    def read(self, size: int) -> bytes:
        """Returns the next bytes."""
        if not 0 <= size <= MAX_HEADER_BYTES:
            raise tarfile.ReadError("a header of absurd size")
        data = self._stream.read(size)
        self._position += len(data)
        self.last_read = data
        so_far = HEAD_START_BYTES + self._ratio * self._file.tell()
        if self._position > min(self._largest, so_far):
            raise DatasetError(
                f"{self._name} unpacks to far more than its own size. It was refused to keep the disk from filling up."
            )
        return data

    def seek(self, position: int) -> None:
        """Skips to a place further on, by reading where it is packed."""
        if position < self._position:
            raise tarfile.ReadError("an entry that points back")
        if not self._is_packed:
            self._position = self._stream.seek(position)
        while self._position < position and self.read(min(CHUNK_BYTES, position - self._position)):
            self._check_stop()

    def read_rest(self) -> bool:
        """Reads what is left, upon which a gzip compares its checksum. Returns whether it is more than zeros."""
        is_more = False
        while data := self.read(CHUNK_BYTES):
            is_more = is_more or bool(data.strip(b"\0"))
            self._check_stop()
        return is_more

    def _check_stop(self) -> None:
        if self._should_stop():
            raise Stopped
