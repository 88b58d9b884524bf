"""Tiny real pictures, and archives of every valid and invalid kind."""

import io
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.datasets.store.store import DatasetStore
from core.settings import ImportLimits, Settings

ROOMY = ImportLimits(free_disk_bytes=0)


def make_picture(seed: int = 0, kind: str = "PNG", side: int = 12) -> bytes:
    """A unique picture: its pixels are derived from the seed."""
    pixels = np.random.default_rng(seed).integers(0, 256, (side, side, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind)
    return buffer.getvalue()


@dataclass
class ZipEntry:
    """An entry to be written. Fields that are None get their true values."""

    name: bytes
    data: bytes = b""
    method: int = 8
    flags: int = 0
    mode: int = 0o100644
    crc: int | None = None
    size: int | None = None
    packed: bytes | None = None
    offset: int | None = None
    local_name: bytes | None = None
    extra: bytes = b""

    def packed_data(self) -> bytes:
        if self.packed is not None:
            return self.packed
        if self.method != 8:
            return self.data
        packer = zlib.compressobj(wbits=-15)
        return packer.compress(self.data) + packer.flush()

    def sizes(self) -> tuple[int, int, int]:
        crc = zlib.crc32(self.data) if self.crc is None else self.crc
        return crc, len(self.packed_data()), len(self.data) if self.size is None else self.size


def write_zip(
    entries: list[ZipEntry], comment: bytes = b"", count: int | None = None, zip64: bool = False, bad_locator: int = 0
) -> bytes:
    """Writes a zip byte by byte, so that a test can make it lie anywhere."""
    body = central = b""
    for entry in entries:
        crc, packed_size, size = entry.sizes()
        offset = len(body) if entry.offset is None else entry.offset
        local_name = entry.name if entry.local_name is None else entry.local_name
        extra = entry.extra
        if size > 0xFFFFFFFF:
            extra, size = extra + struct.pack("<HHQ", 1, 8, size), 0xFFFFFFFF
        start = struct.pack(
            "<HHHHHLLLHH", 20, entry.flags, entry.method, 0, 33, crc, packed_size, size, len(entry.name), 0
        )
        local_start = start[:-4] + struct.pack("<HH", len(local_name), 0)
        if entry.offset is None:
            body += b"PK\x03\x04" + local_start + local_name + entry.packed_data()
        central += b"PK\x01\x02" + struct.pack("<H", 0x0314) + start[:-2] + struct.pack("<H", len(extra))
        central += struct.pack("<HHHLL", 0, 0, 0, entry.mode << 16, offset) + entry.name + extra
    count = len(entries) if count is None else count
    end = b""
    fields = (count, count, len(central), len(body))
    if zip64:
        place = len(body) + len(central)
        end += b"PK\x06\x06" + struct.pack("<QHHLLQQQQ", 44, 45, 45, 0, 0, *fields)
        end += b"PK\x06\x07" + struct.pack("<LQL", 0, place + bad_locator, 1)
        fields = (0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)
    end += b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, *fields, len(comment)) + comment
    return body + central + end


@pytest.fixture(scope="session")
def picture() -> Callable[..., bytes]:
    return make_picture


@pytest.fixture(scope="session")
def entry() -> type[ZipEntry]:
    return ZipEntry


@pytest.fixture(scope="session")
def raw_zip() -> Callable[..., bytes]:
    return write_zip


@pytest.fixture(scope="session")
def zip_of() -> Callable[[dict[str, bytes]], bytes]:
    """Makes a valid zip from names and contents."""
    return lambda files: write_zip([ZipEntry(name.encode(), data) for name, data in files.items()])


@pytest.fixture
def store(tmp_path: Path) -> DatasetStore:
    return DatasetStore(Settings(home=tmp_path / "home", import_limits=ROOMY))


@pytest.fixture
def limits() -> ImportLimits:
    return ROOMY
