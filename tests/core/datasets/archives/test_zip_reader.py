"""Hostile and odd zips: the names of their entries, and damage."""

import io
import stat
import struct
import zipfile
import zlib

import numpy as np
import pytest

from core.errors import DatasetError
from core.settings import GIGABYTE
from core.wording.coded import Note
from tests.core.datasets.archives.conftest import labels, skipped

UNPACKABLE = "it is packed with {}, which can't be unpacked here: make the zip with the usual Deflate"


def test_what_other_programs_write_is_taken(take, picture):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.mkdir("cats")
        archive.writestr("cats/stored.png", picture(1), zipfile.ZIP_STORED)
        archive.writestr("cats/deflated.png", picture(2), zipfile.ZIP_DEFLATED)
        archive.writestr("cats/bzipped.png", picture(3, side=400), zipfile.ZIP_BZIP2)
        archive.writestr("cats/lzma.png", picture(5, side=400), zipfile.ZIP_LZMA)
        with archive.open("cats/zip64.png", "w", force_zip64=True) as file:
            file.write(picture(4))
        archive.comment = b"made by hand"
    extraction = take(buffer.getvalue())
    assert labels(extraction) == [f"cats/{name}.png" for name in ("stored", "deflated", "bzipped", "lzma", "zip64")]
    assert not extraction.skipped


def test_a_streamed_zip_is_taken(take, picture):
    class Pipe(io.RawIOBase):
        def __init__(self):
            self.data = b""

        def writable(self):
            return True

        def write(self, data):
            self.data += bytes(data)
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("cats/a.png", picture(1))
    assert labels(take(pipe.data)) == ["cats/a.png"]


def test_invalid_utf8_costs_that_entry_alone(take, raw_zip, entry, picture):
    extraction = take(raw_zip([entry(b"\xff\xfe.png", picture(1), flags=0x800), entry(b"cats/good.png", picture(2))]))
    assert labels(extraction) == ["cats/good.png"]
    assert list(skipped(extraction).values()) == ["its name isn't valid UTF-8, though it claims to be"]


CODE_PAGES = [
    ("gb18030", ["五", "武", "工", "攻"]),
    ("gb18030", ["猫", "狗"]),
    ("cp932", ["表", "表裏", "犬"]),
    ("cp932", ["予測", "能力", "ソ"]),
    ("cp949", ["고양이", "개"]),
    ("cp950", ["功能", "許可", "貓"]),
    ("cp866", ["кошка", "собака"]),
    ("cp1251", ["Кошка", "Собака"]),
    ("cp850", ["Kätzchen", "Hündchen"]),
    ("iso2022_jp", ["猫", "犬", "cats"]),
]


@pytest.mark.parametrize(("encoding", "classes"), CODE_PAGES)
@pytest.mark.parametrize("told", [False, True])
def test_names_in_an_old_encoding_are_read_together(take, raw_zip, entry, picture, encoding, classes, told):
    names = [f"{name}/{number}.png" for name in classes for number in range(2)]
    data = raw_zip([entry(name.encode(encoding), picture(number)) for number, name in enumerate(names)])
    extraction = take(data, encoding=encoding if told else "")
    assert labels(extraction) == names
    parameters = {"archive": "some.zip", "encoding": encoding, "example": names[0]}
    assert extraction.receipt == (Note("asked_name_encoding" if told else "name_encoding", parameters),)


def test_marked_and_unmarked_names_are_each_read_as_they_are(take, raw_zip, entry, picture):
    marked = [entry("собака/1.png".encode(), picture(1), flags=0x800), entry(b"fish/1.png", picture(2))]
    unmarked = [entry(f"{name}/1.png".encode("gbk"), picture(number)) for number, name in enumerate("猫狗", 3)]
    extraction = take(raw_zip(marked + unmarked))
    assert labels(extraction) == ["собака/1.png", "fish/1.png", "猫/1.png", "狗/1.png"]


def test_folders_whose_names_end_like_one_are_no_files(take, raw_zip, entry, picture):
    names = ["表/", "表/表", "犬\\", "犬/1.png"]
    extraction = take(raw_zip([entry(name.encode("cp932"), picture(1)) for name in names]))
    assert labels(extraction) == ["表/表", "犬/1.png"]


