import io
import threading

import pytest

from core.errors import DatasetError, Stopped
from core.events import Event
from pages.components.imports import CHUNK_BYTES, UNFORESEEN, ImportJobs, import_upload, store_upload

PATIENCE_SECONDS = 10


def finished(job):
    assert job.ended.wait(PATIENCE_SECONDS)
    return job


def test_job_keeps_progress_and_result():
    reported, release = threading.Event(), threading.Event()

    def work(on_event, should_stop):
        on_event(Event("pictures", 1, 2))
        reported.set()
        release.wait(PATIENCE_SECONDS)
        return "the data set"

    jobs = ImportJobs()
    job = jobs.start("pets", work)
    assert reported.wait(PATIENCE_SECONDS)
    assert job.progress == Event("pictures", 1, 2, time=job.progress.time)
    assert jobs.running() is job
    release.set()
    assert finished(job).dataset == "the data set"
    assert jobs.running() is None
    assert jobs.get(job.id) is job


def test_job_keeps_the_sentence_of_an_error():
    def work(on_event, should_stop):
        raise DatasetError("Expected a zip. Received a poem. Send a zip.")

    job = finished(ImportJobs().start("pets", work))
    assert job.error == "Expected a zip. Received a poem. Send a zip."
    assert job.dataset is None


def test_job_that_was_stopped_has_neither_result_nor_error():
    def work(on_event, should_stop):
        while not should_stop():
            on_event(Event("pictures"))
        raise Stopped

    job = ImportJobs().start("pets", work)
    job.stopping.set()
    assert finished(job).error == ""
    assert job.dataset is None


def test_a_bug_ends_the_job_with_a_sentence():
    job = finished(ImportJobs().start("pets", lambda on_event, should_stop: 1 / 0))
    assert job.error == UNFORESEEN


def test_upload_is_stored_in_pieces_with_progress(tmp_path):
    content = bytes(CHUNK_BYTES) + b"end"
    events = []
    store_upload(io.BytesIO(content), tmp_path / "new" / "file", len(content), events.append, lambda: False)
    assert (tmp_path / "new" / "file").read_bytes() == content
    assert [(event.step, event.total) for event in events] == [
        (CHUNK_BYTES, len(content)),
        (len(content), len(content)),
    ]


def test_upload_leaves_nothing_behind_whatever_happens(tmp_path):
    def refuse(path, **more):
        assert path.read_bytes() == b"content"
        raise DatasetError("No.")

    work = import_upload(io.BytesIO(b"content"), "pets", 7, tmp_path / "uploads", refuse)
    with pytest.raises(DatasetError):
        work(lambda event: None, lambda: False)
    with pytest.raises(Stopped):
        work(lambda event: None, lambda: True)
    assert list((tmp_path / "uploads").iterdir()) == []


def test_upload_is_imported_under_the_name_it_was_given(tmp_path):
    def import_source(path, name, on_event, should_stop):
        return name, path.parent == tmp_path

    work = import_upload(io.BytesIO(b"content"), "pets", 7, tmp_path, import_source)
    assert work(lambda event: None, lambda: False) == ("pets", True)
