"""Where a zip's directory lies and what it lists: valid, damaged and false ones."""

import functools
import io
import struct
import subprocess
import sys
import tracemalloc
import zlib

import pytest

from core.datasets.archives.archive import extract
from core.datasets.archives.zip_directory import FULL_16, FULL_32, WRAP_16, WRAP_32, read_directory
from core.errors import DatasetError
from core.settings import MEGABYTE, ImportLimits
from tests.core.datasets.archives.conftest import labels
from tests.project import ROOT


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
    """A hole between its entries, which takes no space, puts the last one where 32 bits don't reach."""
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
            file.seek(size)  # a hole: the file takes no space
            file.write(b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, count, count, size, 0, 0))
        tracemalloc.start()
        with pytest.raises(DatasetError, match=rf"some.zip has {count:,} entries in a directory of {size:,} bytes"):
            extract(path, tmp_path, "some.zip", limits)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < MEGABYTE


@functools.lru_cache(maxsize=1)
def entries_and_directory(names, data):
    """Writes files with the same content, and the directory that lists them."""
    body, central = io.BytesIO(), io.BytesIO()
    for name in names:
        fields = struct.pack("<5H3L2H", 20, 0, 0, 0, 33, zlib.crc32(data), len(data), len(data), len(name), 0)
        offset = body.tell()
        body.write(b"PK\3\4" + fields + name + data)
        central.write(b"PK\1\2" + struct.pack("<H", 20) + fields + struct.pack("<3H2L", 0, 0, 0, 0, offset) + name)
    return body.getvalue(), central.getvalue()


def zip_of_many(names, count=None, data=b"", zip64_count=None):
    """Writes a zip of files with the same content. `count` is the number of entries given at its end."""
    body, central = entries_and_directory(tuple(names), data)
    size, start = len(central), len(body)
    written = body + central
    if zip64_count is not None:
        record = struct.pack("<QHHLLQQQQ", 44, 45, 45, 0, 0, zip64_count, zip64_count, size, start)
        written += b"PK\6\6" + record + b"PK\6\7" + struct.pack("<LQL", 0, len(written), 1)
        return written + b"PK\5\6" + struct.pack("<4H2LH", 0, 0, FULL_16, FULL_16, FULL_32, FULL_32, 0)
    number = len(names) % WRAP_16 if count is None else count
    return written + b"PK\5\6" + struct.pack("<4H2LH", 0, 0, number, number, size, start, 0)


@pytest.mark.parametrize("more", [0, 3, FULL_16, WRAP_16])
def test_the_finder_counts_modulo_65_536(more, limits):
    names = [b"%08d" % number for number in range(WRAP_16 + more)]
    entries = read_directory(io.BytesIO(zip_of_many(names)), "some.zip", limits)
    assert [entry.raw_name for entry in entries] == names


def test_pictures_that_the_finder_has_packed_are_taken(take, picture):
    names = [b"__MACOSX/cats/._%d.png" % number for number in range(WRAP_16)] + [b"cats/1.png", b"cats/2.png"]
    extraction = take(zip_of_many(names, data=picture(1)))
    assert labels(extraction) == ["cats/1.png", "cats/2.png"] and extraction.num_ignored == WRAP_16


@pytest.mark.parametrize("claims", [{"count": 2}, {"count": 4}, {"zip64_count": 3}, {"zip64_count": 2 * WRAP_16 + 3}])
def test_any_other_count_is_a_lie(refusal, claims):
    data = zip_of_many([b"%08d" % number for number in range(WRAP_16 + 3)], **claims)
    assert_damaged(refusal(data), "its directory doesn't list what it says")


def test_too_many_entries_for_the_number_that_is_told(refusal):
    data = zip_of_many([b"%08d" % number for number in range(WRAP_16 + 3)])
    text = refusal(data, ImportLimits(entries=WRAP_16, free_disk_bytes=0))
    assert text.startswith("some.zip has more than 65,536 entries in a directory of 3,539,106 bytes.")


def test_the_finder_tells_places_modulo_4_gb(tmp_path, picture, limits):
    """The holes between the entries take no space."""
    gigabyte = 1024**3
    pictures, places, central = [picture(1), picture(2), picture(3)], [0, 3 * gigabyte, 6 * gigabyte], b""
    with (tmp_path / "some.zip").open("wb") as file:
        for number, (data, place) in enumerate(zip(pictures, places, strict=True)):
            fields = struct.pack("<5H3L2H", 20, 0, 0, 0, 33, zlib.crc32(data), len(data), len(data), 10, 0)
            name = b"cats/%d.png" % number
            file.seek(place)
            file.write(b"PK\3\4" + fields + name + data)
            central += b"PK\1\2" + struct.pack("<H", 20) + fields + struct.pack("<3H2L", 0, 0, 0, 0, place % WRAP_32)
            central += name
        start = file.tell()
        file.write(central + b"PK\5\6" + struct.pack("<4H2LH", 0, 0, 3, 3, len(central), start % WRAP_32, 0))
    (tmp_path / "pictures").mkdir()
    extraction = extract(tmp_path / "some.zip", tmp_path / "pictures", "some.zip", limits)
    assert labels(extraction) == ["cats/0.png", "cats/1.png", "cats/2.png"]
    assert [(tmp_path / "pictures" / file.file_name).read_bytes() for file in extraction.files] == pictures


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


@pytest.mark.slow
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
