"""A zip's entries, read with more suspicion than `zipfile` has.

`zipfile` finds its directory by searching, trusts what it says, accepts entries that overlap and gives up a whole
archive for one bad name. Here the directory has to lie exactly where a zip's directory lies, all of it is checked
before the first byte is unpacked, and an entry that can't be read costs that entry alone. The format:
https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
"""

import stat
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import BinaryIO

from core.datasets.archives.members import CHUNK_BYTES, DamagedMember, Member, Members, UndersizedMember, claimed_bytes
from core.datasets.archives.unpacking import UNPACKERS, UNPACKING_ERRORS, unpack
from core.errors import DatasetError
from core.settings import MEGABYTE, ImportLimits
from core.wording.coded import Reason

END = struct.Struct("<4s4H2LH")
END_SIGNATURE = b"PK\x05\x06"
END64_LOCATOR = struct.Struct("<4sLQL")
END64_LOCATOR_SIGNATURE = b"PK\x06\x07"
END64 = struct.Struct("<4sQ2H2L4Q")
END64_SIGNATURE = b"PK\x06\x06"
CENTRAL = struct.Struct("<4s6H3L5H2L")
CENTRAL_SIGNATURE = b"PK\x01\x02"
LOCAL = struct.Struct("<4s5H3L2H")
LOCAL_SIGNATURE = b"PK\x03\x04"
MAX_COMMENT_BYTES = 0xFFFF
FULL_16, FULL_32 = 0xFFFF, 0xFFFFFFFF
MAX_DIRECTORY_BYTES = 64 * MEGABYTE
ZIP64_EXTRA = 0x0001
UNICODE_NAME_EXTRA = 0x7075
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

DAMAGED = "{name} is a damaged zip: {detail}. Make the zip again, or download it again."


@dataclass(frozen=True)
class Directory:
    """Where the list of entries lies and how many it is said to have."""

    offset: int
    size: int
    count: int


@dataclass(frozen=True)
class Entry:
    """An entry as the directory describes it.

    `unicode_name` is its name once more, where the packer gave it in UTF-8 beside one in an old encoding; `end` is
    where the next thing in the file starts.
    """

    raw_name: bytes
    flags: int
    method: int
    crc: int
    packed_size: int
    size: int
    offset: int
    mode: int
    unicode_name: str = ""
    end: int = 0


def zip_members(file: BinaryIO, name: str, limits: ImportLimits) -> Members:
    """Checks a zip and returns its files.

    Args:
        file: the open zip. It has to stay open while the members are read.
        name: what the zip is called in messages.
        limits: what it may claim.

    Raises:
        DatasetError: it is damaged, encrypted, ambiguous or claims too much.
    """
    directory = _find_directory(file, name)
    if directory.count > limits.entries or directory.size > MAX_DIRECTORY_BYTES:
        raise DatasetError(
            f"{name} has {directory.count:,} entries in a directory of {directory.size:,} bytes. At most "
            f"{limits.entries:,} entries are taken. Split it into smaller data sets."
        )
    file.seek(directory.offset)
    entries = _with_ends(_read_directory(file.read(directory.size), directory, name), directory, name)
    files = [entry for entry in entries if not entry.raw_name.endswith((b"/", b"\\"))]
    if any(entry.flags & ENCRYPTION or entry.method == AES for entry in files):
        raise DatasetError(f"{name} is protected by a password. Unpack it and make a zip without a password.")
    return Members(len(files), _claimed_bytes(files, limits), (_member(file, entry) for entry in files))


def _claimed_bytes(files: list[Entry], limits: ImportLimits) -> int:
    total = 0
    for entry in files:
        name, problem = _decode_name(entry)
        total += claimed_bytes(name, entry.size, problem or _problem(entry), limits)
    return total


def _damaged(name: str, detail: str) -> DatasetError:
    return DatasetError(DAMAGED.format(name=name, detail=detail))


def _find_directory(file: BinaryIO, name: str) -> Directory:
    file_size = file.seek(0, 2)
    tail_start = max(0, file_size - END.size - MAX_COMMENT_BYTES)
    file.seek(tail_start)
    tail = file.read()
    ends = [position for position in _positions(tail, END_SIGNATURE) if _fits_to_end(tail, position)]
    if not ends:
        raise _damaged(name, "it is cut off, or something was added at its end")
    if len(ends) > 1:
        raise _damaged(name, "it has more than one directory")
    _, disk, start_disk, here, count, size, offset, _ = END.unpack_from(tail, ends[0])
    end = tail_start + ends[0]
    directory = Directory(offset, size, count)
    if disk not in (0, FULL_16) or start_disk not in (0, FULL_16) or here != count:
        raise DatasetError(f"{name} is one part of a zip in several parts. Join the parts and make one zip.")
    directory, end = _find_directory64(file, directory, end, name)
    if directory.offset + directory.size != end:
        raise _damaged(name, "its directory isn't where it is said to be, or something was added at its front")
    return directory


def _positions(data: bytes, signature: bytes) -> Iterator[int]:
    position = data.find(signature)
    while position >= 0:
        yield position
        position = data.find(signature, position + 1)


def _fits_to_end(tail: bytes, position: int) -> bool:
    if position + END.size > len(tail):
        return False
    comment_size = END.unpack_from(tail, position)[-1]
    return position + END.size + comment_size == len(tail)


