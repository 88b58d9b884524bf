"""All mistakes of a run: filters, cards, and the decision that a label is wrong."""

from dataclasses import replace

import numpy as np
import pytest

from core.datasets.splits import TRAIN
from core.datasets.store.store import DatasetStore
from core.datasets.versions.pending_edits import PENDING_EDITS_NAME, decide, read_pending_edits
from core.evaluation.evaluation import load_evaluations, save_evaluations
from core.evaluation.mistakes import DETAILS_FILE, MistakeDetails, Neighbour, save_details
from core.evaluation.prediction import Verdict
from core.nn.networks.model_folder import sure_probability_of_model
from core.settings import settings
from pages.components.results import mistakes_view
from tests.pages.conftest import button, click_cell, fields, words

# The answers to two circles, two squares and two stripes, and how sure they are.
ANSWERS, TOP = [1, 0, 2, 2, 2, 0], [0.9, 0.9, 0.7, 0.8, 0.9, 0.5]


@pytest.fixture
def run(trained):
    """A run with four mistakes among six pictures, of which nothing is stored."""
    run = trained.get("Good run")
    folder = trained.folder(run.id)
    (evaluation,) = load_evaluations(folder)
    order = np.argsort(evaluation.labels, kind="stable")
    top = np.array(TOP)[:, None]
    probabilities = np.where(np.eye(3)[ANSWERS] == 1, top, (1 - top) / 2)
    paths = tuple(evaluation.paths[index] for index in order)
    labels = evaluation.labels[order]
    save_evaluations([replace(evaluation, labels=labels, probabilities=probabilities, paths=paths)], folder)
    (folder / DETAILS_FILE).unlink(missing_ok=True)
    return run


@pytest.fixture
def wrong(run, trained) -> list[str]:
    """The paths of the mistakes, in the order of the pictures."""
    (evaluation,) = load_evaluations(trained.folder(run.id))
    return [evaluation.paths[index] for index in (0, 2, 3, 5)]


@pytest.fixture
def dataset(run):
    return DatasetStore(settings()).get(run.dataset_id)


def cards(app):
    """Returns what the shown mistakes say of themselves."""
    return [str(item.value).replace("*", "") for item in app.markdown if " taken for **" in str(item.value)]


def open_mistakes(open_page, run, **parameters):
    return open_page("run", run=run.id, section="mistakes", **parameters)


def test_all_mistakes_are_shown_the_surest_first(open_page, run):
    app = open_mistakes(open_page, run)
    assert "**4** of 6 pictures taken for something else." in words(app)
    assert cards(app) == [
        "circle taken for square",
        "square taken for stripes",
        "square taken for stripes",
        "stripes taken for circle",
    ]
    fields(app)["sorted"].set_value("least_sure").run()
    assert cards(app)[0] == "stripes taken for circle"


def test_filters_show_those_that_fit_and_say_how_many(open_page, run):
    app = open_mistakes(open_page, run)
    assert fields(app)["true"].options == ["circle", "square", "stripes"]
    fields(app)["true"].set_value("1").run()
    assert "**4** of 6 pictures taken for something else; 2 shown." in words(app)
    assert cards(app) == ["square taken for stripes"] * 2
    fields(app)["taken_for"].set_value("0").run()
    assert "; 0 shown." in words(app)
    app = button(app, "Show all mistakes").click().run()
    assert len(cards(app)) == 4


def test_filters_are_in_the_address(open_page, run):
    app = open_mistakes(open_page, run, true="1", sorted="name")
    assert cards(app) == ["square taken for stripes"] * 2
    assert fields(app)["sorted"].value == "name"


def test_verdict_of_older_runs_follows_from_the_probability(open_page, run, trained):
    app = open_mistakes(open_page, run)
    sure = sure_probability_of_model(trained.folder(run.id))
    words_of = ["Sure" if top >= sure else "Unsure" for top in (0.9, 0.7, 0.8, 0.5)]
    assert fields(app)["verdict"].options == sorted(set(words_of))
    assert not app.get("popover")


def test_stored_verdicts_are_shown_and_filtered_by(open_page, run, wrong, trained):
    verdicts = (Verdict.SURE, Verdict.UNLIKE, Verdict.UNSURE, Verdict.UNSURE)
    details = {path: MistakeDetails(verdict) for path, verdict in zip(wrong, verdicts, strict=True)}
    save_details({"validation": details}, trained.folder(run.id))
    app = open_mistakes(open_page, run)
    assert fields(app)["verdict"].options == ["Sure", "Unsure", "Unlike anything seen"]
    fields(app)["verdict"].set_value("unlike").run()
    assert cards(app) == ["square taken for stripes"]
    assert "Unlike anything seen]" in words(app)
    assert [item.value for item in app.caption if "%" in item.value] == ["70.0 %"]


