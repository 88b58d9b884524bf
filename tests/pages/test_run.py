import re
import shutil
import sqlite3
import time
from dataclasses import replace

import numpy as np
import pytest

from core.config.training_config import TrainingConfig
from core.datasets.edit import Edit
from core.datasets.store.store import DatasetStore
from core.evaluation.evaluation import load_evaluations, save_evaluations
from core.events import Event
from core.runs.records import rows
from core.runs.records.store import RunStatus
from core.runs.records.training_data import TRAINING_DATA_FILE, save_training_data, training_data_of
from core.settings import settings
from core.wording.failures import failure
from pages.components.shell import ages
from pages.components.training import advanced_form
from tests.conftest import draw_folder
from tests.pages.conftest import button, fields, wait_until, words


@pytest.fixture
def at_work(app, trained):
    """Returns a function that makes a run that was just claimed and whose worker hasn't reported itself yet."""
    claimed = []

    def claim(event: Event):
        created = trained.create(trained.get("Good run").dataset_id, "Shapes", TrainingConfig().with_options(epochs=4))
        claimed.append(trained.claim(slots=1))
        assert claimed[-1].id == created.id
        trained.append(created.id, event)
        return claimed[-1]

    yield claim
    for run in claimed:
        trained.finish(run.id, RunStatus.STOPPED)


@pytest.fixture
def app(app):
    """The app, with all groups of the set-up's fields open."""
    for name in advanced_form.GROUPS:
        app.session_state[advanced_form.group_key(name)] = True
    return app


def picture_of_the_network(app):
    return next(item.proto.body for item in app.get("html") if 'class="network"' in item.proto.body)


def curves(app):
    return app.get("bidi_component")


def test_without_runs_the_next_step_is_shown(open_page):
    app = open_page("run")
    assert "No run yet" in app.info[0].value
    assert app.get("page_link")[0].proto.label == "Train a model"


def test_an_unknown_run_is_reported_as_gone(open_page, trained):
    app = open_page("run", run="nonsense")
    assert "There is no such run" in app.info[0].value
    assert app.get("page_link")[0].proto.label == "All runs"


def test_finished_run_opens_in_its_results(open_page, trained):
    run = trained.get("Good run")
    app = open_page("run", run=run.id)
    text = words(app)
    assert app.query_params["run"] == run.id
    assert {metric.label for metric in app.metric} == {"Validation accuracy", "Loss", "Trained for", "Time"}
    assert "It learned to tell 3 classes apart (circle, square and stripes) from 24 pictures: **" in text
    assert "of 6 pictures** that it never trained on" in text
    assert "(95 % interval)" in text
    assert "**Next:** show it your own pictures." in text
    assert "Confusion matrix: circle" in app.get("plotly_chart")[0].proto.alt
    assert list(app.dataframe[0].value["Class"]) == ["circle", "square", "stripes"]
    assert [header.value for header in app.header] == ["Confusion matrix", "Class by class", "Worst mistakes"]
    assert list(app.dataframe[0].value.columns) == ["Class", "Recall", "Precision", "F1", "Pictures"]
    assert app.dataframe[0].proto.placeholder == "–"
    # The other sections are drawn once they are open.
    assert not curves(app)
    assert len(app.dataframe) == 1
    assert not any(item.label == "Stop" for item in app.button)
    assert not app.get("progress")


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


def test_heading_leads_to_the_list_and_to_the_data_set(open_page, trained):
    run = trained.get("Good run")
    app = open_page("run", run=run.id)
    crumb, dataset = (link.proto for link in app.get("page_link")[:2])
    assert (crumb.label, crumb.page) == ("Runs", "runs")
    assert "› Good run" in words(app)
    assert (dataset.label, dataset.query_string) == ("Shapes", f"dataset={run.dataset_id}")
    assert ages.age(run.created).partition(">")[0] in words(app)


def test_run_can_be_renamed_and_deleted_on_its_page(open_page, trained):
    run = trained.get("Good run")
    app = open_page("run", run=run.id)
    app.menu_button[0].set_value("Rename").run()
    assert app.text_input[0].value == "Good run"
    app.menu_button[0].set_value("Note").run()
    assert app.text_input[0].label == "Note"
    app.menu_button[0].set_value("Delete").run()
    assert "This deletes the run Good run with its model." in words(app)


def test_run_is_starred_and_shows_its_note(open_page, trained):
    run = trained.get("Good run")
    app = open_page("run", run=run.id)
    app.menu_button[0].set_value("Star").run()
    assert trained.get(run.id).is_starred
    assert app.title[0].value == "Good run :material/kid_star:"
    trained.set_note(run.id, "for *Monday*")
    app.menu_button[0].set_value("Remove the star").run()
    assert not trained.get(run.id).is_starred
    assert ":material/notes: for \\*Monday\\*" in words(app)


