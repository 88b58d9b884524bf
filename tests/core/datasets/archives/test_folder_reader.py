"""Folders on this machine: what is read, what is left out, and what counts towards the limits."""

import os
import shutil
from contextlib import suppress

import pytest

from core.datasets.archives.archive import extract
from core.datasets.archives.folder_reader import folder_members
from core.datasets.archives.members import DamagedMember
from core.errors import DatasetError, Stopped
from core.settings import GIGABYTE, MEGABYTE, ImportLimits
from tests.core.datasets.archives.conftest import labels, skipped


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


def write_bytes_named(folder, names, picture):
    for number, name in enumerate(names):
        path = os.fsencode(folder) + b"/" + name
        os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120 (a Path can't hold it)
        with open(path, "wb") as file:  # noqa: PTH123
            file.write(picture(number))


@pytest.mark.parametrize(
    ("encoding", "classes"),
    [("gb18030", ["猫", "狗"]), ("cp932", ["表", "表裏"]), ("cp1252", ["Kätzchen", "Hündchen"])],
)
def test_a_folder_with_names_that_arent_utf8(tmp_path, picture, limits, encoding, classes):
    source, target = tmp_path / "source", tmp_path / "target"
    target.mkdir()
    names = [f"{name}/{number}.png" for name in [*classes, "cats"] for number in range(2)]
    write_bytes_named(source, [name.encode(encoding) for name in names], picture)
    extraction = extract(source, target, "source", limits)
    assert sorted(labels(extraction)) == sorted(names) and not extraction.skipped
    (note,) = extraction.receipt
    assert (note.parameters["archive"], note.parameters["encoding"]) == ("source", encoding)
    shutil.rmtree(target)
    target.mkdir()
    told = extract(source, target, "source", limits, encoding=encoding)
    assert sorted(labels(told)) == sorted(names)
    assert [note.code for note in told.receipt] == ["asked_name_encoding"]


def test_a_folder_with_names_in_utf8_is_read_as_it_is(tmp_path, picture, limits):
    source, target = tmp_path / "source", tmp_path / "target"
    target.mkdir()
    write_bytes_named(source, ["è/1.png".encode(), "ñ/1.png".encode()], picture)
    extraction = extract(source, target, "source", limits, encoding="gbk")
    assert labels(extraction) == ["è/1.png", "ñ/1.png"] and not extraction.receipt


def make_films(folder, names, size):
    """Makes files of this size that take no space."""
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
