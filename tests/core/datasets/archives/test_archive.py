"""Zips of every hostile and odd kind: what is taken, what is skipped with which reason, what is refused."""

import io
import os
import stat
import struct
import subprocess
import sys
import tracemalloc
import zipfile
import zlib
from contextlib import suppress

import numpy as np
import pytest

from core.datasets.archives.archive import extract
from core.datasets.archives.folder_reader import folder_members
from core.datasets.archives.members import DamagedMember
from core.errors import DatasetError, Stopped
from core.settings import GIGABYTE, MEGABYTE, ImportLimits
from tests.core.files.test_user_files import make_socket
from tests.project import ROOT

UNPACKABLE = "it is packed with {}, which can't be unpacked here: make the zip with the usual Deflate"


@pytest.fixture
def take(tmp_path, limits):
    """Extracts an archive's bytes and checks what every extraction has to leave behind."""

    def take(data, limits=limits, **options):
        folder = tmp_path / "pictures"
        folder.mkdir(exist_ok=True)
        extraction = extract(io.BytesIO(data), folder, "some.zip", limits, **options)
        assert sorted(path.name for path in folder.iterdir()) == [file.file_name for file in extraction.files]
        assert {path.name for path in tmp_path.iterdir()} == {"pictures"}
        return extraction

    return take


@pytest.fixture
def refusal(take, limits):
    def refusal(data, limits=limits):
        with pytest.raises(DatasetError) as caught:
            take(data, limits)
        return str(caught.value)

    return refusal


def labels(extraction):
    return [file.label for file in extraction.files]


def skipped(extraction):
    return {item.name: item.reason for item in extraction.skipped}


# What is taken


def test_pictures_get_names_of_our_own_by_their_content(take, zip_of, picture, tmp_path):
    extraction = take(zip_of({"cats/a.png": picture(1), "dogs/b.PNG": picture(2, "JPEG"), "dogs/c": picture(3, "GIF")}))
    assert [file.file_name for file in extraction.files] == ["00000000.png", "00000001.jpg", "00000002.gif"]
    assert labels(extraction) == ["cats/a.png", "dogs/b.PNG", "dogs/c"]
    assert (tmp_path / "pictures" / "00000001.jpg").read_bytes() == picture(2, "JPEG")


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


def test_progress_is_told_and_stop_is_heard(take, zip_of, picture):
    data = zip_of({f"cats/{number}.png": picture(number) for number in range(5)})
    events = []
    take(data, on_event=events.append)
    assert (events[0].phase, events[0].step, events[0].total) == ("extract", 0, 5)
    assert events[-1].step == 5
    with pytest.raises(Stopped):
        take(data, should_stop=lambda: True)


# Names


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../evil.png", "its name points out of the archive"),
        ("cats/../../evil.png", "its name points out of the archive"),
        ("/etc/evil.png", "its name is an absolute path"),
        ("..\\evil.png", "its name points out of the archive"),
        ("cats/..\\../evil.png", "its name points out of the archive"),
        ("C:\\evil.png", "its name is an absolute path"),
        ("c:evil.png", "its name is an absolute path"),
        ("\\\\server\\share\\evil.png", "its name is an absolute path"),
        ("//server/share/evil.png", "its name is an absolute path"),
        ("", "its name is empty or holds a zero byte"),
        ("./.", "its name is empty or holds a zero byte"),
        ("cats/a.png\0.txt", "its name is empty or holds a zero byte"),
        ("d/" * 2000 + "a.png", "its name is longer than 1,000 characters"),
        ("d/" * 100 + "a.png", "it lies more than 64 folders deep"),
        ("x" * 5000 + ".png", "its name is longer than 1,000 characters"),
    ],
)
def test_names_that_are_refused(take, zip_of, picture, name, reason):
    extraction = take(zip_of({name: picture(1), "cats/good.png": picture(2)}))
    assert labels(extraction) == ["cats/good.png"]
    assert list(skipped(extraction).values()) == [reason]


