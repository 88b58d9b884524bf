import threading

from core.errors import DatasetError, Stopped
from core.events import Event
from pages.components.background.jobs import DERIVE, IMPORT, UNFORESEEN, Jobs

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

    jobs = Jobs()
    job = jobs.start(IMPORT, "pets", work)
    assert reported.wait(PATIENCE_SECONDS)
    assert job.progress == Event("pictures", 1, 2, time=job.progress.time)
    assert jobs.running() == [job]
    release.set()
    assert finished(job).result == "the data set"
    assert jobs.running() == []
    assert jobs.get(job.id) is job


def test_a_job_keeps_the_message_of_an_error():
    def work(on_event, should_stop):
        raise DatasetError("Expected a zip. Received a poem. Send a zip.")

    job = finished(Jobs().start(IMPORT, "pets", work))
    assert job.error == "Expected a zip. Received a poem. Send a zip."
    assert job.result is None


def test_job_that_was_stopped_has_neither_result_nor_error():
    def work(on_event, should_stop):
        while not should_stop():
            on_event(Event("pictures"))
        raise Stopped

    job = Jobs().start(IMPORT, "pets", work)
    job.stopping.set()
    assert finished(job).error == ""
    assert job.result is None


def test_a_bug_ends_the_job_with_a_message():
    job = finished(Jobs().start(IMPORT, "pets", lambda on_event, should_stop: 1 / 0))
    assert job.error == UNFORESEEN


def test_one_job_of_a_kind_works_on_a_data_set():
    release = threading.Event()
    jobs = Jobs()
    first = jobs.start(DERIVE, "Pets", lambda on_event, should_stop: release.wait(PATIENCE_SECONDS), about="abc")
    assert jobs.start(DERIVE, "Pets", lambda on_event, should_stop: "another", about="abc") is first
    other = finished(jobs.start(DERIVE, "Birds", lambda on_event, should_stop: "done", about="def"))
    assert jobs.running(DERIVE) == [first]
    assert jobs.running(IMPORT) == []
    release.set()
    finished(first)
    assert jobs.latest(DERIVE, "abc") is first
    assert jobs.latest(DERIVE, "def") is other
    assert jobs.latest(IMPORT, "abc") is None
    again = finished(jobs.start(DERIVE, "Pets", lambda on_event, should_stop: "again", about="abc"))
    assert jobs.latest(DERIVE, "abc") is again


def test_job_that_has_ended_is_forgotten():
    jobs = Jobs()
    job = finished(jobs.start(IMPORT, "pets", lambda on_event, should_stop: "done"))
    jobs.forget(job.id)
    assert jobs.get(job.id) is None
