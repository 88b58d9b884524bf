"""The compression methods of zips: data comes out complete, piece by piece, and in bounded memory."""

import bz2
import lzma
import struct
import tracemalloc
import zlib

import numpy as np
import pytest

from core.datasets.archives.members import CHUNK_BYTES, DamagedMember
from core.datasets.archives.unpacking import BZIPPED, DEFLATED, LZMA, STORED, UNPACKING_ERRORS, unpack
from core.settings import MEGABYTE

NOISE = np.random.default_rng(0).integers(0, 64, 300_000, dtype=np.uint8).tobytes()


def pack_deflate(data):
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def pack_lzma(data, dictionary_bytes=8 * MEGABYTE, choices=93):
    filters = [{"id": lzma.FILTER_LZMA1, "dict_size": 8 * MEGABYTE, "lc": 3, "lp": 0, "pb": 2}]
    raw = lzma.compress(data, lzma.FORMAT_RAW, filters=filters)
    return b"\x09\x04" + struct.pack("<HBL", 5, choices, dictionary_bytes) + raw


PACKERS = {STORED: lambda data: data, DEFLATED: pack_deflate, BZIPPED: bz2.compress, LZMA: pack_lzma}


def pieces(data, size=CHUNK_BYTES):
    return iter([data[place : place + size] for place in range(0, len(data), size)])


@pytest.mark.parametrize("method", PACKERS)
@pytest.mark.parametrize("size", [1, 7, CHUNK_BYTES])
def test_what_was_packed_comes_out(method, size):
    assert b"".join(unpack(method, pieces(PACKERS[method](NOISE), size), len(NOISE))) == NOISE


@pytest.mark.parametrize("method", PACKERS)
def test_nothing_comes_out_of_nothing(method):
    assert b"".join(unpack(method, pieces(PACKERS[method](b"")), 0)) == b""


def test_lzma_ends_where_its_size_says():
    assert b"".join(unpack(LZMA, pieces(pack_lzma(NOISE + b"what the packer left")), len(NOISE))) == NOISE


@pytest.mark.parametrize(("method", "most"), [(DEFLATED, 1), (BZIPPED, 12), (LZMA, 35)])
def test_a_bomb_comes_out_in_small_pieces(method, most):
    packed = PACKERS[method](b"\0" * 30 * MEGABYTE)
    tracemalloc.start()
    largest = total = 0
    for chunk in unpack(method, pieces(packed), 30 * MEGABYTE):
        largest, total = max(largest, len(chunk)), total + len(chunk)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (largest <= CHUNK_BYTES, total) == (True, 30 * MEGABYTE)
    assert peak < most * MEGABYTE


@pytest.mark.parametrize("method", [DEFLATED, BZIPPED])
def test_what_is_cut_off_is_damaged(method):
    with pytest.raises(UNPACKING_ERRORS):
        list(unpack(method, pieces(PACKERS[method](NOISE)[:-100]), len(NOISE)))


@pytest.mark.parametrize("method", [DEFLATED, BZIPPED, LZMA])
def test_what_isnt_packed_is_damaged(method):
    with pytest.raises(UNPACKING_ERRORS):
        list(unpack(method, pieces(b"\xff" * 5000), 5000))


@pytest.mark.parametrize("head", [b"", b"\x09\x04\x05\x00", b"\x09\x04\x04\x00]\0\0\1\0"])
def test_lzma_without_its_header_is_damaged(head):
    with pytest.raises(UNPACKING_ERRORS):
        list(unpack(LZMA, pieces(head), 5000))


@pytest.mark.parametrize("choices", [225, 255, 44])
def test_lzma_with_choices_that_dont_exist_is_damaged(choices):
    with pytest.raises(UNPACKING_ERRORS):
        list(unpack(LZMA, pieces(pack_lzma(NOISE, choices=choices)), len(NOISE)))


def test_lzma_may_not_ask_for_all_memory():
    claimed = 2**32 - 1
    assert b"".join(unpack(LZMA, pieces(pack_lzma(NOISE, claimed)), len(NOISE))) == NOISE
    with pytest.raises(DamagedMember) as caught:
        list(unpack(LZMA, pieces(pack_lzma(NOISE, claimed)), claimed))
    assert str(caught.value) == "unpacking it takes too much memory: make the zip with the usual Deflate"
