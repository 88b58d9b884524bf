"""What the page of a run shows while it waits, works, stops and after it ended early."""

import re
import shutil
import time

import pytest

from core.config.training_config import TrainingConfig
from core.datasets.store.store import DatasetStore
from core.events import Event
from core.runs.records.store import RunStatus
from core.settings import settings
from tests.pages.conftest import button, curves, words


def test_progress_of_a_finished_run_has_its_curves_and_leads_on(open_page, trained):
    run = trained.get("Good run")
    app = open_page("run", run=run.id, section="progress")
    assert len(curves(app)) == 1
    assert "It learned to tell 3 classes apart" in words(app)
    button(app, "See the results").click().run()
    assert app.query_params["section"] == "results"
    assert app.metric[0].label == "Validation accuracy"
    button(app, "Try this model").click().run()
    assert app.query_params["section"] == "try"


def test_run_at_work_shows_phase_progress_and_curves(open_page, trained, at_work):
    run = at_work(Event("head", 1, 4, {"batch": 2, "batches": 4, "pictures_per_second": 90.0}))
    app = open_page("run", run=run.id)
    (progress,) = app.get("progress")
    assert progress.text == "Training the head, epoch 2 of 4"
    assert progress.value == 37
    assert "90 pictures a second" in words(app)
    assert ":green-badge[:material/check: Reading pictures]" in words(app)
    assert ":primary-badge[:material/arrow_forward: **Training the head**]" in words(app)
    assert ":gray-badge[Checking]" in words(app)
    # Empty axes say nothing.
    assert not curves(app)
    trained.append(run.id, Event("head", 2, 4, {"val_accuracy": 0.9, "loss": 1.0}, epoch=1))
    assert len(curves(app.run())) == 1


def test_pictures_that_pass_by_are_shown(open_page, trained, at_work):
    samples = DatasetStore(settings()).get(trained.get("Good run").dataset_id).samples[:3]
    shown = (*(sample.path for sample in samples), "pictures/unheard of.png")
    run = at_work(Event("features", 8, 24, {"pictures_per_second": 9.0}, pictures=shown))
    app = open_page("run", run=run.id)
    assert [image.proto.imgs[0].alt for image in app.image] == ["circle"] * len(samples)
    trained.append(run.id, Event("head", 1, 4))
    assert not app.run().image


def test_time_is_that_to_the_end_of_the_run(open_page, trained, at_work):
    begin = time.time() - 45
    run = at_work(Event("head", 0, 4, {"batch": 1, "batches": 2}))
    app = open_page("run", run=run.id)
    assert "to the end" not in words(app)
    for epoch in (1, 2):
        trained.append(run.id, Event("head", epoch, 4, {"loss": 1.0}, epoch=epoch, time=begin + 20 * epoch))
    # Two epochs of 20 seconds, the first of which began five seconds ago, and saving the model.
    left = re.search(r"About (\d+) s to the end", words(app.run()))
    assert 20 < int(left[1]) <= 37


def test_pace_and_accuracy_are_both_shown_during_an_epoch(open_page, trained, at_work):
    run = at_work(Event("head", 0, 4, {"batch": 1, "batches": 4}))
    app = open_page("run", run=run.id)
    assert "Preparing the network" in words(app)
    trained.append(run.id, Event("head", 1, 4, {"val_accuracy": 0.987}, epoch=1))
    trained.append(run.id, Event("head", 1, 4, {"batch": 2, "batches": 4, "pictures_per_second": 90.0}))
    assert "90 pictures a second · validation accuracy 98.7 %" in words(app.run())


def test_stop_asks_nothing_and_says_that_it_is_stopping(open_page, trained, at_work):
    run = at_work(Event("head", 1, 4))
    app = button(open_page("run", run=run.id), "Stop").click().run()
    assert trained.get(run.id).stop_requested
    assert app.get("progress")[0].text == "Stopping"
    assert "Stopping. Nothing learned yet" in words(app)
    assert "You can close this page" not in words(app)
    assert button(app, "Stop").disabled


def test_queued_run_shows_its_place_and_can_leave(open_page, trained, at_work):
    first = at_work(Event("starting"))
    dataset_id = trained.get("Good run").dataset_id
    waiting = [trained.create(dataset_id, "Shapes", TrainingConfig()) for _ in range(2)]
    app = open_page("run", run=waiting[1].id)
    assert "place 2 in the queue" in app.info[0].value
    button(app, "Leave the queue").click().run()
    assert trained.get(waiting[1].id).status == RunStatus.STOPPED
    assert trained.get(first.id).status == RunStatus.RUNNING


def test_run_stopped_in_the_queue_says_so(open_page, trained):
    app = open_page("run", run=trained.get("Stopped run").id)
    assert app.info[0].value == "Stopped before it began. Resume queues it again."
    assert not app.metric, "the section that is open has no results"


def test_run_stopped_while_pictures_were_read_keeps_them(open_page, trained, at_work):
    run = at_work(Event("features", 8, 24))
    app = button(open_page("run", run=run.id), "Stop").click().run()
    assert "Nothing learned yet; the pictures read so far are kept." in words(app)
    trained.finish(run.id, RunStatus.STOPPED)
    app.run()
    assert app.info[0].value == "Nothing learned yet; the read pictures are kept and Resume goes on with them."
    assert "no epoch has ended" in words(app)


@pytest.mark.parametrize(("patience", "kept"), [(0, "the last complete epoch"), (3, "the best epoch so far")])
def test_stopped_run_says_which_epoch_was_kept(open_page, trained, patience, kept):
    config = TrainingConfig().with_options(early_stopping_patience=patience)
    good = trained.get("Good run")
    run = trained.create(good.dataset_id, "Shapes", config)
    trained.claim(slots=1)
    shutil.copytree(trained.folder(good.id), trained.folder(run.id), dirs_exist_ok=True)
    trained.finish(run.id, RunStatus.STOPPED, metrics=good.metrics)
    assert f"The model is from {kept}" in open_page("run", run=run.id).info[0].value
