import itertools
import shutil
import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from core.datasets.layouts.layout import AmbiguousLayout
from core.datasets.store.store import DatasetStore
from core.errors import CoreError, Stopped
from core.progress import ignore_event, never_stop
from core.settings import GIGABYTE, ImportLimits
from pages.components.imports import uploads as module
from pages.components.imports.source_imports import UndecidedImport
from pages.components.imports.upload_imports import UploadImport
from pages.components.imports.uploads import RecentThroughput, Upload, UploadRefused, Uploads, label
from tests.pages.conftest import wait_until

SESSION = "session"


def here(session_id: str) -> bool:
    return session_id == SESSION


@pytest.fixture
def uploads(home):
    return Uploads(home)


class Receiving:
    """A thread that waits for an upload, and its outcome."""

    def __init__(self, upload: Upload, path, should_stop=never_stop) -> None:
        self.events = []
        self.error = None
        self._thread = threading.Thread(target=self._receive, args=(upload, path, should_stop))
        self._thread.start()

    def _receive(self, upload, path, should_stop) -> None:
        try:
            upload.receive(path, self.events.append, should_stop)
        except (UploadRefused, Stopped) as error:
            self.error = error

    def end(self) -> None:
        self._thread.join(10)
        assert not self._thread.is_alive()


def test_a_file_arrives_piece_by_piece(uploads, home, tmp_path):
    upload = uploads.expect("pets.zip", 6, SESSION)
    receiving = Receiving(upload, tmp_path / "file")
    uploads.claim(upload.token, here).write(b"abc")
    wait_until(lambda: receiving.events and receiving.events[-1].step == 3)
    assert receiving.events[-1].phase == "upload"
    assert receiving.events[-1].total == 6
    assert uploads.is_awaited(upload.token)
    upload.write(b"def")
    upload.end()
    receiving.end()
    assert receiving.error is None
    assert (tmp_path / "file").read_bytes() == b"abcdef"
    assert not uploads.is_awaited(upload.token)


def test_a_token_can_be_used_once(uploads):
    upload = uploads.expect("pets.zip", 6, SESSION)
    assert uploads.claim(upload.token, here) is upload
    with pytest.raises(UploadRefused, match="This upload isn't expected, or no longer") as refused:
        uploads.claim(upload.token, here)
    assert refused.value.status == 403


def test_an_unknown_token_is_refused(uploads):
    uploads.expect("pets.zip", 6, SESSION)
    with pytest.raises(UploadRefused) as refused:
        uploads.claim("guess", here)
    assert refused.value.status == 403


def test_a_token_is_invalid_once_its_session_is_gone(uploads):
    upload = uploads.expect("pets.zip", 6, SESSION)
    with pytest.raises(UploadRefused):
        uploads.claim(upload.token, lambda session_id: False)
    assert upload.has_ended


def test_a_token_expires_and_the_import_says_so(uploads, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "SECONDS_TO_BEGIN", 0.2)
    upload = uploads.expect("pets.zip", 6, SESSION)
    receiving = Receiving(upload, tmp_path / "file")
    receiving.end()
    assert str(receiving.error) == "The upload of pets.zip never began. Choose the file again."
    with pytest.raises(UploadRefused):
        uploads.claim(upload.token, here)


def test_tokens_differ_and_reveal_nothing(uploads):
    tokens = set()
    for _ in range(20):
        upload = uploads.expect("pets.zip", 6, SESSION)
        tokens.add(upload.token)
        upload.forget()
    assert len(tokens) == 20
    assert min(map(len, tokens)) >= 43


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


def test_many_at_once_do_not_slip_through_together(uploads):
    taken, start = [], threading.Barrier(12)

    def ask() -> None:
        start.wait()
        with suppress(UploadRefused):
            taken.append(uploads.expect("pets.zip", 6, SESSION))

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == module.MOST_OF_A_SESSION


def test_an_upload_that_never_began_counts_no_longer_than_its_token(uploads, monkeypatch):
    monkeypatch.setattr(module, "SECONDS_TO_BEGIN", 0.0)
    kept = [uploads.expect("pets.zip", 6, SESSION) for _ in range(5)]
    assert not any(upload.takes_room for upload in kept)


def test_what_others_were_promised_counts_against_the_disk(home):
    free_bytes = shutil.disk_usage(home.home.parent).free
    uploads = Uploads(replace(home, import_limits=ImportLimits(total_bytes=2**60, free_disk_bytes=0)))
    share = free_bytes * 2 // 5
    first = uploads.expect("a.zip", share, "one")
    second = uploads.expect("b.zip", share, "two")
    with pytest.raises(UploadRefused, match=r"too little room for c\.zip") as refused:
        uploads.expect("c.zip", share, "three")
    assert refused.value.status == 507
    second.fail(module.GONE, "The connection broke off.")
    uploads.expect("c.zip", share, "three")
    assert first.missing_bytes == share


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