def test_backslashes_are_slashes(take, zip_of, picture):
    assert take(zip_of({"cats\\a.png": picture(1)})).files[0].parts == ("cats", "a.png")


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
    ("name", "label"),
    [
        ("cats/a\n\x1b[31m.png", "cats/a\\x0a\\x1b[31m.png"),
        ("cats/\u202egnp.exe", "cats/\\u202egnp.exe"),
        ("cats/<img src=x onerror=alert(1)>.png", "cats/<img src=x onerror=alert(1)>.png"),
        ("=HYPERLINK(evil)/a.png", "=HYPERLINK(evil)/a.png"),
        ("family \U0001f468\u200d\U0001f469/a.png", "family \U0001f468\u200d\U0001f469/a.png"),
    ],
)
def test_names_are_escaped_where_they_would_act(take, zip_of, picture, name, label):
    assert labels(take(zip_of({name: picture(1)}))) == [label]


def test_names_that_windows_reserves_are_harmless(take, zip_of, picture):
    extraction = take(zip_of({"cats/CON.png": picture(1), "cats/aux": picture(2), "cats/a.png.": picture(3)}))
    assert [file.file_name for file in extraction.files] == ["00000000.png", "00000001.png", "00000002.png"]


def test_of_two_files_with_one_name_the_first_is_kept(take, raw_zip, entry, picture, tmp_path):
    extraction = take(raw_zip([entry(b"cats/a.png", picture(1)), entry(b"cats/a.png", picture(2))]))
    assert (tmp_path / "pictures" / "00000000.png").read_bytes() == picture(1)
    assert skipped(extraction) == {"cats/a.png": "another file has the same name, the first one is kept"}


def test_names_that_differ_by_case_or_accents_are_both_kept_and_noted(take, zip_of, picture):
    names = ["cats/A.png", "cats/a.png", "cats/\u00e9.png", "cats/e\u0301.png"]
    extraction = take(zip_of({name: picture(number) for number, name in enumerate(names)}))
    assert len(extraction.files) == 4
    assert len(extraction.notes) == 2
    assert extraction.notes[0] == "cats/a.png differs from another name only by case or accents. Both are kept."


def test_a_file_that_is_also_a_folder_is_no_problem(take, zip_of, picture):
    assert len(take(zip_of({"cats": picture(1), "cats/a.png": picture(2)})).files) == 2


# What is left out


def test_system_files_and_texts_are_left_out_quietly(take, zip_of, picture):
    junk = ["__MACOSX/cats/._a.png", "cats/._a.png", "cats/.DS_Store", ".git/a.png", "cats/Thumbs.db", "desktop.ini"]
    junk += ["readme.md", "labels.csv", "LICENSE", "notes.txt", "annotations/a.xml"]
    extraction = take(zip_of(dict.fromkeys(junk, picture(1)) | {"cats/a.png": picture(2)}))
    assert labels(extraction) == ["cats/a.png"]
    assert extraction.num_ignored == len(junk)
    assert not extraction.skipped


def test_tables_are_kept_aside(take, zip_of, picture):
    files = {"labels.csv": b"id,label\n", "more/b.TSV": b"id\tlabel\n", "__MACOSX/._labels.csv": b"no", ".x.csv": b"no"}
    extraction = take(zip_of(files | {"a.xlsx": b"no", "cats/a.png": picture(1)}))
    assert [(table.parts, table.data) for table in extraction.tables] == [
        (("labels.csv",), b"id,label\n"),
        (("more", "b.TSV"), b"id\tlabel\n"),
    ]
    assert extraction.num_ignored == 5


def test_tables_that_cant_be_read(take, raw_zip, entry, picture):
    limits = ImportLimits(table_bytes=1000, free_disk_bytes=0)
    files = [entry(b"a.csv", b"x" * 600), entry(b"b.csv", b"x" * 600), entry(b"c.csv", b"x", crc=1)]
    files += [entry(b"d.csv", b"x" * 600, size=300), entry(b"e.csv", b"id", mode=stat.S_IFLNK), entry(b"f", picture(1))]
    extraction = take(raw_zip(files), limits)
    assert [table.parts for table in extraction.tables] == [("a.csv",)]
    assert extraction.notes == ("b.csv wasn't read for classes: tables of more than 0 MB aren't read.",)
    assert skipped(extraction) == {
        "c.csv": "it is damaged inside the zip: its checksum is wrong",
        "d.csv": "it is larger than the zip says",
    }


