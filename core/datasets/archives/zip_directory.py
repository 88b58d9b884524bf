"""A zip's directory: where it lies and what it lists, checked before the first byte is unpacked.

`zipfile` searches for it and trusts it. Here it has to lie exactly where a zip's directory belongs, and entries that
overlap are refused. The format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from core.errors import DatasetError
from core.settings import MEGABYTE, ImportLimits

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
WRAP_16, WRAP_32 = 2**16, 2**32
MAX_DIRECTORY_BYTES = 64 * MEGABYTE
ZIP64_EXTRA = 0x0001
UNICODE_NAME_EXTRA = 0x7075

DAMAGED = "{name} is a damaged zip: {detail}. Make the zip again, or download it again."


@dataclass(frozen=True)
class Directory:
    """Where the list of entries lies and how many entries it claims to have.

    The Mac's Finder writes no zip64 record, however many entries there are: `count` is then short by a multiple of
    65,536, and offsets by multiples of 4 GB. Numbers from a record are exact (`is_exact`).
    """

    offset: int
    size: int
    count: int
    is_exact: bool = False


@dataclass(frozen=True)
class Entry:
    """An entry as the directory describes it.

    `unicode_name` is its name in UTF-8, if the packer gave one beside the name in an old encoding; `end` is
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


def read_directory(file: BinaryIO, name: str, limits: ImportLimits) -> list[Entry]:
    """Returns the entries of a zip, folders among them, in the order of the file.

    Args:
        file: the open zip.
        name: what the zip is called in messages.
        limits: how many entries there may be.

    Raises:
        DatasetError: it is damaged, ambiguous, one of several parts, or has too many entries.
    """
    directory = _find_directory(file, name)
    if directory.count > limits.entries or directory.size > MAX_DIRECTORY_BYTES:
        raise _too_many(name, directory, f"{directory.count:,}", limits)
    file.seek(directory.offset)
    entries = _read_entries(file.read(directory.size), directory, name, limits)
    if not directory.is_exact and directory.offset > FULL_32:
        entries = list(_with_full_offsets(entries))
    return _with_ends(entries, directory, name)


def _too_many(name: str, directory: Directory, count: str, limits: ImportLimits) -> DatasetError:
    return DatasetError(
        f"{name} has {count} entries in a directory of {directory.size:,} bytes. At most {limits.entries:,} entries "
        "are taken. Split it into smaller data sets."
    )


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
    start = end - directory.size
    is_short = not directory.is_exact and start > FULL_32 and (start - directory.offset) % WRAP_32 == 0
    if start != directory.offset and not is_short:
        raise _damaged(name, "its directory isn't where it is said to be, or something was added at its front")
    return replace(directory, offset=start)


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
    """Returns the directory given by a zip64 locator before the end, if there is one, and where it has to end."""
    needed = directory.count == FULL_16 or FULL_32 in (directory.size, directory.offset)
    position = end - END64_LOCATOR.size
    locator = unpack_at(file, END64_LOCATOR, position)
    if locator is None or locator[0] != END64_LOCATOR_SIGNATURE:
        # A directory of exactly 65,535 entries needs none.
        if FULL_32 in (directory.size, directory.offset):
            raise _damaged(name, "its zip64 locator is missing")
        return directory, end
    _, disk, record_place, num_disks = locator
    record = unpack_at(file, END64, record_place)
    if record is None or record[0] != END64_SIGNATURE or record_place + 12 + record[1] != position:
        raise _damaged(name, "its zip64 locator points nowhere")
    if disk != 0 or num_disks > 1:
        raise _damaged(name, "its zip64 locator points nowhere")
    count, size, offset = record[7:]
    if not needed and (count, size, offset) != (directory.count, directory.size, directory.offset):
        raise _damaged(name, "it has more than one directory")
    return Directory(offset, size, count, is_exact=True), record_place


def unpack_at(file: BinaryIO, layout: struct.Struct, position: int) -> tuple | None:
    """Returns the fields at this position in a file; None if the file is too short."""
    if position < 0:
        return None
    try:
        file.seek(position)
        data = file.read(layout.size)
    except (OSError, OverflowError, ValueError):
        return None
    return layout.unpack(data) if len(data) == layout.size else None


def _read_entries(data: bytes, directory: Directory, name: str, limits: ImportLimits) -> list[Entry]:
    entries: list[Entry] = []
    position = 0
    while position < len(data):
        if data[position : position + 4] != CENTRAL_SIGNATURE:
            raise _damaged(name, "its directory doesn't list what it says")
        if position + CENTRAL.size > len(data):
            raise _damaged(name, "its directory is cut off")
        if len(entries) == limits.entries:
            raise _too_many(name, directory, f"more than {limits.entries:,}", limits)
        entry, position = _read_entry(data, position, name)
        entries.append(entry)
    surplus = len(entries) - directory.count
    fits = surplus == 0 if directory.is_exact else surplus >= 0 and surplus % WRAP_16 == 0
    if position != len(data) or not fits:
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
    """Replaces the fields that say "too large for 32 bits" by those of the zip64 block, which keeps their order."""
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
    """Returns the UTF-8 name that belongs to one in an old encoding; empty if there is none."""
    block = _extra_block(extra, UNICODE_NAME_EXTRA)
    if not block or len(block) < 5 or struct.unpack_from("<BL", block) != (1, zlib.crc32(raw_name)):
        return ""
    try:
        return block[5:].decode()
    except UnicodeDecodeError:
        return ""


def _extra_block(extra: bytes, wanted: int) -> bytes | None:
    """Returns the first extra field of this kind, cut off where the fields end; None if there is none."""
    position = 0
    while position + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, position)
        if kind == wanted:
            return extra[position + 4 : position + 4 + size]
        position += 4 + size
    return None


def _with_full_offsets(entries: list[Entry]) -> Iterator[Entry]:
    """Yields the entries with the multiples of 4 GB that their offsets lack: each lies after the one before it."""
    position = 0
    for entry in entries:
        laps = max(0, -((entry.offset - position) // WRAP_32))
        full = replace(entry, offset=entry.offset + laps * WRAP_32)
        position = full.offset + LOCAL.size + len(full.raw_name) + full.packed_size
        yield full


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
