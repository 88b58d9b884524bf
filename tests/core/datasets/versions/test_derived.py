"""How a version relates to its parent: lineage and files."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.datasets.edit import Edit
from core.datasets.index import DatasetIndex
from core.datasets.sample import Sample
from core.datasets.versions.derived import rehomed_children, take_over, without_circle
from core.errors import DatasetError, Stopped
from core.progress import ignore_event, never_stop

CONTENT = [b"one", b"two", b"three"]
EXABYTE = 1024**6


@pytest.fixture
def parent(tmp_path: Path) -> DatasetIndex:
    folder = tmp_path / "parent"
    (folder / "pictures").mkdir(parents=True)
    for number, content in enumerate(CONTENT):
        (folder / f"pictures/{number}.png").write_bytes(content)
    samples = [Sample(f"pictures/{number}.png", 0, "", "", str(number), 1, 1) for number in range(len(CONTENT))]
    return DatasetIndex("a", "pets", ("cat",), tuple(samples), (), 0, folder)


@pytest.fixture
def other_disk() -> Iterator[Path]:
    """A folder that can't have hard links to the temporary folder, if this machine has one."""
    shared_memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shared_memory if os.access(shared_memory, os.W_OK) else None) as folder:
        yield Path(folder)


def version(number: int, parent: str = "", *edits: Edit) -> DatasetIndex:
    return DatasetIndex(str(number), f"set {number}", ("cat",), (), (), 0, Path("/data"), parent=parent, edits=edits)


def contents(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted((folder / "pictures").iterdir())]


# Lineage


def test_versions_of_a_deleted_data_set_go_to_its_parent():
    first, second = Edit("remove", ("a",)), Edit("remove", ("b",))
    every = [version(1), version(2, "1", first), version(3, "2", second), version(4, "1")]
    assert rehomed_children(every[1], every) == [version(3, "1", first, second)]


def test_the_versions_of_an_import_that_is_deleted_stay_as_they_are():
    every = [version(1), version(2, "1", Edit("remove", ("a",)))]
    assert rehomed_children(every[0], every) == []


def test_nothing_becomes_its_own_ancestor():
    every = [version(2, "1"), version(3, "2")]
    back = version(1, "3", Edit("remove", ("a",)))
    assert without_circle(back, every) == version(1)
    assert without_circle(version(4, "3"), every) == version(4, "3")
    assert without_circle(version(4), every) == version(4)


# Files


def test_pictures_are_shared_and_outlive_the_parent(parent, tmp_path):
    events = []
    take_over(parent, parent.samples[1:], tmp_path / "child", 0, events.append, never_stop)
    assert contents(tmp_path / "child") == CONTENT[1:]
    assert (tmp_path / "child/pictures/1.png").samefile(parent.picture_path(parent.samples[1]))
    assert [(event.phase, event.step, event.total) for event in events] == [("version", 0, 2), ("version", 2, 2)]
    shutil.rmtree(parent.folder)
    assert contents(tmp_path / "child") == CONTENT[1:]


def test_pictures_are_copied_where_the_disk_has_no_links(parent, other_disk):
    take_over(parent, parent.samples, other_disk, 0, ignore_event, never_stop)
    assert contents(other_disk) == CONTENT
    is_other = other_disk.stat().st_dev != parent.folder.stat().st_dev
    assert is_other != (other_disk / "pictures/1.png").samefile(parent.picture_path(parent.samples[1]))


def test_copies_need_room(parent, other_disk):
    shared = other_disk.stat().st_dev == parent.folder.stat().st_dev
    try:
        take_over(parent, parent.samples, other_disk, EXABYTE, ignore_event, never_stop)
    except DatasetError as error:
        assert str(error) == (
            "The disk has too little room for a version of pets. Free some space, or set TRANSFER_STUDIO_HOME to a "
            "folder on a larger disk."
        )
        assert contents(other_disk) == []
    else:
        assert shared


def test_a_parent_deleted_meanwhile_is_reported(parent, tmp_path):
    parent.picture_path(parent.samples[1]).unlink()
    with pytest.raises(DatasetError) as caught:
        take_over(parent, parent.samples, tmp_path / "child", 0, ignore_event, never_stop)
    assert str(caught.value) == (
        "pets was deleted meanwhile, or its picture pictures/1.png is gone. Choose another data set."
    )


def test_stopping(parent, tmp_path):
    events = []
    samples = [replace(parent.samples[0], path=f"pictures/{number}.png") for number in range(3)]
    with pytest.raises(Stopped):
        take_over(parent, samples, tmp_path / "child", 0, events.append, lambda: bool(events))
