"""What is at work is listed with how far it is and where it is shown."""

import threading

import pytest

from core.config.training_config import TrainingConfig
from core.events import Event
from core.experiments.experiment import Arm, Kind
from core.experiments.store import ExperimentStore
from core.runs.records.store import RunStatus
from core.runs.worker.liveness import worker_lock
from pages.components.at_work import items
from pages.components.background.jobs import AUDIT, DERIVE, IMPORT, PACK, SURVEY, Job
from pages.components.shell import session
from tests.pages.conftest import wait_until, words


@pytest.fixture
def waiting_job(app):
    """Returns a function that starts a job that works until the end of the test."""
    jobs, end = [], threading.Event()

    def start(kind: str, label: str, about: str = "") -> Job:
        def work(on_event, should_stop):
            on_event(Event("upload", 30, 40))
            end.wait()

        jobs.append(session.jobs().start(kind, label, work, about))
        wait_until(lambda: jobs[-1].progress is not None)
        return jobs[-1]

    yield start
    end.set()
    wait_until(lambda: not any(job.is_running for job in jobs))


def test_runs_come_first_then_jobs_then_the_queue(trained, app, waiting_job):
    config = TrainingConfig(image_size=32)
    runs = [trained.create("d", "Shapes", config, name=name) for name in ("First", "Second", "Third")]
    running = trained.claim(1)
    trained.folder(running.id).mkdir(parents=True, exist_ok=True)
    with worker_lock(trained.folder(running.id)):  # as its worker would hold it
        trained.append(running.id, Event("head", 3, 4))
        waiting_job(IMPORT, "cats.zip")
        found = items.at_work()
        app.run()
        trained.finish(running.id, RunStatus.STOPPED)
    for run in runs[1:]:
        trained.request_stop(run.id)
    assert [(item.name, item.share) for item in found] == [
        ("First", 0.75),
        ("cats.zip", 0.75),
        ("Second", None),
        ("Third", None),
    ]
    assert found[0].parameters == {"run": running.id}
    assert (found[1].page, found[1].parameters) == (session.DATA, {"add": "zip"})
    assert found[1].words == "Uploading, 30 bytes of 40 bytes"
    assert [item.words[-20:] for item in found[2:]] == ["place 1 in the queue", "place 2 in the queue"]

    # The sign on the page, which AppTest draws with the first run only, tells the same.
    links = [link.proto for link in app.get("page_link")][:4]
    assert [link.label for link in links] == [r"**First**", r"**cats\.zip**", "**Second**", "**Third**"]
    assert [link.query_string for link in links[:2]] == [f"run={running.id}", "add=zip"]
    assert "place 2 in the queue" in words(app)


def test_an_experiment_is_one_thing_at_work(trained, app):
    arms = [Arm(f"blocks-{number}", "blocks", number, 0, "", TrainingConfig(image_size=32)) for number in range(3)]
    experiment = ExperimentStore(trained.home).create(Kind.FREEZE, "d", "Shapes", arms)
    runs = [trained.create("d", "Shapes", arm.config, experiment_id=experiment.id, arm=arm.key) for arm in arms]
    alone = trained.create("d", "Shapes", arms[0].config, name="Alone")
    lost = trained.create("d", "Shapes", arms[0].config, name="Lost", experiment_id="ffffffff")
    first = trained.claim(1)
    trained.finish(first.id, RunStatus.COMPLETED, metrics={"val_accuracy": 1.0})
    second = trained.claim(1, own_experiment=experiment.id)
    trained.folder(second.id).mkdir(parents=True, exist_ok=True)
    with worker_lock(trained.folder(second.id)):  # as its worker would hold it
        found = items.at_work()
        trained.finish(second.id, RunStatus.STOPPED)
    for run in (runs[2], alone, lost):
        trained.request_stop(run.id)
    named = "What does freezing do? · Shapes"
    assert [(item.name, item.words) for item in found] == [
        (named, "1 of 3 runs done"),
        ("Alone", "Waiting for its turn: place 1 in the queue"),
        ("Lost", "Waiting for its turn: place 2 in the queue"),
    ]
    assert found[0].share == pytest.approx(1 / 3)
    assert (found[0].page, found[0].parameters) == (session.DEMO, {"experiment": experiment.id})
    assert items.at_work() == []


@pytest.mark.parametrize(
    ("kind", "section"), [(AUDIT, "check"), (SURVEY, "check"), (DERIVE, "versions"), (PACK, "versions")]
)
def test_work_on_a_data_set_is_shown_where_its_result_will_be(home, waiting_job, kind, section):
    item = items.of_job(waiting_job(kind, "Shapes", about="0a1b"))
    assert (item.page, item.parameters) == (session.DATA, {"dataset": "0a1b", "section": section})


def test_a_job_that_was_asked_to_stop_says_so(home, waiting_job):
    job = waiting_job(IMPORT, "cats.zip")
    job.stopping.set()
    assert items.of_job(job).words == "Stopping"


def test_nothing_is_drawn_while_nothing_is_at_work(trained, app):
    assert items.at_work() == []
    app.run()
    assert not any("at work" in item.proto.label for item in app.get("page_link"))
