import threading

from core.errors import DatasetError, Stopped
from core.events import Event
from pages.components.imports import UNFORESEEN, ImportJobs

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