def test_what_isnt_a_picture_is_listed(take, zip_of, picture):
    extraction = take(
        zip_of({"cats/a.jpg": b"<html>404", "cats/b.svg": b"<svg/>", "cats/c.png": b"", "cats/d.png": picture(1)})
    )
    assert skipped(extraction) == {
        "cats/a.jpg": "not a picture that can be read, it is a web page",
        "cats/b.svg": "not a picture that can be read, it is an SVG drawing",
        "cats/c.png": "empty, it has 0 bytes",
    }


def test_archives_inside_are_never_opened(take, zip_of, picture):
    inner = zip_of({"cats/b.png": picture(1)})
    extraction = take(zip_of({"inner.zip": inner, "cats/hidden.png": inner, "cats/a.png": picture(2)}))
    assert labels(extraction) == ["cats/a.png"]
    assert skipped(extraction) == {
        "inner.zip": "archives inside an archive aren't opened, unpack it first",
        "cats/hidden.png": "not a picture that can be read, it is a zip archive",
    }


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


def test_an_entry_above_its_cap_is_skipped(take, raw_zip, entry, picture):
    limits = ImportLimits(entry_bytes=MEGABYTE, free_disk_bytes=0)
    honest = entry(b"cats/a.png", picture(1, side=640))
    extraction = take(raw_zip([honest, entry(b"cats/b.png", picture(2))]), limits)
    assert skipped(extraction) == {"cats/a.png": "it is larger than 1 MB"}


# What is refused as a whole


@pytest.mark.parametrize(("flags", "method"), [(0x1, 8), (0x1 | 0x40, 8), (0x2000, 8), (0x1, 99), (0, 99)])
def test_encrypted_zips_are_named(refusal, raw_zip, entry, picture, flags, method):
    data = raw_zip([entry(b"cats/a.png", picture(1), flags=flags, method=method)])
    assert refusal(data) == ("some.zip is protected by a password. Unpack it and make a zip without a password.")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "empty"),
        (b"PK\x05\x06" + b"\0" * 18, "an empty zip"),
        (b"PK\x07\x08PK\x03\x04", "one part of a zip in several parts"),
        (b"Rar!\x1a\x07\x01\x00", "a RAR archive"),
        (b"7z\xbc\xaf\x27\x1c\0\4", "a 7z archive"),
        (b"\xfd7zXZ\0", "an xz archive"),
        (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
        (b"hello", "a text file"),
    ],
)
def test_what_isnt_a_zip_is_named(refusal, data, kind):
    assert refusal(data) == (
        f"Expected a zip of pictures in class folders. some.zip is {kind}. Make a zip of the folders and choose that."
    )


def test_a_missing_file(tmp_path, limits):
    with pytest.raises(DatasetError, match=r"It can't be opened: No such file or directory. Check the path"):
        extract(tmp_path / "gone.zip", tmp_path, "gone.zip", limits)


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


def test_a_bomb_is_refused_by_what_it_says(refusal, zip_of, tmp_path):
    text = refusal(zip_of({"cats/a.bmp": b"BM" + b"\0" * 20_000_000}))
    assert text == (
        "some.zip unpacks to more than 200 times its size, which pictures never do. It was refused to keep the disk "
        "from filling up."
    )
    assert not any((tmp_path / "pictures").iterdir())


def test_a_bomb_among_honest_bytes_is_refused_when_it_goes_off(refusal, raw_zip, entry):
    ballast = np.random.default_rng(0).bytes(200_000)
    bomb = entry(b"cats/a.bmp", b"BM" + b"\0" * 20_000_000)
    assert "unpacks to more than 200 times its size" in refusal(raw_zip([bomb, entry(b"b.txt", ballast, method=0)]))


def test_claimed_sizes_are_summed_first(refusal, raw_zip, entry, picture):
    text = refusal(raw_zip([entry(b"cats/a.png", picture(1), size=2**60)]))
    assert text == (
        "some.zip claims 1,073,741,824.0 GB. At most 20.0 GB of pictures are taken at once. Leave some out, or make "
        "the pictures smaller."
    )


