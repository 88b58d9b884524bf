"""Uploads from their token to their last byte: who may send what, and in which words it ends."""

import shutil
import threading
import time
from contextlib import suppress
from dataclasses import replace

import pytest

from core.errors import Stopped
from core.progress import never_stop
from core.settings import GIGABYTE, ImportLimits
from pages.components.imports import uploads as module
from pages.components.imports.uploads import RecentThroughput, Upload, UploadInterrupted, UploadRefused, Uploads, label
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
    assert isinstance(receiving.error, UploadInterrupted)
    assert (receiving.error.name, receiving.error.share) == ("pets.zip", 0.5)


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