def test_nearest_training_pictures_are_shown_once_they_are_opened(open_page, run, wrong, trained, dataset):
    training = dataset.with_split(run.config.validation_split, run.config.seed).select(TRAIN)
    nearest = (Neighbour(training[0].path, 0.914), Neighbour("gone.png", 0.5))
    save_details({"validation": {wrong[0]: MistakeDetails(Verdict.SURE, nearest)}}, trained.folder(run.id))
    app = open_mistakes(open_page, run)
    (_popover,) = list(app.get("popover"))
    assert "0.91" not in words(app)
    app.session_state[f"nearest_{wrong[0]}"] = True
    app.run()
    class_name = dataset.class_names[training[0].label]
    assert f"**{class_name}** · 0.91" in words(app)
    assert "Not in the data set any more." in words(app)


def test_wrong_label_becomes_a_pending_edit_that_can_be_undone(open_page, run, wrong, dataset):
    app = open_mistakes(open_page, run)
    app.button(key=f"wrong_label_{wrong[0]}").click().run()
    assert not app.exception
    assert read_pending_edits(dataset).decisions == {wrong[0]: "relabel:square"}
    assert "Relabelled as **square**: decided, not applied yet." in words(app)
    (link,) = [item.proto for item in app.get("page_link") if item.proto.label == "Apply it"]
    assert link.query_string == f"dataset={dataset.id}&section=check"
    app.button(key=f"undo_{wrong[0]}").click().run()
    assert read_pending_edits(dataset).decisions == {}
    assert "not applied yet" not in words(app)


def test_decision_made_elsewhere_is_shown(open_page, run, wrong, dataset):
    for path, decision in zip(wrong, ("keep", "remove", "relabel:other *one*"), strict=False):
        decide(dataset, [path], decision)
    text = words(open_mistakes(open_page, run))
    assert "Kept as it is: decided" in text
    assert "To be removed: decided" in text
    assert "Relabelled as **other \\*one\\***: decided" in text
    assert text.count("not applied yet") == 3


def test_unreadable_decisions_are_reported(open_page, run, dataset):
    (dataset.folder / PENDING_EDITS_NAME).write_text("{")
    app = open_mistakes(open_page, run)
    assert "The decisions about pictures of Shapes can't be read." in app.error[0].value.replace("\\", "")
    assert button(app, "Discard the decisions")


def test_run_without_mistakes_says_so(open_page, run, trained):
    folder = trained.folder(run.id)
    (evaluation,) = load_evaluations(folder)
    save_evaluations([replace(evaluation, probabilities=np.eye(3)[evaluation.labels])], folder)
    app = open_mistakes(open_page, run)
    assert app.success[0].value == "No mistakes: it got all 6 pictures right."
    assert not any("mistake" in item.label for item in open_page("run", run=run.id, section="results").button)


def test_mistakes_of_a_deleted_data_set_are_counted_but_not_shown(open_page, run):
    DatasetStore(settings()).delete(run.dataset_id)
    app = open_mistakes(open_page, run)
    assert "**4** of 6 pictures" in words(app)
    assert "The data set was deleted, so its pictures can't be shown." in words(app)
    assert not cards(app)


def test_pictures_that_are_gone_are_counted(open_page, run, wrong, trained, dataset):
    folder = trained.folder(run.id)
    (evaluation,) = load_evaluations(folder)
    paths = tuple("gone.png" if path == wrong[0] else path for path in evaluation.paths)
    save_evaluations([replace(evaluation, paths=paths)], folder)
    (dataset.folder / wrong[1]).unlink()
    app = open_mistakes(open_page, run)
    assert "1 picture of them can't be shown: the data set doesn't have them any more." in words(app)
    assert len(cards(app)) == 3


def test_damaged_evaluation_is_reported(open_page, run, trained):
    (trained.folder(run.id) / "evaluation.json").write_text("[")
    assert "no evaluation that can be read" in open_mistakes(open_page, run).error[0].value.replace("\\", "")


def test_pages_have_a_fixed_size_and_a_filter_begins_at_the_first(open_page, run, monkeypatch):
    monkeypatch.setattr(mistakes_view, "A_PAGE", 3)
    app = open_mistakes(open_page, run, mistakes_page="2")
    assert cards(app) == ["stripes taken for circle"]
    fields(app)["sorted"].set_value("least_sure").run()
    assert cards(app)[0] == "stripes taken for circle"
    assert len(cards(app)) == 3
    assert "mistakes_page" not in app.query_params


@pytest.mark.parametrize("nonsense", ["0", "3", "-1", "x", "٢"])
def test_page_that_is_not_there_is_the_first(open_page, run, monkeypatch, nonsense):
    monkeypatch.setattr(mistakes_view, "A_PAGE", 3)
    assert len(cards(open_mistakes(open_page, run, mistakes_page=nonsense, true="7", verdict="maybe"))) == 3


def test_cell_of_the_matrix_leads_to_its_mistakes(open_page, run):
    app = click_cell(open_page("run", run=run.id, section="results"), 1, 2)
    app = button(app, "Open in Mistakes").click().run()
    assert not app.exception
    assert (fields(app)["true"].value, fields(app)["taken_for"].value) == ("1", "2")
    assert cards(app) == ["square taken for stripes"] * 2
    app.segmented_control(key=f"section_{run.id}").set_value("results").run()
    app = button(app, "Look at 4 mistakes").click().run()
    assert len(cards(app)) == 4