def test_a_disk_that_would_fill_up(refusal, zip_of, picture):
    text = refusal(zip_of({"cats/a.png": picture(1)}), ImportLimits(free_disk_bytes=2**60))
    assert text == (
        "The disk has too little room to import some.zip. Free some space, or set TRANSFER_STUDIO_HOME to a folder on "
        "a larger disk."
    )


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


# Folders


def test_a_folder_is_read_without_following_links(tmp_path, picture, limits):
    source, target = tmp_path / "source", tmp_path / "target"
    (source / "cats").mkdir(parents=True)
    target.mkdir()
    (tmp_path / "secret.png").write_bytes(picture(9))
    (source / "cats" / "a.png").write_bytes(picture(1))
    (source / "cats" / "link.png").symlink_to(tmp_path / "secret.png")
    (source / "elsewhere").symlink_to(tmp_path)
    os.mkfifo(source / "cats" / "pipe.png")
    extraction = extract(source, target, "source", limits)
    assert labels(extraction) == ["cats/a.png"]
    assert skipped(extraction) == {
        "cats/link.png": "it is a link, and links aren't followed",
        "elsewhere": "it is a link, and links aren't followed",
        "cats/pipe.png": "it isn't a regular file",
    }


def test_a_folder_with_a_name_that_isnt_utf8(tmp_path, picture, limits):
    source, target = tmp_path / "source", tmp_path / "target"
    target.mkdir()
    (source / "cats").mkdir(parents=True)
    with open(os.fsencode(source / "cats") + b"/\xff.png", "wb") as file:  # noqa: PTH123 (a Path can't hold it)
        file.write(picture(1))
    assert labels(extract(source, target, "source", limits)) == ["cats/\\udcff.png"]


def make_films(folder, names, size):
    """Makes files of this size that take no room."""
    for name in names:
        with (folder / name).open("wb") as file:
            file.truncate(size)


@pytest.mark.parametrize(
    ("names", "size"),
    [
        (["film.mp4"], 25 * GIGABYTE),
        (["film"], 25 * GIGABYTE),
        (["a.tiff"], 25 * GIGABYTE),
        ([f"{number}.MOV" for number in range(120)], 200 * MEGABYTE),
        ([f"{number}.dat" for number in range(120)], 200 * MEGABYTE),
        (["backup.zip", "disk.iso", "song.flac", "model.onnx", "notes.txt", "big.csv"], 25 * GIGABYTE),
    ],
    ids=["film", "without_extension", "called_a_picture", "many_films", "of_no_kind", "others"],
)
def test_only_pictures_count_towards_the_limits_of_a_folder(tmp_path, picture, limits, names, size):
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    target.mkdir()
    (source / "a.png").write_bytes(picture(1))
    make_films(source, names, size)
    extraction = extract(source, target, "source", limits)
    assert labels(extraction) == ["a.png"]
    assert len(extraction.skipped) + extraction.num_ignored == len(names)
    assert sum(path.stat().st_size for path in target.iterdir()) == len(picture(1))


def test_pictures_of_a_folder_do_count_whatever_they_are_called(tmp_path, picture, limits):
    (tmp_path / "source").mkdir()
    make_films(tmp_path / "source", [f"{number}.jpg" for number in range(120)], 200 * MEGABYTE)
    with pytest.raises(DatasetError, match=r"source claims 23.4 GB. At most 20.0 GB of pictures"):
        extract(tmp_path / "source", tmp_path, "source", limits)
    for path in (tmp_path / "source").iterdir():
        with path.open("rb+") as file:
            file.write(b"BM")
        path.rename(path.with_suffix(".dat"))
    with pytest.raises(DatasetError, match=r"source claims 23.4 GB. At most 20.0 GB of pictures"):
        extract(tmp_path / "source", tmp_path, "source", limits)


