"""Tars, plain and gzipped: what is taken, what is skipped, what is refused."""

import gzip
import io
import tarfile

import numpy as np
import pytest

from core.datasets.archive import extract
from core.errors import DatasetError
from core.settings import MEGABYTE, ImportLimits


@pytest.fixture
def take(tmp_path, limits):
    def take(data, limits=limits):
        folder = tmp_path / "pictures"
        folder.mkdir(exist_ok=True)
        return extract(io.BytesIO(data), folder, "some.tgz", limits)

    return take


def tar_of(files, links=(), mode="w:gz", **options):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode, **options) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        for info in links:
            archive.addfile(info)
    return buffer.getvalue()


def special(name, kind, target=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def labels(extraction):
    return [file.label for file in extraction.files]


@pytest.mark.parametrize("mode", ["w", "w:gz"])
@pytest.mark.parametrize("layout", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT, tarfile.USTAR_FORMAT])
def test_tars_are_taken(take, picture, tmp_path, mode, layout):
    names = ["flowers/daisy/a.png", "flowers/rose/" + "b" * 90 + ".png", "flowers/LICENSE.txt"]
    data = tar_of({name: picture(number) for number, name in enumerate(names)}, mode=mode, format=layout)
    extraction = take(data)
    assert labels(extraction) == names[:2]
    assert extraction.num_ignored == 1
    assert (tmp_path / "pictures" / "00000001.png").read_bytes() == picture(1)


def test_names_and_kinds_that_are_refused(take, picture):
    links = [
        special("cats/link.png", tarfile.SYMTYPE, "/etc/passwd"),
        special("cats/hard.png", tarfile.LNKTYPE, "cats/a.png"),
        special("cats/pipe.png", tarfile.FIFOTYPE),
        special("cats/device.png", tarfile.CHRTYPE),
    ]
    extraction = take(tar_of({"cats/a.png": picture(1), "../b.png": picture(2), "/c.png": picture(3)}, links))
    assert labels(extraction) == ["cats/a.png"]
    assert [(item.name, item.reason) for item in extraction.skipped] == [
        ("../b.png", "its name points out of the archive"),
        ("/c.png", "its name is an absolute path"),
        ("cats/link.png", "it is a link, and links aren't followed"),
        ("cats/hard.png", "it is a link, and links aren't followed"),
        ("cats/pipe.png", "it isn't a regular file"),
        ("cats/device.png", "it isn't a regular file"),
    ]


def assert_damaged(take, data):
    with pytest.raises(DatasetError) as caught:
        take(data)
    assert str(caught.value) == (
        "some.tgz is a damaged tar archive: it is cut off or isn't a tar inside. Make it again, or download it again."
    )


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_what_is_cut_off_is_refused(take, picture, mode):
    files = {f"cats/{number}.png": picture(number, side=40) for number in range(4)}
    data = tar_of(files, mode=mode)
    assert_damaged(take, data[: len(data) // 3])


def test_a_damaged_header_isnt_taken_for_the_end(take, picture):
    data = bytearray(tar_of({"cats/a.png": picture(1), "cats/b.png": picture(2)}, mode="w"))
    data[data.index(b"cats/b.png")] ^= 1
    assert_damaged(take, bytes(data))


def test_a_gzip_that_holds_no_tar(take):
    assert_damaged(take, gzip.compress(b"just a text " * 100))


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_a_size_below_zero_doesnt_hang(take, picture, mode):
    data = bytearray(tar_of({"cats/a.png": picture(1), "cats/b.png": picture(2)}, mode="w"))
    start = data.index(b"cats/b.png")
    data[start + 124 : start + 136] = b"\xff" * 4 + (-4096).to_bytes(8, "big", signed=True)
    data[start + 148 : start + 156] = b" " * 8
    data[start + 148 : start + 156] = b"%06o\0 " % sum(data[start : start + 512])
    assert_damaged(take, gzip.compress(bytes(data)) if mode == "w:gz" else bytes(data))


def test_a_header_of_absurd_size_isnt_read(take, limits):
    info = special("header", tarfile.XHDTYPE)
    info.size = 200 * MEGABYTE
    assert_damaged(take, info.tobuf() + b"\0" * 1024)


def test_a_bomb_is_refused(take):
    with pytest.raises(DatasetError, match=r"some.tgz unpacks to far more than its own size"):
        take(tar_of({"cats/a.bmp": b"BM" + b"\0" * 20 * MEGABYTE}))


def test_too_many_entries_are_refused(take, picture):
    limits = ImportLimits(entries=3, free_disk_bytes=0)
    with pytest.raises(DatasetError, match=r"more than 3 entries. Split it into smaller data sets"):
        take(tar_of({f"cats/{number}.png": b"" for number in range(4)}), limits)


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_damage_of_any_kind_ends_in_a_sentence_or_an_extraction(take, picture, tmp_path, mode):
    sound = np.frombuffer(tar_of({f"cats/{n}.png": picture(n, side=6) for n in range(3)}, mode=mode), np.uint8)
    generator = np.random.default_rng(3)
    for _ in range(150):
        damaged = sound.copy()
        damaged[generator.integers(0, len(damaged), 3)] = generator.integers(0, 256, 3)
        try:
            take(damaged.tobytes())
        except DatasetError as error:
            assert str(error).endswith(".")
        for path in (tmp_path / "pictures").iterdir():
            path.unlink()