@pytest.mark.parametrize(
    ("name", "of", "label"),
    [
        ("虎/a.png".encode(), "猫/a.png".encode("shift-jis"), "虎/a.png"),
        ("猫/a.png".encode(), b"another name", "猫/a.png"),
        (b"\xff\xff", "猫/a.png".encode("shift-jis"), "猫/a.png"),
        (b"../../a.png", "猫/a.png".encode("shift-jis"), None),
    ],
)
def test_names_that_are_given_in_unicode_as_well(take, raw_zip, entry, picture, name, of, label):
    extra = struct.pack("<HHBL", 0x7075, 5 + len(name), 1, zlib.crc32(of)) + name
    files = [entry("猫/a.png".encode("shift-jis"), picture(1), extra=extra), entry(b"b.png", picture(2))]
    extraction = take(raw_zip(files))
    assert labels(extraction) == [*([label] if label else []), "b.png"]
    assert set(skipped(extraction).values()) == (set() if label else {"its name points out of the archive"})


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        (stat.S_IFLNK | 0o777, "it is a link, and links aren't followed"),
        (stat.S_IFIFO | 0o644, "it isn't a regular file"),
        (stat.S_IFCHR | 0o644, "it isn't a regular file"),
        (stat.S_IFREG | stat.S_ISUID | 0o755, "it isn't a regular file"),
    ],
)
def test_links_pipes_and_special_modes_are_refused(take, raw_zip, entry, picture, mode, reason):
    extraction = take(raw_zip([entry(b"cats/a.png", picture(1), mode=mode), entry(b"cats/b.png", picture(2))]))
    assert skipped(extraction) == {"cats/a.png": reason}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"crc": 1}, "it is damaged inside the zip: its checksum is wrong"),
        ({"size": 20}, "it is larger than the zip says"),
        ({"size": 100_000}, "it is damaged inside the zip: its checksum is wrong"),
        ({"local_name": b"dogs/a.png"}, "the zip describes it in two ways that don't agree"),
        ({"packed": b"\xff" * 50}, "it is damaged inside the zip and can't be unpacked"),
        ({"packed": b""}, "it is damaged inside the zip and can't be unpacked"),
        (
            {"method": 9},
            UNPACKABLE.format("Deflate64"),
        ),
        (
            {"method": 93},
            UNPACKABLE.format("Zstandard"),
        ),
        (
            {"method": 77},
            UNPACKABLE.format("method 77"),
        ),
    ],
)
def test_damaged_entries_are_skipped_and_deleted(take, raw_zip, entry, picture, changes, reason):
    extraction = take(raw_zip([entry(b"cats/a.png", picture(1), **changes), entry(b"cats/b.png", picture(2))]))
    assert labels(extraction) == ["cats/b.png"]
    assert skipped(extraction) == {"cats/a.png": reason}


@pytest.mark.parametrize(("flags", "method"), [(0x1, 8), (0x1 | 0x40, 8), (0x2000, 8), (0x1, 99), (0, 99)])
def test_encrypted_zips_are_named(refusal, raw_zip, entry, picture, flags, method):
    data = raw_zip([entry(b"cats/a.png", picture(1), flags=flags, method=method)])
    assert refusal(data) == "some.zip is protected by a password. Unpack it and make a zip without one."


def test_damage_of_any_kind_ends_in_a_sentence_or_an_extraction(take, zip_of, picture, tmp_path):
    sound = np.frombuffer(zip_of({f"cats/{number}.png": picture(number, side=6) for number in range(3)}), np.uint8)
    generator = np.random.default_rng(3)
    for _ in range(300):
        damaged = sound.copy()
        damaged[generator.integers(0, len(damaged), 3)] = generator.integers(0, 256, 3)
        try:
            take(damaged.tobytes())
        except DatasetError as error:
            assert str(error).endswith(".")
        for path in (tmp_path / "pictures").iterdir():
            path.unlink()


@pytest.mark.parametrize("name", [b"film.mp4", b"films/holiday", b"../a.png", b"backup.zip", b"a.txt", b"\xff.mkv"])
def test_entries_that_arent_taken_claim_nothing(take, raw_zip, entry, picture, name):
    extraction = take(raw_zip([entry(b"cats/a.png", picture(1)), entry(name, b"some", size=25 * GIGABYTE)]))
    assert labels(extraction) == ["cats/a.png"]
    assert len(extraction.skipped) + extraction.num_ignored == 1


@pytest.mark.parametrize("name", [b"cats/b.png", b"b.JPG", b"cats\\b.tif"])
def test_entries_that_are_called_pictures_do(refusal, raw_zip, entry, picture, name):
    text = refusal(raw_zip([entry(b"cats/a.png", picture(1)), entry(name, b"some", size=25 * GIGABYTE)]))
    assert "some.zip claims 25.0 GB" in text
