"""A tar's files, plain or gzipped, read once from front to back and never by name."""

import gzip
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import IO, BinaryIO, cast

from core.datasets.archives.members import CHUNK_BYTES, DamagedMember, Member, Members
from core.datasets.archives.unmarked_names import UTF8, NameEncoding, Names, find_encoding, is_plain
from core.errors import DatasetError, Stopped
from core.progress import ShouldStop, never_stop
from core.settings import MEGABYTE, ImportLimits
from core.wording.coded import Note, Reason

GZIP_MAGIC = b"\x1f\x8b"
# `tarfile` reads long names and extended headers whole, whatever size they claim.
MAX_HEADER_BYTES = MEGABYTE
# What every archive may unpack to, however small it is: a ratio says little about small files.
FREE_BYTES = 10 * MEGABYTE
# How far it may exceed the ratio before the rest has been read, so that a bomb is recognised by its beginning.
HEAD_START_BYTES = 256 * MEGABYTE
ENTRIES_BETWEEN_LOOKS = 1000
TAR_ERRORS = (tarfile.TarError, OSError, EOFError, zlib.error, ValueError, RecursionError)


@dataclass(frozen=True)
class _Source:
    """A tar, with the arguments of `tar_members`."""

    file: BinaryIO
    name: str
    limits: ImportLimits
    should_stop: ShouldStop


def tar_members(
    file: BinaryIO, name: str, limits: ImportLimits, should_stop: ShouldStop = never_stop, encoding: str = ""
) -> Members:
    """Returns the files of a tar.

    Iterating over them raises a `DatasetError` if the tar is damaged anywhere: the checksum at the end of a gzip
    covers all files, so none of them can be trusted if it is wrong.

    Args:
        file: the open tar. It has to stay open while the members are read.
        name: what the tar is called in messages.
        limits: limits on what it may claim.
        should_stop: asked now and then while ignored entries are skipped.
        encoding: encoding of names that don't declare one; guessed by default.
    """
    notes: list[Note] = []
    names = _Names(_Source(file, name, limits, should_stop), encoding)
    return Members(0, 0, _members(names, notes), notes, names.receipt)


def _members(names: "_Names", notes: list[Note]) -> Iterator[Member]:
    source = names.source
    stream = _Forward(source)
    try:
        with _open_tar(stream) as tar:
            for info in _entries(tar, source):
                if not info.isdir():
                    name, problem = names.read(info)
                    yield Member(name, info.size, 0, problem or _problem(info), partial(_chunks, tar, info))
        # `tarfile` mistakes a header that it can't read for the end; the real end is a block of zeros.
        if stream.last_read.strip(b"\0"):
            raise tarfile.ReadError("a damaged header")
        has_end_mark = bool(stream.last_read)
        if stream.read_rest():
            raise _damaged(source.name, "something was added at its end")
    except TAR_ERRORS as error:
        raise _damaged(source.name, _what_is_wrong(error)) from error
    if not has_end_mark:
        notes.append(Note("no_end_mark", {"name": source.name}))


def _open_tar(stream: "_Forward") -> tarfile.TarFile:
    return tarfile.TarFile(fileobj=cast(IO[bytes], stream), encoding=UTF8, errors="surrogateescape")


def _entries(tar: tarfile.TarFile, source: _Source) -> Iterator[tarfile.TarInfo]:
    num_entries = 0
    while (info := tar.next()) is not None:
        tar.members.clear()  # type: ignore[attr-defined]  # otherwise it keeps a record of every entry
        num_entries += 1
        if num_entries > source.limits.entries:
            raise DatasetError(
                f"{source.name} has more than {source.limits.entries:,} entries. Split it into smaller data sets."
            )
        yield info


def _damaged(name: str, detail: str) -> DatasetError:
    return DatasetError(f"{name} is a damaged tar archive: {detail}. Make it again, or download it again.")


def _what_is_wrong(error: Exception) -> str:
    """`gzip` raises one kind of error for three problems, which only its message tells apart."""
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
        # Called for regular files only, which all have content.
        with cast(IO[bytes], tar.extractfile(info)) as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk
    except TAR_ERRORS as error:
        raise DamagedMember("cut_off_in_tar") from error


class _Names:
    """Reads the names of a tar's entries.

    Args:
        source: the tar. It is read once more at the first name that doesn't declare its encoding.
        asked: the encoding of such names; empty to guess it.
    """

    def __init__(self, source: _Source, asked: str) -> None:
        self.source = source
        self.receipt: list[Note] = []
        self._asked = asked
        self._encoding: NameEncoding | None = None

    def read(self, info: tarfile.TarInfo) -> tuple[str, Reason | None]:
        """Returns the name of an entry and what is wrong with it.

        Raises:
            DatasetError: it can't be read in the encoding that was asked for.
            Stopped: `should_stop` said so.
        """
        raw = _unmarked_name(info)
        if not raw:
            return info.name, None
        if self._encoding is None:
            self._encoding = find_encoding([raw, *self._look_ahead()], self._asked, self.source.name)
            self.receipt += self._encoding.receipt(self.source.name, [raw])
        return self._encoding.decode(raw)

    def _look_ahead(self) -> set[bytes]:
        """Returns the entries' names that don't declare their encoding, as many as fit into memory."""
        names = Names()
        position = self.source.file.tell()
        # Whatever is wrong is reported later, when the entries are read.
        with suppress(*TAR_ERRORS, DatasetError), _open_tar(_Forward(self.source)) as tar:
            for number, info in enumerate(_entries(tar, self.source)):
                names.add(_unmarked_name(info))
                if number % ENTRIES_BETWEEN_LOOKS == 0 and self.source.should_stop():
                    raise Stopped
        self.source.file.seek(position)
        return names.collected


def _unmarked_name(info: tarfile.TarInfo) -> bytes:
    """Returns a name that doesn't declare its encoding; empty if it does or is the same in all encodings."""
    raw = info.name.encode(UTF8, "surrogateescape")
    is_marked = "path" in info.pax_headers and info.name == raw.decode(UTF8, "replace")
    return b"" if is_plain(raw) or is_marked else raw


class _Forward:
    """A stream for `tarfile` that only moves forward, reads little at once and counts what the gzip unpacks to."""

    def __init__(self, source: _Source) -> None:
        file = source.file
        packed_bytes = file.seek(0, 2)
        file.seek(0)
        self._is_packed = file.read(len(GZIP_MAGIC)) == GZIP_MAGIC
        file.seek(0)
        self._file = file
        self._stream = gzip.GzipFile(fileobj=file) if self._is_packed else file
        self._should_stop = source.should_stop
        self._name = source.name
        self._ratio = source.limits.ratio
        # What is written has its own limit. What is skipped, such as a film, may be of any size.
        self._largest = FREE_BYTES + self._ratio * packed_bytes
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
        """Skips forward to a position, by reading if the tar is packed."""
        if position < self._position:
            raise tarfile.ReadError("an entry that points back")
        if not self._is_packed:
            self._position = self._stream.seek(position)
        while self._position < position and self.read(min(CHUNK_BYTES, position - self._position)):
            self._check_stop()

    def read_rest(self) -> bool:
        """Reads the rest, so that a gzip verifies its checksum. Returns whether there is more than zeros."""
        is_more = False
        while data := self.read(CHUNK_BYTES):
            is_more = is_more or bool(data.strip(b"\0"))
            self._check_stop()
        return is_more

    def _check_stop(self) -> None:
        if self._should_stop():
            raise Stopped
