"""The page of a run: its heading, its sections and what leads on from it."""

import pytest

from core.datasets.store.store import DatasetStore
from core.events import Event
from core.runs.records.store import RunStatus
from core.settings import settings
from core.wording.failures import failure
from pages.components.shell import ages
from tests.conftest import draw_folder
from tests.pages.conftest import button, curves, fields, wait_until, words

pytestmark = pytest.mark.usefixtures("all_groups")


def test_without_runs_the_next_step_is_shown(open_page):
    app = open_page("run")
    assert "No run yet" in app.info[0].value
    assert app.get("page_link")[0].proto.label == "Train a model"


def test_an_unknown_run_is_reported_as_gone(open_page, trained):
    app = open_page("run", run="nonsense")
    assert "There is no such run" in app.info[0].value
    assert app.get("page_link")[0].proto.label == "All runs"


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


@pytest.mark.parametrize("section", ["results", "mistakes", "try"])
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


def test_completed_run_has_nothing_to_resume(open_page, trained):
    app = open_page("run", run=trained.get("Good run").id)
    assert "Resume" not in {item.label for item in app.button}
