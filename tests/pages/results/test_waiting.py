import time

from core.events import Event
from core.forecast.time_left import END_SECONDS
from core.runs import queue
from core.runs.records.store import RunStatus
from core.runs.worker.liveness import worker_lock
from pages.components.results import waiting
from tests.pages.conftest import words


def queued_behind_a_running_one(store):
    """Queues three runs like the completed one, the first of which is running."""
    good = store.get("Good run")
    runs = [store.create(good.dataset_id, good.dataset_name, good.config, name=f"Run {n}") for n in (1, 2, 3)]
    store.claim(1)
    store.folder(runs[0].id).mkdir(parents=True, exist_ok=True)
    return good, runs


def test_a_queued_run_shows_its_place_and_an_estimated_time(open_page, trained):
    good, runs = queued_behind_a_running_one(trained)
    with worker_lock(trained.folder(runs[0].id)):  # held like its worker would
        home = words(open_page("home"))
        page = words(open_page("run", run=runs[2].id))
        turn = waiting.turn(runs[2].id)
        trained.finish(runs[0].id, RunStatus.STOPPED)
    assert "place 2 in the queue, starts in about " in page
    assert "Run 1 and 1 other run go first" in page
    worked = time.time() - trained.get(runs[0].id).started
    assert 0 <= 2 * good.seconds_at_work - turn.seconds <= worked + 1
    assert "place 1 in the queue" in home
    assert "place 2 in the queue" in home
    for run in runs[1:]:
        queue.stop(trained, run.id)


def test_a_run_that_has_measured_its_pace_says_how_long_it_takes(open_page, trained):
    _, runs = queued_behind_a_running_one(trained)
    now = time.time()
    for epoch in (1, 2):
        metrics = {"loss": 1.0, "accuracy": 0.5, "val_loss": 1.0, "val_accuracy": 0.5}
        trained.append(runs[0].id, Event("head", epoch, 3, metrics, epoch, now - 50 * (2 - epoch)))
    with worker_lock(trained.folder(runs[0].id)):
        open_page("home")
        turn = waiting.turn(runs[1].id)
        trained.finish(runs[0].id, RunStatus.STOPPED)
    assert 30 < turn.seconds <= 50 + END_SECONDS, "one epoch of 50 seconds, and the end"
    for run in runs[1:]:
        queue.stop(trained, run.id)


def test_no_time_is_shown_until_one_is_known(open_page, trained):
    _, runs = queued_behind_a_running_one(trained)
    unlike = trained.create("gone", "Gone", trained.get("Good run").config, name="Unlike")
    last = trained.create("gone", "Gone", trained.get("Good run").config, name="Last")
    with worker_lock(trained.folder(runs[0].id)):
        page = words(open_page("run", run=last.id))
        # Without the data set there is no forecast.
        assert "place 4 in the queue. Run 1 and 3 other runs go first." in page
        trained.finish(runs[0].id, RunStatus.STOPPED)
    for run in (*runs[1:], unlike, last):
        queue.stop(trained, run.id)