@pytest.mark.parametrize(
    "size, status, words",
    [
        (0, 400, "pets.zip is empty"),
        (2 * GIGABYTE, 413, "pets.zip has 2.0 GB. At most 1.0 GB are taken at once."),
        (GIGABYTE // 2, 507, "The disk has too little room for pets.zip (512 MB)."),
    ],
)
def test_a_file_that_cannot_be_accepted_is_refused_before_it_is_sent(home, size, status, words):
    free_bytes = shutil.disk_usage(home.home.parent).free
    limits = ImportLimits(total_bytes=GIGABYTE, free_disk_bytes=free_bytes - GIGABYTE // 4)
    with pytest.raises(UploadRefused) as refused:
        Uploads(replace(home, import_limits=limits)).expect("pets.zip", size, SESSION)
    assert refused.value.status == status
    assert str(refused.value).startswith(words)


def test_a_folder_that_can_not_be_written_is_named(home):
    home.home.mkdir()
    home.datasets.write_text("no folder")
    with pytest.raises(UploadRefused, match=r"pets\.zip can't be written to .*datasets \(File exists\)") as refused:
        Uploads(home).expect("pets.zip", 6, SESSION)
    assert refused.value.status == 507


def test_a_folder_that_is_gone_meanwhile_ends_the_import_with_a_sentence(home):
    upload = Uploads(home).expect("pets.zip", 6, SESSION)
    home.datasets.rmdir()
    home.datasets.write_text("no folder")
    with pytest.raises(UploadRefused, match=r"pets\.zip can't be written to"):
        UploadImport(DatasetStore(home), upload).work()(ignore_event, never_stop)
    assert upload.has_ended


def test_a_disk_that_fills_up_meanwhile_ends_the_upload(home, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "BYTES_BETWEEN_DISK_CHECKS", 4)
    upload = Upload("pets.zip", 8, SESSION, replace(home, import_limits=ImportLimits(free_disk_bytes=2**60)))
    receiving = Receiving(upload, tmp_path / "file")
    upload.write(b"abc")
    with pytest.raises(UploadRefused, match=r"The disk has too little room for pets\.zip") as refused:
        upload.write(b"defg")
    assert refused.value.status == 507
    receiving.end()
    assert receiving.error is upload.refusal


def test_more_bytes_than_were_announced_are_refused(uploads, tmp_path):
    upload = uploads.expect("pets.zip", 4, SESSION)
    receiving = Receiving(upload, tmp_path / "file")
    with pytest.raises(UploadRefused, match=r"pets\.zip is longer than it was when it was chosen") as refused:
        upload.write(b"abcde")
    assert refused.value.status == 413
    receiving.end()
    assert str(receiving.error).startswith("pets.zip is longer")


def test_a_lost_connection_is_reported(uploads, tmp_path):
    upload = uploads.expect("pets.zip", 2048, SESSION)
    receiving = Receiving(upload, tmp_path / "file")
    upload.write(b"a" * 1024)
    upload.end()
    receiving.end()
    assert str(receiving.error) == (
        "The connection broke off after 1 KB of 2 KB of pets.zip. Nothing of it was kept. Upload it again."
    )


def test_a_stopped_upload_accepts_no_more(uploads, tmp_path):
    stopping = threading.Event()
    upload = uploads.expect("pets.zip", 6, SESSION)
    receiving = Receiving(upload, tmp_path / "file", stopping.is_set)
    upload.write(b"abc")
    stopping.set()
    receiving.end()
    assert isinstance(receiving.error, Stopped)
    with pytest.raises(UploadRefused, match=r"The upload of pets\.zip was stopped") as refused:
        upload.write(b"def")
    assert refused.value.status == 410


def test_a_file_that_never_got_through_is_reported_with_advice(uploads, tmp_path):
    upload = uploads.expect("pets.zip", 6, SESSION)
    receiving = Receiving(upload, tmp_path / "file")
    uploads.give_up(upload.token)
    receiving.end()
    assert "Name a folder or zip on this server instead." in str(receiving.error)
    uploads.give_up(upload.token)


@pytest.mark.parametrize(
    ("status", "words"), [(403, "TRANSFER_STUDIO_HOSTS"), (413, "client_max_body_size"), (502, "wasn't started with")]
)
def test_the_advice_depends_on_the_status_the_browser_got(uploads, status, words):
    upload = uploads.expect("pets.zip", 6, SESSION)
    uploads.give_up(upload.token, status)
    assert words in str(upload.refusal)


@pytest.mark.parametrize(
    "name, shown",
    [
        ("pets.zip", "pets.zip"),
        ("../../etc/pets.zip", "pets.zip"),
        (r"C:\pets.zip", "pets.zip"),
        ("pets\u202ezip.exe\n", "pets\\u202ezip.exe"),
        ("  ", "The file"),
        ("", "The file"),
        ("x" * 5000, "x" * 200),
    ],
)
def test_a_name_is_only_a_label(name, shown):
    assert label(name) == shown


def test_pace_is_measured_over_the_last_seconds(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    pace = RecentThroughput(1000)
    for second in range(1, 11):
        now[0] += 1
        event = pace.event(10 * second)
    assert event.metrics == {"bytes_per_second": 10, "seconds_left": 90}
    for _ in range(10):
        now[0] += 1
        event = pace.event(100)
    assert event.metrics == {"bytes_per_second": 0}


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
