"""The cells of the confusion matrix open their pictures, by a click, by the list and by the address."""

from dataclasses import replace

import numpy as np
import pytest

from core.datasets.store.store import DatasetStore
from core.evaluation.evaluation import load_evaluations, save_evaluations
from core.settings import settings
from tests.pages.conftest import button, click_cell, fields, matrix, words


@pytest.fixture
def run(trained):
    """A run that takes a square for stripes and has a doubtful circle."""
    run = trained.get("Good run")
    folder = trained.folder(run.id)
    (evaluation,) = load_evaluations(folder)
    order = np.argsort(evaluation.labels, kind="stable")
    probabilities = np.eye(3)[[0, 0, 1, 2, 2, 2]] * 0.9 + 0.1 / 3
    probabilities[0] = [0.5, 0.3, 0.2]
    paths = tuple(evaluation.paths[index] for index in order)
    save_evaluations(
        [replace(evaluation, labels=evaluation.labels[order], probabilities=probabilities, paths=paths)], folder
    )
    return run


def opened(app):
    """Returns what the pictures that can be pressed show."""
    return [item.label for item in app.button if item.key and item.key.startswith("enlarge_cell")]


def test_click_opens_the_pictures_of_a_cell_and_another_one_closes_them(open_page, run):
    app = open_page("run", run=run.id)
    click_cell(app, 1, 2)
    assert app.query_params["cell"] == "1-2"
    assert "**square taken for stripes** · 1 picture" in words(app)
    assert len(list(matrix(app)["figure"]["layout"]["shapes"])) == 2
    click_cell(app, 1, 2)
    assert "cell" not in app.query_params
    assert "· 1 picture" not in words(app)
    assert "shapes" not in matrix(app)["figure"]["layout"]


def test_list_offers_mistakes_first_and_opens_the_same(open_page, run):
    app = open_page("run", run=run.id)
    cells = fields(app)["cell"]
    assert cells.options == [
        "square taken for stripes (1)",
        "circle, rightly (2)",
        "stripes, rightly (2)",
        "square, rightly (1)",
    ]
    cells.select_index(1).run()
    assert app.query_params["cell"] == "0-0"
    assert "**circle, rightly** · 2 pictures" in words(app)
    button(app, "Close").click().run()
    assert "cell" not in app.query_params
    assert fields(app)["cell"].value is None


def test_address_opens_a_cell_and_what_is_no_cell_opens_nothing(open_page, run):
    assert "square taken for stripes** · 1 picture" in words(open_page("run", run=run.id, cell="1-2"))
    for nonsense in ("1-9", "x", "1", "-1-2", "1-2-3", "٣-1"):
        app = open_page("run", run=run.id, cell=nonsense)
        assert "· 1 picture" not in words(app)
        assert fields(app)["cell"].value is None


@pytest.mark.parametrize("cell", [(7, 0), (0, -1), ("x", 1), (None, None), (True, 1.5)])
def test_click_on_no_cell_opens_nothing(open_page, run, cell):
    app = click_cell(open_page("run", run=run.id), *cell)
    assert "cell" not in app.query_params


def test_pictures_without_an_answer_have_a_cell(open_page, run):
    app = open_page("run", run=run.id, at="0.9")
    click_cell(app, 0, 3)
    assert app.query_params["cell"] == "0-none"
    assert "**circle without an answer** · 1 picture" in words(app)
    # The cell stays chosen when it becomes empty.
    fields(app)["at"].set_value(0.2).run()
    assert "**circle without an answer** · 0 pictures" in words(app)


def test_pictures_of_a_deleted_data_set_are_not_shown(open_page, run):
    DatasetStore(settings()).delete(run.dataset_id)
    text = words(open_page("run", run=run.id, cell="1-2"))
    assert "square taken for stripes** · 1 picture" in text
    assert "The data set was deleted, so its pictures can't be shown." in text


def test_pictures_that_the_data_set_does_not_have_are_counted(open_page, run, trained):
    folder = trained.folder(run.id)
    (evaluation,) = load_evaluations(folder)
    save_evaluations([replace(evaluation, paths=("gone.png", *evaluation.paths[1:]))], folder)
    text = words(open_page("run", run=run.id, cell="0-0"))
    assert "**circle, rightly** · 2 pictures" in text
    assert "1 picture of them can't be shown: the data set doesn't have them any more." in text
