"""Several zips of one download, and pieces of a split archive: what is read together, and what users are told."""

import io

import pytest

from core.datasets.archives.parts import download_name, lone_part, parts_beside, told_of_parts
from core.datasets.layouts.layout import AmbiguousLayout
from core.errors import DatasetError
from core.wording.coded import Note
from core.wording.dataset_notes import dataset_note

DOWNLOAD = "pets-20260102T030405Z"
PIECE = (
    "is one piece of a split archive. Put all the pieces into one folder, unpack the first one with a program such as "
    "7-Zip, and import the resulting folder."
)


@pytest.fixture
def parts(tmp_path, zip_of, picture):
    """A download in two parts, one class each."""
    paths = []
    for number, name in enumerate(("cats", "dogs"), 1):
        files = {f"pets/{name}/{n}.png": picture(10 * number + n) for n in range(3)}
        paths.append(tmp_path / f"{DOWNLOAD}-{number:03d}.zip")
        paths[-1].write_bytes(zip_of(files))
    return paths


@pytest.mark.parametrize("which", [0, 1])
def test_the_parts_of_a_download_are_read_together(store, parts, which):
    dataset = store.import_source(parts[which])
    assert (dataset.name, dataset.class_names) == (DOWNLOAD, ("cats", "dogs"))
    assert len(dataset.samples) == 6 and not dataset.skipped
    names = [path.name for path in parts]
    assert dataset.notes == (Note("parts_together", {"names": names, "missing": []}),)
    assert dataset_note(dataset.notes[0]) == (
        f"{DOWNLOAD}-001.zip and {DOWNLOAD}-002.zip were read together, as parts of one download."
    )


def test_a_part_that_is_missing_is_said(store, parts):
    parts[1].rename(parts[1].with_name(f"{DOWNLOAD}-004.zip"))
    dataset = store.import_source(parts[0])
    assert dataset_note(dataset.notes[0]).endswith(" Parts 2 and 3 are missing.")


def test_a_part_alone_says_where_the_others_may_be(store, parts, zip_of, picture):
    parts[0].unlink()
    lone = f"{DOWNLOAD}-002.zip is named like part 2 of a download. Its other parts, such as "
    with pytest.raises(DatasetError, match="has only one class, dogs") as caught:
        store.import_source(parts[1])
    assert f" {lone}{DOWNLOAD}-001.zip, aren't beside it: put all of them" in str(caught.value)
    files = {f"pets/{name}/{n}.png": picture(100 * n + k) for n in range(3) for k, name in enumerate(("cats", "dogs"))}
    upload = io.BytesIO(zip_of(files))
    dataset = store.import_source(upload, label=parts[1].name)
    assert [dataset_note(note).startswith(lone) for note in dataset.notes] == [True]


def test_an_upload_of_the_first_part_says_that_there_may_be_others():
    (note,) = lone_part("pets-001.zip")
    assert dataset_note(note) == (
        "pets-001.zip is named like part 1 of a download. If there are others, such as pets-002.zip, put all of them "
        "into one folder on this machine and import one by its path, so that they are read together."
    )


def test_zips_with_files_of_the_same_name_arent_parts_of_one_download(store, tmp_path, zip_of, picture):
    for number in (1, 2):
        files = {f"{name}/{n}.png": picture(100 * number + 10 * k + n) for n in range(3) for k, name in enumerate("ab")}
        (tmp_path / f"batch-{number:03d}.zip").write_bytes(zip_of(files))
    dataset = store.import_source(tmp_path / "batch-002.zip")
    assert (dataset.name, len(dataset.samples), dataset.notes) == ("batch-002", 6, (dataset.notes[0],))
    assert dataset_note(dataset.notes[0]) == (
        "batch-001.zip was not read together with batch-002.zip, although named as if from one download: it has files "
        "with the same names."
    )


def test_what_isnt_read_may_be_in_several_parts(store, tmp_path, zip_of, picture):
    for number, name in enumerate(("cats", "dogs"), 1):
        files = {f"{name}/{n}.png": picture(10 * number + n) for n in range(3)}
        junk = {"README.txt": b"hello", "Thumbs.db": b"small ones", "__MACOSX/._cats": b""}
        (tmp_path / f"pets-{number:03d}.zip").write_bytes(zip_of(files | junk))
    assert store.import_source(tmp_path / "pets-001.zip").class_names == ("cats", "dogs")


def test_a_damaged_part_is_named(store, parts):
    parts[1].write_bytes(parts[1].read_bytes()[:-9])
    with pytest.raises(DatasetError, match=rf"^{DOWNLOAD}-002.zip is a damaged zip"):
        store.import_source(parts[0])


def test_which_files_are_parts(tmp_path):
    names = ["a-001.zip", "A-002.zip", "a-003.ZIP", "a-10.zip", "a-004.tar", "b-001.zip", "a.zip", "a-002.zip"]
    for name in names:
        (tmp_path / name).touch()
    (tmp_path / "a-005.zip").mkdir()
    assert [path.name for path in parts_beside(tmp_path / "a-002.zip")] == ["a-001.zip", "a-002.zip", "a-003.ZIP"]
    assert parts_beside(tmp_path / "a.zip") == [tmp_path / "a.zip"]
    assert parts_beside(tmp_path / "gone" / "a-001.zip") == [tmp_path / "gone" / "a-001.zip"]
    assert (download_name("a-001.zip"), download_name("a.zip")) == ("a", "a.zip")
    assert not lone_part("a.zip") and not lone_part("a-2026.zip")


@pytest.mark.parametrize("name", ["pets.zip.001", "pets.zip.002", "pets.z01", "pets.tar.gz.001"])
def test_a_piece_of_an_archive_is_named(store, parts, tmp_path, name):
    data = parts[0].read_bytes()
    (tmp_path / name).write_bytes(data[: len(data) // 2] if name.endswith("1") else data[len(data) // 2 :])
    with pytest.raises(DatasetError) as caught:
        store.import_source(tmp_path / name)
    assert str(caught.value) == f"{name} {PIECE}"


def test_questions_to_the_user_stay_what_they_are():
    with pytest.raises(AmbiguousLayout) as caught, told_of_parts("pets-001.zip", is_alone=True):
        raise AmbiguousLayout([Note("every_way", {"name": "pets-001.zip"})], [])
    assert str(caught.value) == "pets-001.zip can be read in these ways."