def _find_directory64(file: BinaryIO, directory: Directory, end: int, name: str) -> tuple[Directory, int]:
    """Returns the directory that a zip64 locator before the end names, if there is one, and where it has to end."""
    needed = directory.count == FULL_16 or FULL_32 in (directory.size, directory.offset)
    position = end - END64_LOCATOR.size
    locator = _unpack_at(file, END64_LOCATOR, position)
    if locator is None or locator[0] != END64_LOCATOR_SIGNATURE:
        # A directory of exactly 65,535 entries needs none.
        if FULL_32 in (directory.size, directory.offset):
            raise _damaged(name, "its zip64 locator is missing")
        return directory, end
    _, disk, record_place, num_disks = locator
    record = _unpack_at(file, END64, record_place)
    if record is None or record[0] != END64_SIGNATURE or record_place + 12 + record[1] != position:
        raise _damaged(name, "its zip64 locator points nowhere")
    if disk != 0 or num_disks > 1:
        raise _damaged(name, "its zip64 locator points nowhere")
    count, size, offset = record[7:]
    if not needed and (count, size, offset) != (directory.count, directory.size, directory.offset):
        raise _damaged(name, "it has more than one directory")
    return Directory(offset, size, count), record_place


def _unpack_at(file: BinaryIO, layout: struct.Struct, position: int) -> tuple | None:
    if position < 0:
        return None
    try:
        file.seek(position)
        data = file.read(layout.size)
    except (OSError, OverflowError, ValueError):
        return None
    return layout.unpack(data) if len(data) == layout.size else None


def _read_directory(data: bytes, directory: Directory, name: str) -> list[Entry]:
    entries: list[Entry] = []
    position = 0
    while position < len(data):
        if len(entries) == directory.count or data[position : position + 4] != CENTRAL_SIGNATURE:
            raise _damaged(name, "its directory doesn't list what it says")
        if position + CENTRAL.size > len(data):
            raise _damaged(name, "its directory is cut off")
        entry, position = _read_entry(data, position, name)
        entries.append(entry)
    if position != len(data) or len(entries) != directory.count:
        raise _damaged(name, "its directory doesn't list what it says")
    return entries


def _read_entry(data: bytes, position: int, name: str) -> tuple[Entry, int]:
    (
        _,
        _,
        _,
        flags,
        method,
        _,
        _,
        crc,
        packed_size,
        size,
        name_size,
        extra_size,
        comment_size,
        _,
        _,
        attributes,
        offset,
    ) = CENTRAL.unpack_from(data, position)
    start = position + CENTRAL.size
    extra = data[start + name_size : start + name_size + extra_size]
    size, packed_size, offset = _full_sizes(extra, [size, packed_size, offset], name)
    raw_name = data[start : start + name_size]
    unicode_name = _unicode_name(extra, raw_name)
    entry = Entry(raw_name, flags, method, crc, packed_size, size, offset, attributes >> 16, unicode_name)
    return entry, start + name_size + extra_size + comment_size


def _full_sizes(extra: bytes, fields: list[int], name: str) -> list[int]:
    """Replaces the fields that say "too large for 32 bits" by those of the zip64 block, which come in this order."""
    wanted = [index for index, value in enumerate(fields) if value == FULL_32]
    block = _extra_block(extra, ZIP64_EXTRA) if wanted else None
    if block is None:
        return fields
    if len(block) < 8 * len(wanted):
        raise _damaged(name, "the zip64 sizes of an entry are cut off")
    for number, index in enumerate(wanted):
        fields[index] = struct.unpack_from("<Q", block, 8 * number)[0]
    return fields


def _unicode_name(extra: bytes, raw_name: bytes) -> str:
    """Returns the name in UTF-8 beside one in an old encoding, empty if there is none that belongs to it."""
    block = _extra_block(extra, UNICODE_NAME_EXTRA)
    if not block or len(block) < 5 or struct.unpack_from("<BL", block) != (1, zlib.crc32(raw_name)):
        return ""
    try:
        return block[5:].decode()
    except UnicodeDecodeError:
        return ""


def _extra_block(extra: bytes, wanted: int) -> bytes | None:
    """Returns the first further field of this kind, cut off where the fields end; None if there is none."""
    position = 0
    while position + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, position)
        if kind == wanted:
            return extra[position + 4 : position + 4 + size]
        position += 4 + size
    return None


def _with_ends(entries: list[Entry], directory: Directory, name: str) -> list[Entry]:
    """Returns the entries in the order of the file, each with its end; refuses what overlaps.

    Overlapping entries unpack the same bytes many times over: https://www.bamsoftware.com/hacks/zipbomb/
    """
    ordered = sorted(entries, key=lambda entry: entry.offset)
    if ordered and ordered[0].offset != 0:
        raise _damaged(name, "something was added at its front")
    ends = [entry.offset for entry in ordered[1:]] + [directory.offset]
    for entry, end in zip(ordered, ends, strict=False):
        if entry.offset + LOCAL.size + len(entry.raw_name) + entry.packed_size > end:
            raise _damaged(name, "its entries overlap")
    return [replace(entry, end=end) for entry, end in zip(ordered, ends, strict=False)]


def _member(file: BinaryIO, entry: Entry) -> Member:
    name, problem = _decode_name(entry)
    return Member(name, entry.size, entry.packed_size, problem or _problem(entry), partial(_chunks, file, entry))


def _decode_name(entry: Entry) -> tuple[str, Reason | None]:
    """Returns the name and what is wrong with it. Many programs write UTF-8 without saying so."""
    if entry.unicode_name:
        return entry.unicode_name, None
    try:
        return entry.raw_name.decode(), None
    except UnicodeDecodeError:
        label = entry.raw_name.decode("cp437")
        return label, Reason("wrong_encoding") if entry.flags & UTF8_NAME else None


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
    header = _unpack_at(file, LOCAL, entry.offset)
    if header is None or header[0] != LOCAL_SIGNATURE:
        raise DamagedMember("no_header")
    name_size, extra_size = header[-2:]
    if file.read(name_size) != entry.raw_name or header[3] != entry.method:
        raise DamagedMember("contradictory")
    return entry.offset + LOCAL.size + name_size + extra_size
