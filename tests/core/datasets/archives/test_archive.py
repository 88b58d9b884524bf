"""Untrusted archives: what is taken, what is skipped and why, what is refused."""

import stat

import numpy as np
import pytest

from core.datasets.archives.archive import extract
from core.errors import Stopped
from core.settings import MEGABYTE, ImportLimits
from core.wording.dataset_notes import dataset_note
from tests.core.datasets.archives.conftest import labels, skipped

# What is taken


def test_pictures_get_names_of_our_own_by_their_content(take, zip_of, picture, tmp_path):
    extraction = take(zip_of({"cats/a.png": picture(1), "dogs/b.PNG": picture(2, "JPEG"), "dogs/c": picture(3, "GIF")}))
    assert [file.file_name for file in extraction.files] == ["00000000.png", "00000001.jpg", "00000002.gif"]
    assert labels(extraction) == ["cats/a.png", "dogs/b.PNG", "dogs/c"]
    assert (tmp_path / "pictures" / "00000001.jpg").read_bytes() == picture(2, "JPEG")


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
    names = ["cats/A.png", "cats/a.png", "cats/\u00e9.png", "cats/e\u0301.png", "Cats/a.png"]
    extraction = take(zip_of({name: picture(number) for number, name in enumerate(names)}))
    assert len(extraction.files) == 5
    assert len(extraction.notes) == 2
    assert (
        dataset_note(extraction.notes[0])
        == "cats/a.png differs from another name only by case or accents. Both are kept."
    )


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
    assert tuple(map(dataset_note, extraction.notes)) == (
        "b.csv wasn't read for classes: tables of more than 0 MB aren't read.",
    )
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


def test_pictures_of_cameras_and_scanners_are_named_for_what_they_are(take, zip_of, picture):
    tiff, dicom = picture(1, "TIFF"), b"\0" * 128 + b"DICM" + b"\0" * 400
    files = {"cats/a.DNG": tiff, "cats/b.nef": b"\1" * 600, "cats/c": dicom, "cats/d.dcm": b"\x08\0" * 300}
    good = {"cats/e.tif": tiff, "cats/f.dng": picture(2, "JPEG")}
    extraction = take(zip_of(files | good | {"cats/g.nef": b""}))
    raw = "not a picture that can be read, it is a camera's raw picture (export it as JPEG)"
    scan = "not a picture that can be read, it is a DICOM picture (convert it to PNG or JPEG)"
    empty = "empty, it has 0 bytes"
    assert labels(extraction) == list(good)
    assert skipped(extraction) == dict(zip([*files, "cats/g.nef"], [raw, raw, scan, scan, empty], strict=True))


def test_archives_inside_are_never_opened(take, zip_of, picture):
    inner = zip_of({"cats/b.png": picture(1)})
    extraction = take(zip_of({"inner.zip": inner, "cats/hidden.png": inner, "cats/a.png": picture(2)}))
    assert labels(extraction) == ["cats/a.png"]
    assert skipped(extraction) == {
        "inner.zip": "archives inside an archive aren't opened, unpack it first",
        "cats/hidden.png": "not a picture that can be read, it is a zip archive",
    }


def test_an_entry_above_its_cap_is_skipped(take, raw_zip, entry, picture):
    limits = ImportLimits(entry_bytes=MEGABYTE, free_disk_bytes=0)
    honest = entry(b"cats/a.png", picture(1, side=640))
    extraction = take(raw_zip([honest, entry(b"cats/b.png", picture(2))]), limits)
    assert skipped(extraction) == {"cats/a.png": "it is larger than 1 MB"}


# What is refused as a whole


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


def test_what_is_left_out_is_counted_by_its_kind(tmp_path, picture, zip_of, take, limits):
    names = ["a.mp4", "b.MKV", "c.mp3", "d.safetensors", "e.txt"]
    extraction = take(zip_of(dict.fromkeys(names, b"some") | {"cats/a.png": picture(1)}))
    assert extraction.num_ignored == 5
    assert tuple(map(dataset_note, extraction.notes)) == (
        "2 films, 1 sound and 1 model file beside the pictures weren't read.",
    )
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "film.mov").touch()
    assert tuple(map(dataset_note, extract(tmp_path / "source", tmp_path, "source", limits).notes)) == (
        "1 film beside the pictures wasn't read.",
    )