def test_what_is_left_out_is_counted_by_its_kind(tmp_path, picture, zip_of, take, limits):
    names = ["a.mp4", "b.MKV", "c.mp3", "d.safetensors", "e.txt"]
    extraction = take(zip_of(dict.fromkeys(names, b"some") | {"cats/a.png": picture(1)}))
    assert extraction.num_ignored == 5
    assert extraction.notes == ("2 films, 1 sound and 1 model file beside the pictures weren't read.",)
    (tmp_path / "source").mkdir()
    make_films(tmp_path / "source", ["film.mov"], 0)
    assert extract(tmp_path / "source", tmp_path, "source", limits).notes == (
        "1 film beside the pictures wasn't read.",
    )


@pytest.mark.parametrize("name", [b"film.mp4", b"films/holiday", b"../a.png", b"backup.zip", b"a.txt", b"\xff.mkv"])
def test_entries_that_arent_taken_claim_nothing(take, raw_zip, entry, picture, name):
    extraction = take(raw_zip([entry(b"cats/a.png", picture(1)), entry(name, b"some", size=25 * GIGABYTE)]))
    assert labels(extraction) == ["cats/a.png"]
    assert len(extraction.skipped) + extraction.num_ignored == 1


@pytest.mark.parametrize("name", [b"cats/b.png", b"b.JPG", b"cats\\b.tif"])
def test_entries_that_are_called_pictures_do(refusal, raw_zip, entry, picture, name):
    text = refusal(raw_zip([entry(b"cats/a.png", picture(1)), entry(name, b"some", size=25 * GIGABYTE)]))
    assert "some.zip claims 25.0 GB" in text


@pytest.mark.parametrize("make", [os.mkfifo, make_socket, lambda path: path.symlink_to("/dev/zero")])
def test_a_source_that_is_no_file_is_refused_at_once(tmp_path, limits, make):
    make(tmp_path / "x.zip")
    with pytest.raises(
        DatasetError, match=r"It can't be opened: it is a (named pipe|socket|device), not a file. Check"
    ):
        extract(tmp_path / "x.zip", tmp_path, "x.zip", limits)


def test_a_path_that_is_too_long_is_said_in_short(tmp_path, limits):
    with pytest.raises(DatasetError, match="It can't be opened: File name too long") as caught:
        extract(tmp_path / ("a" * 5000), tmp_path, "a", limits)
    assert len(str(caught.value)) < 500


def test_pictures_that_become_pipes_while_a_folder_is_read(tmp_path, picture, limits):
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    target.mkdir()
    for number in range(3):
        (source / f"{number}.png").write_bytes(picture(number))
    members = folder_members(source, limits)
    for number in range(2):
        (source / f"{number}.png").unlink()
    os.mkfifo(source / "0.png")
    (source / "1.png").symlink_to(tmp_path / "elsewhere")
    taken = []
    for member in members.items:
        with suppress(DamagedMember):
            taken.append(b"".join(member.chunks()))
    assert taken == [picture(2)]
    late = folder_members(source, limits)
    member = next(member for member in late.items if member.name == "2.png")
    (source / "2.png").unlink()
    os.mkfifo(source / "2.png")
    with pytest.raises(DamagedMember, match=r"it can't be read \(it is a named pipe, not a file\)"):
        next(member.chunks())


def test_counting_the_files_of_a_folder_can_be_stopped(tmp_path, limits):
    for number in range(1000):
        (tmp_path / f"{number}.txt").touch()
    with pytest.raises(Stopped):
        folder_members(tmp_path, limits, lambda: True)


def test_texts_beside_pictures_have_a_limit_of_their_own(tmp_path, picture):
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    target.mkdir()
    (source / "a.png").write_bytes(picture(1))
    for number in range(29):
        (source / f"{number}.txt").touch()
    assert extract(source, target, "source", ImportLimits(entries=3, free_disk_bytes=0)).num_ignored == 29
    (source / "more.txt").touch()
    with pytest.raises(DatasetError, match="source holds more than 30 files"):
        extract(source, tmp_path, "source", ImportLimits(entries=3))


def test_a_folder_with_too_many_files(tmp_path, limits):
    source = tmp_path / "source"
    source.mkdir()
    for number in range(4):
        (source / f"{number}.png").touch()
    with pytest.raises(DatasetError, match="source holds more than 3 files"):
        extract(source, tmp_path, "source", ImportLimits(entries=3))
