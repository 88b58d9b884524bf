"""A zip's files, read more suspiciously than by `zipfile`.

`zipfile` gives up on a whole archive for one bad name and leaves damaged entries half-written. Here an entry that
can't be read costs only itself.
"""

import stat
import zlib
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from core.datasets.archives.members import CHUNK_BYTES, DamagedMember, Member, Members, UndersizedMember, claimed_bytes
from core.datasets.archives.unmarked_names import UTF8, NameEncoding, find_encoding
from core.datasets.archives.unpacking import UNPACKERS, UNPACKING_ERRORS, unpack
from core.datasets.archives.zip_directory import LOCAL, LOCAL_SIGNATURE, Entry, read_directory, unpack_at
from core.errors import DatasetError
from core.settings import ImportLimits
from core.wording.coded import Reason

UTF8_NAME = 0x800
ENCRYPTION = 0x1 | 0x40 | 0x2000  # of the data, strong, of the directory
AES = 99
METHODS = {
    1: "Shrink",
    6: "Implode",
    9: "Deflate64",
    93: "Zstandard",
    95: "XZ",
    96: "JPEG recompression",
    98: "PPMd",
}
SPECIAL_MODES = stat.S_ISUID | stat.S_ISGID | stat.S_ISVTX


def zip_members(file: BinaryIO, name: str, limits: ImportLimits, encoding: str = "") -> Members:
    """Checks a zip and returns its files.

    Args:
        file: the open zip. It has to stay open while the members are read.
        name: what the zip is called in messages.
        limits: limits on what it may claim.
        encoding: encoding of names that don't declare one; guessed by default.

    Raises:
        DatasetError: it is damaged, encrypted, ambiguous or claims too much.
    """
    entries = read_directory(file, name, limits)
    unmarked = [entry.raw_name for entry in entries if _is_unmarked(entry)]
    found = find_encoding(unmarked, encoding, name)
    named = [(entry, *_decode_name(entry, found)) for entry in entries]
    files = [item for item in named if not item[1].endswith(("/", "\\"))]
    if any(entry.flags & ENCRYPTION or entry.method == AES for entry, _, _ in files):
        raise DatasetError(f"{name} is protected by a password. Unpack it and make a zip without one.")
    claimed = sum(claimed_bytes(label, entry.size, problem, limits) for entry, label, problem in files)
    items = (
        Member(label, entry.size, entry.packed_size, problem, partial(_chunks, file, entry))
        for entry, label, problem in files
    )
    return Members(len(files), claimed, items, receipt=found.receipt(name, unmarked))


def _is_unmarked(entry: Entry) -> bool:
    return not entry.unicode_name and not entry.flags & UTF8_NAME


def _decode_name(entry: Entry, unmarked: NameEncoding) -> tuple[str, Reason | None]:
    """Returns the name and any reason not to read the entry."""
    if entry.unicode_name:
        return entry.unicode_name, _problem(entry)
    if not entry.flags & UTF8_NAME:
        label, problem = unmarked.decode(entry.raw_name)
        return label, problem or _problem(entry)
    try:
        return entry.raw_name.decode(UTF8), _problem(entry)
    except UnicodeDecodeError:
        return entry.raw_name.decode(UTF8, "replace"), Reason("wrong_encoding")


def _problem(entry: Entry) -> Reason | None:
    kind = stat.S_IFMT(entry.mode)
    if kind == stat.S_IFLNK:
        return Reason("link")
    if kind not in (0, stat.S_IFREG) or entry.mode & SPECIAL_MODES:
        return Reason("irregular")
    if entry.method not in UNPACKERS:
        method = METHODS.get(entry.method, f"method {entry.method}")
        return Reason("packing", {"method": method})
    return None


def _chunks(file: BinaryIO, entry: Entry) -> Iterator[bytes]:
    checksum = size = 0
    try:
        for chunk in unpack(entry.method, _packed_chunks(file, entry), entry.size):
            size += len(chunk)
            if size > entry.size:
                raise UndersizedMember("undersized")
            checksum = zlib.crc32(chunk, checksum)
            yield chunk
    except UNPACKING_ERRORS as error:
        raise DamagedMember("damaged_in_zip") from error
    if size != entry.size or checksum != entry.crc:
        raise DamagedMember("wrong_checksum")


def _packed_chunks(file: BinaryIO, entry: Entry) -> Iterator[bytes]:
    position = _data_start(file, entry)
    end = position + entry.packed_size
    if end > entry.end:
        raise DamagedMember("overlapping")
    while position < end:
        file.seek(position)
        chunk = file.read(min(CHUNK_BYTES, end - position))
        if not chunk:
            raise EOFError
        position += len(chunk)
        yield chunk


def _data_start(file: BinaryIO, entry: Entry) -> int:
    header = unpack_at(file, LOCAL, entry.offset)
    if header is None or header[0] != LOCAL_SIGNATURE:
        raise DamagedMember("no_header")
    name_size, extra_size = header[-2:]
    if file.read(name_size) != entry.raw_name or header[3] != entry.method:
        raise DamagedMember("contradictory")
    return entry.offset + LOCAL.size + name_size + extra_size