def test_running_run_has_to_be_stopped_before_it_is_deleted(open_page, trained, at_work):
    app = open_page("run", run=at_work(Event("head", 1, 4)).id)
    assert not any("Delete" in option for option in app.menu_button[0].options)


def test_model_is_tried_on_the_page_of_its_run(open_page, trained):
    run = trained.get("Good run")
    app = button(open_page("run", run=run.id), "Try this model").click().run()
    assert not app.exception
    assert app.query_params["section"] == "try"
    source = next(widget for widget in app.segmented_control if widget.key == "try_test_source")
    assert source.options[0].endswith("Upload")
    assert not curves(app)


@pytest.mark.parametrize("section", ["results", "try"])
def test_sections_without_content_say_so(open_page, trained, at_work, section):
    run = at_work(Event("head", 1, 4))
    app = open_page("run", run=run.id, section=section)
    assert "when training has ended" in app.info[0].value
    app.query_params["run"] = trained.get("Failed run").id
    app.query_params["section"] = section
    assert "This run has no model" in app.run().info[0].value


def test_train_again_fills_the_form_with_the_settings(open_page, trained):
    run = trained.get("Good run")
    app = button(open_page("run", run=run.id), "Train again with changes").click().run()
    assert app.title[0].value == "Train a model"
    assert (fields(app)["image_size"].value, fields(app)["epochs"].value) == (64, 3)
    assert app.selectbox[0].value == run.dataset_id


def test_train_again_keeps_the_settings_whatever_the_form_was_at(open_page, app, trained, home, tmp_path):
    other = DatasetStore(home).import_source(draw_folder(tmp_path / "other", 40, seed=1))
    app = open_page("train")
    assert app.selectbox[0].value == other.id
    app.switch_page("pages/run.py")
    app.query_params["run"] = trained.get("Good run").id
    button(app.run(), "Train again with changes").click().run()
    assert (fields(app)["image_size"].value, fields(app)["epochs"].value) == (64, 3)


def test_a_failed_run_shows_the_message_and_the_way_back(open_page, trained):
    run = trained.get("Failed run")
    app = open_page("run", run=run.id)
    assert failure(run.failure)
    assert app.error[0].value.replace("\\", "").startswith(failure(run.failure)[:20])
    assert button(app, "Back to the set-up with these settings").disabled is False


def test_failed_run_is_started_again_as_a_new_one(open_page, trained):
    run = trained.get("Failed run")
    app = button(open_page("run", run=run.id), "Start again").click().run()
    new = trained.list()[0]
    assert app.query_params["run"] == new.id != run.id
    assert (new.config, new.dataset_id, new.recipe) == (run.config, run.dataset_id, run.recipe)
    assert trained.get(run.id).status == RunStatus.FAILED


def test_settings_have_the_labels_of_the_form(open_page, app, trained):
    run = trained.get("Good run")
    settings_table = open_page("run", run=run.id, section="details").dataframe[0].value
    called = dict(zip(run.config.options(), settings_table["Setting"], strict=True))
    values = dict(zip(run.config.options(), settings_table["Value"], strict=True))
    assert values["backbone"] == "EfficientNet-Lite0"
    assert values["preprocessing"] == "As the network was trained"
    assert values["normalize"] == "On"
    app.switch_page("pages/train.py").run()
    labels = {name: field.label for name, field in fields(app).items() if name in called}
    assert len(labels) > 20
    assert labels == {name: called[name] for name in labels}


@pytest.mark.parametrize(("patience", "kept"), [(0, "the last complete epoch"), (3, "the best epoch so far")])
def test_stopped_run_says_which_epoch_was_kept(open_page, trained, patience, kept):
    config = TrainingConfig().with_options(early_stopping_patience=patience)
    good = trained.get("Good run")
    run = trained.create(good.dataset_id, "Shapes", config)
    trained.claim(slots=1)
    shutil.copytree(trained.folder(good.id), trained.folder(run.id), dirs_exist_ok=True)
    trained.finish(run.id, RunStatus.STOPPED, metrics=good.metrics)
    assert f"The model is from {kept}" in open_page("run", run=run.id).info[0].value


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


