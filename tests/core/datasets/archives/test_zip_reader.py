"""Zips of every hostile and odd kind: where their entries lie, what they are called, what is damaged."""

import io
import stat
import struct
import subprocess
import sys
import tracemalloc
import zipfile
import zlib

import numpy as np
import pytest

from core.datasets.archives.archive import extract
from core.errors import DatasetError
from core.settings import GIGABYTE, MEGABYTE, ImportLimits
from tests.core.datasets.archives.conftest import labels, skipped
from tests.project import ROOT

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


@pytest.mark.parametrize(
    ("raw", "label"),
    [
        ("cats/Kätzchen.png".encode("cp437"), "cats/Kätzchen.png"),
        ("cats/Kätzchen.png".encode(), "cats/Kätzchen.png"),
        ("猫/a.png".encode("shift-jis"), "öL/a.png"),
    ],
)
def test_names_in_old_encodings_are_only_labels(take, raw_zip, entry, picture, raw, label):
    assert labels(take(raw_zip([entry(raw, picture(1))]))) == [label]


@pytest.mark.parametrize(
    ("name", "of", "label"),
    [
        ("猫/a.png".encode(), "猫/a.png".encode("shift-jis"), "猫/a.png"),
        ("猫/a.png".encode(), b"another name", "öL/a.png"),
        (b"\xff\xff", "猫/a.png".encode("shift-jis"), "öL/a.png"),
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
    assert refusal(data) == ("some.zip is protected by a password. Unpack it and make a zip without a password.")


def assert_damaged(text, detail):
    assert text == f"some.zip is a damaged zip: {detail}. Make the zip again, or download it again."


def test_a_zip_that_is_cut_off(refusal, zip_of, picture):
    data = zip_of({"cats/a.png": picture(1)})
    for size in (5, 40, len(data) // 2, len(data) - 1):
        assert_damaged(refusal(data[:size]), "it is cut off, or something was added at its end")


def test_bytes_before_and_after_a_zip(refusal, zip_of, picture):
    data = zip_of({"cats/a.png": picture(1)})
    assert "some.zip is a Windows program" in refusal(b"MZ" + data)
    assert_damaged(refusal(data + b"\0"), "it is cut off, or something was added at its end")
    assert_damaged(
        refusal(b"PK\x03\x04" + data),
        "its directory isn't where it is said to be, or something was added at its front",
    )


def test_two_zips_joined(refusal, zip_of, picture):
    data = zip_of({"cats/a.png": picture(1)})
    assert_damaged(
        refusal(data + data), "its directory isn't where it is said to be, or something was added at its front"
    )


def test_two_zips_joined_with_corrected_offsets(refusal, raw_zip, entry, picture):
    first = raw_zip([entry(b"cats/a.png", picture(1))])
    second = raw_zip([entry(b"cats/b.png", picture(2))])
    central = second.index(b"PK\x01\x02")
    end = second.index(b"PK\x05\x06")
    second = bytearray(second)
    struct.pack_into("<L", second, central + 42, len(first))
    struct.pack_into("<L", second, end + 16, len(first) + central)
    assert_damaged(refusal(first + bytes(second)), "something was added at its front")


def test_a_second_directory_in_the_comment(refusal, raw_zip, entry, picture):
    hidden = b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, 0, 0, 0, 0, 0)
    assert_damaged(
        refusal(raw_zip([entry(b"cats/a.png", picture(1))], comment=hidden)), "it has more than one directory"
    )


def test_zip64_is_taken_and_its_locator_verified(take, refusal, raw_zip, entry, picture):
    entries = [entry(b"cats/a.png", picture(1))]
    assert labels(take(raw_zip(entries, zip64=True))) == ["cats/a.png"]
    for shift in (1, -4, 10_000, 2**62):
        assert_damaged(refusal(raw_zip(entries, zip64=True, bad_locator=shift)), "its zip64 locator points nowhere")


def test_a_zip_of_more_than_4_gb(tmp_path, picture, limits):
    """Between its entries lies a hole that takes no room, so that the last one is where 32 bits don't reach."""
    pictures, places = [picture(1), picture(2)], [0, 5 * 1024**3]
    central = b""
    with (tmp_path / "some.zip").open("wb") as file:
        for number, (data, place) in enumerate(zip(pictures, places, strict=True)):
            fields = (0, 0, 0, 33, zlib.crc32(data), len(data), len(data), len(b"cats/0.png"))
            name = b"cats/%d.png" % number
            file.seek(place)
            file.write(struct.pack("<4s5H3L2H", b"PK\3\4", 45, *fields, 0) + name + data)
            record = struct.pack("<4s6H3L5H2L", b"PK\1\2", 45, 45, *fields, 12, 0, 0, 0, 0, 2**32 - 1)
            central += record + name + struct.pack("<HHQ", 1, 8, place)
        start = file.tell()
        file.write(central + b"PK\6\6" + struct.pack("<QHHLLQQQQ", 44, 45, 45, 0, 0, 2, 2, len(central), start))
        file.write(b"PK\6\7" + struct.pack("<LQL", 0, start + len(central), 1))
        file.write(b"PK\5\6" + struct.pack("<HHHHLLH", 0, 0, 2, 2, len(central), 2**32 - 1, 0))
    (tmp_path / "pictures").mkdir()
    extraction = extract(tmp_path / "some.zip", tmp_path / "pictures", "some.zip", limits)
    assert labels(extraction) == ["cats/0.png", "cats/1.png"]
    assert [(tmp_path / "pictures" / file.file_name).read_bytes() for file in extraction.files] == pictures


def test_zip64_that_contradicts_the_plain_directory(refusal, raw_zip, entry, picture):
    data = bytearray(raw_zip([entry(b"cats/a.png", picture(1))], zip64=True))
    struct.pack_into("<HHLL", data, len(data) - 14, 7, 7, 46, 0)
    assert_damaged(refusal(bytes(data)), "it has more than one directory")


def test_a_directory_that_lists_another_number_of_entries(refusal, raw_zip, entry, picture):
    for count in (0, 2):
        data = raw_zip([entry(b"cats/a.png", picture(1))], count=count)
        assert_damaged(refusal(data), "its directory doesn't list what it says")


def test_entries_that_overlap(refusal, raw_zip, entry, picture):
    kernel = entry(b"cats/a.png", picture(1))
    quoting = entry(b"cats/b.png", picture(1), offset=0, local_name=b"cats/a.png")
    assert_damaged(refusal(raw_zip([kernel, quoting])), "its entries overlap")


def test_too_many_entries(refusal, zip_of, raw_zip):
    limits = ImportLimits(entries=10, free_disk_bytes=0)
    text = refusal(zip_of({f"cats/{number}.png": b"" for number in range(11)}), limits)
    assert "some.zip has 11 entries" in text
    assert "At most 10 entries are taken. Split it into smaller data sets." in text


def test_a_directory_that_claims_to_be_huge_isnt_read(tmp_path, limits):
    path = tmp_path / "some.zip"
    for count, size in ((0xFFFF, 100 * MEGABYTE), (2, 65 * MEGABYTE)):
        with path.open("wb") as file:
            file.write(b"PK\x03\x04")
            file.seek(size)  # a hole: the file takes no room
            file.write(b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, count, count, size, 0, 0))
        tracemalloc.start()
        with pytest.raises(DatasetError, match=rf"some.zip has {count:,} entries in a directory of {size:,} bytes"):
            extract(path, tmp_path, "some.zip", limits)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < MEGABYTE


READ_DIRECTORY = """
import sys
import psutil
from core.datasets.archives.zip_reader import zip_members
from core.settings import ImportLimits
memory = psutil.Process().memory_info
before = memory().rss
with open(sys.argv[1], "rb") as file:
    members = zip_members(file, "some.zip", ImportLimits())
print(members.count, memory().rss - before)
"""


def test_200_000_entries_fit_into_memory(tmp_path):
    central = b"".join(
        struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 33, 0, 0, 0, 10, 0, 0, 0, 0, 0, 40 * n) + b"a/%08d" % n
        for n in range(200_000)
    )
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 33, 0, 0, 0, 10, 0)
    body = b"".join(local + b"a/%08d" % n for n in range(200_000))
    record = b"PK\6\6" + struct.pack("<QHHLLQQQQ", 44, 45, 45, 0, 0, 200_000, 200_000, len(central), len(body))
    locator = b"PK\6\7" + struct.pack("<LQL", 0, len(body) + len(central), 1)
    end = b"PK\5\6" + struct.pack("<HHHHLLH", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    data = body + central + record + locator + end
    (tmp_path / "some.zip").write_bytes(data)
    command = [sys.executable, "-c", READ_DIRECTORY, tmp_path / "some.zip"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    count, held_bytes = map(int, answer.split())
    assert count == 200_000
    assert held_bytes < 200 * MEGABYTE


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
