"""Unpacks the contents of zips in bounded pieces, however much a single packed byte expands to."""

import bz2
import lzma
import struct
import zlib
from collections.abc import Callable, Iterator
from itertools import chain

from core.datasets.archives.members import CHUNK_BYTES, DamagedMember
from core.settings import MEGABYTE

STORED, DEFLATED, BZIPPED, LZMA = 0, 8, 12, 14
# What unpacking damaged data can raise.
UNPACKING_ERRORS = (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError)
# LZMA keeps as much unpacked data in memory as its packer chose. No picture needs more than 7-Zip's "ultra".
MAX_DICTIONARY_BYTES = 64 * MEGABYTE
MIN_DICTIONARY_BYTES = 4096
LZMA_HEADER = struct.Struct("<2xH")
LZMA_PROPERTIES = struct.Struct("<BL")


def unpack(method: int, packed: Iterator[bytes], size: int) -> Iterator[bytes]:
    """Yields unpacked bytes, `CHUNK_BYTES` or fewer at a time.

    Args:
        method: one of `UNPACKERS`, as zips number them.
        packed: the packed bytes.
        size: declared number of unpacked bytes.

    Raises:
        DamagedMember: it would take too much memory.
        Exception: one of `UNPACKING_ERRORS`: the data are damaged or cut off.
    """
    return UNPACKERS[method](packed, size)


def _copy(packed: Iterator[bytes], size: int) -> Iterator[bytes]:
    return packed


def _inflate(packed: Iterator[bytes], size: int) -> Iterator[bytes]:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    for data in packed:
        while data and not inflater.eof:
            yield inflater.decompress(data, CHUNK_BYTES)
            data = inflater.unconsumed_tail
    yield inflater.flush()
    if not inflater.eof:
        raise EOFError


def _unpack_bzip(packed: Iterator[bytes], size: int) -> Iterator[bytes]:
    unpacker = bz2.BZ2Decompressor()
    yield from _unpack_all(unpacker, packed)
    if not unpacker.eof:
        raise EOFError


def _unpack_lzma(packed: Iterator[bytes], size: int) -> Iterator[bytes]:
    """Goes by the size, as `zipfile` does: not all packers mark the end of the data."""
    head = bytearray()
    needed = LZMA_HEADER.size + LZMA_PROPERTIES.size
    for data in packed:
        head += data
        if len(head) >= needed:
            break
    if len(head) < needed or LZMA_HEADER.unpack_from(head)[0] != LZMA_PROPERTIES.size:
        raise EOFError
    unpacker = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[_lzma_filter(bytes(head), size)])
    for chunk in _unpack_all(unpacker, chain([bytes(head[needed:])], packed)):
        yield chunk[:size]
        size -= len(chunk)
        if size <= 0:
            return


def _lzma_filter(head: bytes, size: int) -> dict[str, int]:
    """Returns the packer's choices. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 5.8.8."""
    packed_choices, dictionary_bytes = LZMA_PROPERTIES.unpack_from(head, LZMA_HEADER.size)
    # Nothing can refer back beyond the beginning, so a file needs no dictionary larger than itself.
    dictionary_bytes = max(min(dictionary_bytes, size), MIN_DICTIONARY_BYTES)
    if dictionary_bytes > MAX_DICTIONARY_BYTES:
        raise DamagedMember("memory_hungry")
    rest, literal_context_bits = divmod(packed_choices, 9)
    position_bits, literal_position_bits = divmod(rest, 5)
    return {
        "id": lzma.FILTER_LZMA1,
        "dict_size": dictionary_bytes,
        "lc": literal_context_bits,
        "lp": literal_position_bits,
        "pb": position_bits,
    }


def _unpack_all(unpacker: bz2.BZ2Decompressor | lzma.LZMADecompressor, packed: Iterator[bytes]) -> Iterator[bytes]:
    for data in packed:
        while not unpacker.eof:
            yield unpacker.decompress(data, CHUNK_BYTES)
            data = b""
            if unpacker.needs_input:
                break


UNPACKERS: dict[int, Callable[[Iterator[bytes], int], Iterator[bytes]]] = {
    STORED: _copy,
    DEFLATED: _inflate,
    BZIPPED: _unpack_bzip,
    LZMA: _unpack_lzma,
}