def test_run_whose_data_set_was_deleted_still_shows_what_it_showed(open_page, trained):
    run = trained.get("Good run")
    before = open_page("run", run=run.id, section="details")
    network = picture_of_the_network(before)
    assert f"<strong>{1281 * 3:,}</strong> of " in network
    pictures = next(item for item in before.markdown if "to learn from" in item.value).value
    assert pictures == "24 pictures to learn from, 6 to check with after each epoch."
    DatasetStore(settings()).delete(run.dataset_id)
    after = words(before.run())
    assert picture_of_the_network(before) == network
    assert pictures in after
    assert "Shapes (deleted)" in after
    app = before
    app.query_params["section"] = "results"
    assert app.run().metric[0].label == "Validation accuracy"
    assert "from 24 pictures" in words(app)
    again = button(app, "Train again with changes")
    assert again.disabled
    # Beside the button, because nobody looks for a reason below the pointer.
    assert "The data set of this run was deleted" in next(
        item.value for item in app.caption if "was deleted. Import" in item.value
    )


def test_older_run_takes_what_it_lacks_from_its_evaluation(open_page, trained):
    run = trained.get("Good run")
    (trained.folder(run.id) / TRAINING_DATA_FILE).unlink()
    with sqlite3.connect(trained.path) as connection:
        connection.row_factory = sqlite3.Row
        connection.execute("UPDATE runs SET num_classes = 0 WHERE id = ?", (run.id,))
        rows.seal(connection, run.id)
    connection.close()
    assert trained.get(run.id).num_classes == 0
    app = open_page("run", run=run.id, section="details")
    network = picture_of_the_network(app)
    assert "24 pictures to learn from" in words(app)
    DatasetStore(settings()).delete(run.dataset_id)
    assert picture_of_the_network(app.run()) == network
    assert "3 classes" in words(app)
    app.query_params["section"] = "results"
    assert "It learned to tell 3 classes apart (circle, square and stripes): **" in words(app.run())


def test_version_says_what_it_is_a_version_of(open_page, trained):
    run = trained.get("Good run")
    datasets = DatasetStore(settings())
    derived = datasets.derive(run.dataset_id, [Edit("rename_class", class_names=("circle", "disc"))])
    data = training_data_of(derived.with_split(0.2, 0), "Shapes")
    save_training_data(data, trained.folder(run.id))
    datasets.delete(derived.id)
    datasets.delete(run.dataset_id)
    assert "A version of **Shapes**: " in words(open_page("run", run=run.id))


@pytest.mark.slow
def test_run_that_ended_early_is_resumed_with_one_click(open_page, trained):
    run = trained.get("Stopped run")
    app = open_page("run", run=run.id)
    assert [item.label for item in app.button][:2] == ["Resume", "Back to the set-up with these settings"]
    app = button(app, "Resume").click().run()
    assert not app.exception
    assert trained.get(run.id).status in (RunStatus.QUEUED, RunStatus.RUNNING)
    assert "Resume" not in {item.label for item in app.button}
    wait_until(lambda: trained.get(run.id).status.is_finished)
    assert "Try this model" in {item.label for item in app.run().button}


def test_run_whose_data_set_was_deleted_is_not_resumed_and_says_why(open_page, trained):
    run = trained.get("Failed run")
    app = open_page("run", run=run.id)
    DatasetStore(settings()).delete(run.dataset_id)
    # Deleted while the page was open.
    button(app, "Resume").click().run()
    assert trained.get(run.id).status == RunStatus.FAILED
    assert button(app.run(), "Resume").disabled
    assert "The data set of this run was deleted" in words(app)


def test_model_that_only_guesses_is_called_so(open_page, trained):
    run = trained.get("Good run")
    folder = trained.folder(run.id)
    (evaluation,) = load_evaluations(folder)
    always_the_first = np.tile([0.8, 0.1, 0.1], (len(evaluation.labels), 1))
    save_evaluations([replace(evaluation, probabilities=always_the_first)], folder)
    app = open_page("run", run=run.id)
    assert app.warning[0].value == ("No better than guessing (33 %). Lower the learning rate, or check the labels.")
    table = app.dataframe[0].value
    assert table["Precision"].isna().tolist() == [False, True, True]


def test_completed_run_has_nothing_to_resume(open_page, trained):
    app = open_page("run", run=trained.get("Good run").id)
    assert "Resume" not in {item.label for item in app.button}


def test_the_classes_with_the_most_mistakes_are_shown(open_page, trained):
    run = trained.get("Good run")
    folder = trained.folder(run.id)
    (evaluation,) = load_evaluations(folder)
    number, size = len(evaluation.labels), 3000
    wrong = np.eye(number, size, 100)
    many = replace(evaluation, class_names=tuple(f"class {n}" for n in range(size)), probabilities=wrong)
    save_evaluations([replace(many, labels=np.arange(number))], folder)
    app = open_page("run", run=run.id)
    assert "Of 3,000 classes, the 100 with the most mistakes are shown." in words(app)
    (chart,) = [item for item in app.get("plotly_chart") if "Confusion matrix" in item.proto.alt]
    assert "class 100 0 of 0 right" in chart.proto.alt
    assert chart.proto.ByteSize() < 2_000_000
