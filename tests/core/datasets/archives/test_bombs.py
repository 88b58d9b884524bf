"""Small files that claim to be huge or unpack to huge ones: refused in seconds, leaving nothing behind."""

import gzip
import io
import struct
import tarfile
import time
import zlib

import numpy as np
import pytest

from core.datasets.store.store import DatasetStore
from core.errors import DatasetError
from core.settings import GIGABYTE, MEGABYTE, ImportLimits, Settings
from core.wording.reasons import reason

MOST_SECONDS = 5
BLOCK_BYTES = 16 * MEGABYTE


def zeros_block(first=b""):
    """Deflated zeros that can be repeated any number of times: 16 kB that stand for 16 MB."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(first + b"\0" * (BLOCK_BYTES - len(first))) + packer.flush(zlib.Z_FULL_FLUSH)


LAST_BLOCK = b"\x03\x00"


@pytest.fixture
def refusal(store, tmp_path):
    def refusal(data, name):
        path = tmp_path / name
        path.write_bytes(data)
        started = time.perf_counter()
        with pytest.raises(DatasetError) as caught:
            store.import_source(path)
        assert time.perf_counter() - started < MOST_SECONDS
        assert [left.name for left in (tmp_path / "home" / "datasets").iterdir()] == [".lock"]
        return str(caught.value)

    return refusal


@pytest.mark.parametrize("size", [4 * GIGABYTE, 2**62])
def test_a_file_that_claims_to_be_huge(refusal, raw_zip, entry, picture, size):
    text = refusal(raw_zip([entry(b"cats/a.png", picture(1), size=size)]), "claim.zip")
    assert text.startswith(("claim.zip unpacks to more than 200 times its size", "claim.zip claims 4,294,967,296.0 GB"))


def test_a_file_that_claims_to_be_huge_among_honest_ones(tmp_path, raw_zip, entry, picture):
    store = DatasetStore(Settings(home=tmp_path / "home", import_limits=ImportLimits(ratio=20_000, free_disk_bytes=0)))
    ballast = entry(b"cats/notes.txt", np.random.default_rng(0).bytes(MEGABYTE // 4), method=0)
    entries = [
        entry(f"{name}/{n}.png".encode(), picture(9 * n + len(name))) for name in ("cat", "horse") for n in (1, 2)
    ]
    huge = entry(b"cat/huge.png", picture(1), size=4 * GIGABYTE)
    (tmp_path / "claim.zip").write_bytes(raw_zip([*entries, huge, ballast]))
    started = time.perf_counter()
    dataset = store.import_source(tmp_path / "claim.zip")
    assert time.perf_counter() - started < MOST_SECONDS
    assert [(item.name, reason(item.reason)) for item in dataset.skipped] == [
        ("cat/huge.png", "it is larger than 256 MB")
    ]


def test_a_zip_of_10_mb_that_unpacks_to_10_gb(refusal, raw_zip, entry):
    blocks = 10 * GIGABYTE // BLOCK_BYTES
    packed = zeros_block(b"BM") + zeros_block() * (blocks // 40 - 1) + LAST_BLOCK
    bombs = [entry(f"cats/{n}.bmp".encode(), packed=packed, size=10 * GIGABYTE // 40) for n in range(40)]
    data = raw_zip(bombs)
    assert 9 * MEGABYTE < len(data) < 11 * MEGABYTE
    assert refusal(data, "bomb.zip") == (
        "bomb.zip unpacks to more than 200 times its size, which pictures never do. It was refused to keep the disk "
        "from filling up."
    )


def test_a_zip_of_10_mb_that_unpacks_to_10_gb_and_lies(refusal, raw_zip, entry):
    packed = zeros_block(b"BM") + zeros_block() * (10 * GIGABYTE // BLOCK_BYTES - 1) + LAST_BLOCK
    text = refusal(raw_zip([entry(b"cats/a.bmp", packed=packed, size=MEGABYTE)]), "bomb.zip")
    assert text.endswith("1 file was skipped, such as cats/a.bmp: it is larger than the zip says.")


def test_many_files_that_lie(refusal, raw_zip, entry):
    packed = zeros_block(b"BM") + zeros_block() * 15 + LAST_BLOCK
    bombs = [entry(f"cats/{n}.bmp".encode(), packed=packed, size=48 * MEGABYTE) for n in range(40)]
    assert refusal(raw_zip(bombs), "bomb.zip") == (
        "bomb.zip declares its files smaller than they are, which no packer does. It was refused to keep the disk "
        "from filling up."
    )


def test_a_tar_of_10_mb_that_unpacks_to_10_gb(refusal):
    info = tarfile.TarInfo("cats/a.bmp")
    info.size = 10 * GIGABYTE
    body = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    head = body.compress(info.tobuf()) + body.flush(zlib.Z_FULL_FLUSH)
    packed = head + zeros_block() * (10 * GIGABYTE // BLOCK_BYTES) + LAST_BLOCK
    data = gzip.compress(b"")[:10] + packed + struct.pack("<LL", 0, 0)
    assert 9 * MEGABYTE < len(data) < 11 * MEGABYTE
    assert refusal(data, "bomb.tgz") == (
        "bomb.tgz unpacks to far more than its own size. It was refused to keep the disk from filling up."
    )


def test_a_zip_in_a_zip_in_a_zip(refusal, zip_of):
    data = b"BM" + b"\0" * MEGABYTE
    for depth in range(8):
        data = zip_of({f"{depth}/{n}.zip": data for n in range(4)})
    text = refusal(data, "layers.zip")
    assert text.endswith(
        "4 files were skipped, such as 7/0.zip: archives inside an archive aren't opened, unpack it first."
    )


def test_a_picture_of_billions_of_pixels(store, tmp_path, zip_of, picture):
    header = struct.pack(">2I5B", 60_000, 60_000, 8, 2, 0, 0, 0)
    png = io.BytesIO(b"\x89PNG\r\n\x1a\n")
    png.seek(0, io.SEEK_END)
    for kind, data in ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 50 * MEGABYTE)), (b"IEND", b"")):
        png.write(struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)))
    files = {f"{name}/{n}.png": picture(9 * n + len(name)) for name in ("cat", "horse") for n in (1, 2)}
    (tmp_path / "pets.zip").write_bytes(zip_of(files | {"cat/huge.png": png.getvalue()}))
    started = time.perf_counter()
    dataset = store.import_source(tmp_path / "pets.zip")
    assert time.perf_counter() - started < MOST_SECONDS
    assert [(item.name, reason(item.reason)) for item in dataset.skipped] == [
        ("cat/huge.png", "too large, it claims far more pixels than are allowed")
    ]
