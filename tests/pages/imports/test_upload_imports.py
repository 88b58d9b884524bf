"""Imports of files that are still on their way: whatever becomes of them, nothing is left on the disk."""

import itertools
import shutil
import threading
from pathlib import Path

import pytest

from core.datasets.layouts.layout import AmbiguousLayout
from core.datasets.store.store import DatasetStore
from core.errors import CoreError, Stopped
from core.progress import ignore_event, never_stop
from pages.components.imports import uploads as module
from pages.components.imports.source_imports import UndecidedImport
from pages.components.imports.upload_imports import UploadImport
from pages.components.imports.uploads import UploadRefused, Uploads

SESSION = "session"


def sent(home, path) -> UploadImport:
    """Returns the import of an upload that has already arrived completely."""
    content = path.read_bytes()
    upload = Uploads(home).expect(path.name, len(content), SESSION)

    def send() -> None:
        upload.write(content)
        upload.end()

    threading.Thread(target=send).start()
    return UploadImport(DatasetStore(home), upload)


def leftovers(home) -> list:
    return [path for path in home.datasets.iterdir() if path.name.startswith(".importing")]


@pytest.fixture
def two_ways(shape_folder, tmp_path):
    """An archive whose folders and file names name different classes."""
    root = tmp_path / "two"
    for folder in ("monday", "tuesday"):
        (root / folder).mkdir(parents=True)
    for number, path in enumerate(sorted(shape_folder.rglob("*.png"))):
        name = f"{path.parent.name}.{number}.png"
        path.rename(root / ("monday", "tuesday")[number % 2] / name)
    return tmp_path / shutil.make_archive(str(tmp_path / "two ways"), "zip", root)


def test_one_browser_and_all_of_them_send_only_so_many_files_at_once(home, shape_folder, tmp_path):
    archive = Path(shutil.make_archive(str(tmp_path / "pets"), "zip", shape_folder))
    uploads = Uploads(home)
    waiting = [uploads.expect(f"{number}.zip", 6, "one") for number in range(module.MOST_OF_A_SESSION)]
    with pytest.raises(UploadRefused, match=r"x\.zip can't be accepted now: 3 files of this browser are") as refused:
        uploads.expect("x.zip", 6, "one")
    assert refused.value.status == 429
    others = [uploads.expect("y.zip", 6, f"other {number}") for number in range(module.MOST_OF_ALL - len(waiting))]
    with pytest.raises(UploadRefused, match="8 files of all browsers are being sent or imported"):
        uploads.expect("z.zip", 6, "yet another")
    # An upload that has arrived counts until it is imported.
    content = archive.read_bytes()
    uploads.give_up(others[0].token)
    others[0].forget()
    upload = uploads.expect("pets.zip", len(content), "yet another")
    source = UploadImport(DatasetStore(home), upload)
    upload.claim()
    counted = []
    job = threading.Thread(target=lambda: source.work()(lambda event: counted.append(upload.takes_room), never_stop))
    job.start()
    upload.write(content)
    upload.end()
    job.join(60)
    assert all(counted)
    assert not upload.takes_room
    uploads.expect("z.zip", 6, "yet another")


ODD_NAMES = [
    "..",
    ".",
    ".zip",
    ".importing-x",
    "a\x00b.zip",
    "\ud800.zip",
    "x" * 5000 + ".zip",
    "%s{0}.zip",
    "-rf *.zip",
    "\u202epiz.exe",
    "![f](https:/host/x.png).zip",
    "🐈\u200d⬛.tar.gz",
    "CON.zip ",
]


@pytest.mark.parametrize(
    ("name", "end"),
    [*itertools.product(ODD_NAMES, ["broken off", "stopped"]), *((name, "not a zip") for name in ODD_NAMES[:3])],
)
def test_an_upload_of_any_name_that_ends_half_way_leaves_nothing(home, name, end):
    stopping = threading.Event()
    source = UploadImport(DatasetStore(home), Uploads(home).expect(name, 6, SESSION))
    errors = []

    def work() -> None:
        try:
            source.work()(ignore_event, stopping.is_set)
        except (CoreError, Stopped) as error:
            errors.append(error)

    job = threading.Thread(target=work)
    job.start()
    source.upload.write(b"abc")
    assert leftovers(home)
    if end == "stopped":
        stopping.set()
    else:
        if end == "not a zip":
            source.upload.write(b"def")
        source.upload.end()
    job.join(60)
    assert errors
    assert leftovers(home) == []


def test_a_folder_that_is_gone_meanwhile_ends_the_import_with_a_sentence(home):
    upload = Uploads(home).expect("pets.zip", 6, SESSION)
    home.datasets.rmdir()
    home.datasets.write_text("no folder")
    with pytest.raises(UploadRefused, match=r"pets\.zip can't be written to"):
        UploadImport(DatasetStore(home), upload).work()(ignore_event, never_stop)
    assert upload.has_ended


def test_an_upload_becomes_a_data_set_of_its_name_and_is_gone(home, shape_folder, tmp_path):
    archive = shutil.make_archive(str(tmp_path / "my pets"), "zip", shape_folder)
    dataset = sent(home, tmp_path / "my pets.zip").work()(ignore_event, never_stop)
    assert archive.endswith(f"{dataset.name}.zip")
    assert dataset.name == "my pets"
    assert leftovers(home) == []


def test_an_upload_that_isnt_an_archive_is_reported_and_removed(home, tmp_path):
    (tmp_path / "poem.zip").write_text("roses are red")
    source = sent(home, tmp_path / "poem.zip")
    with pytest.raises(Exception, match=r"poem\.zip is"):
        source.work()(ignore_event, never_stop)
    assert leftovers(home) == []


def test_an_upload_that_can_be_read_in_two_ways_is_kept_until_one_is_chosen(home, two_ways):
    source = sent(home, two_ways)
    with pytest.raises(AmbiguousLayout) as question:
        source.work()(ignore_event, never_stop)
    assert isinstance(question.value, UndecidedImport)
    assert leftovers(home)
    DatasetStore(home).sweep()
    by_name = next(candidate for candidate in question.value.candidates if "circle" in candidate.class_names)
    dataset = question.value.source.work(by_name.options)(ignore_event, never_stop)
    assert dataset.class_names == ("circle", "square", "stripes")
    assert leftovers(home) == []


def test_an_undecided_upload_can_be_discarded_and_says_so_when_it_is_gone(home, two_ways):
    source = sent(home, two_ways)
    with pytest.raises(UndecidedImport):
        source.work()(ignore_event, never_stop)
    source.discard()
    assert leftovers(home) == []
    with pytest.raises(UploadRefused, match=r"two ways\.zip was kept for an hour and is gone"):
        source.work("file_names")(ignore_event, never_stop)
