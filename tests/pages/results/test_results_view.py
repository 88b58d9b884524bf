"""The choice of the pictures, and the threshold that moves sentence, table and matrix."""

from dataclasses import replace

import numpy as np
import pytest

from core.evaluation.evaluation import load_evaluations, save_evaluations
from tests.pages.conftest import fields, matrix, words


@pytest.fixture
def run(trained):
    """A run with 6 validation pictures, of which two answers are unsure, and 3 test pictures that are all wrong."""
    run = trained.get("Good run")
    folder = trained.folder(run.id)
    (evaluation,) = load_evaluations(folder)
    labels = np.array([0, 0, 1, 1, 2, 2])
    probabilities = np.eye(3)[[0, 0, 1, 2, 2, 2]] * 0.9 + 0.1 / 3
    probabilities[[1, 3]] = [[0.5, 0.3, 0.2], [0.2, 0.3, 0.5]]
    validation = replace(evaluation, labels=labels, probabilities=probabilities)
    test = replace(
        evaluation,
        split="test",
        labels=np.array([0, 1, 2]),
        probabilities=np.eye(3)[[1, 2, 0]],
        paths=evaluation.paths[:3],
    )
    save_evaluations([validation, test], folder)
    return run


def test_pictures_are_chosen(open_page, run):
    app = open_page("run", run=run.id)
    assert app.metric[0].label == "Validation accuracy"
    fields(app)["split"].set_value("test").run()
    assert not app.exception
    assert (app.metric[0].label, app.metric[0].value) == ("Test accuracy", "0.0 %")
    assert "0 of 3 right" in words(app)
    assert sum(sum(row) for row in matrix(app)["figure"]["data"][0]["text"]) == 3


def test_threshold_moves_the_sentence_the_matrix_and_the_table(open_page, run):
    app = open_page("run", run=run.id)
    assert "It answers all 6 pictures, and 83.3 % of those rightly" in words(app)
    assert matrix(app)["figure"]["data"][0]["text"] == [[2, 0, 0], [0, 1, 1], [0, 0, 2]]
    fields(app)["at"].set_value(0.9).run()
    assert "At 0.9 it answers 66.7 % of the pictures and 100 % of those rightly" in words(app)
    assert "2 of 6 get no answer." in words(app)
    assert matrix(app)["figure"]["data"][0]["text"] == [[1, 0, 0, 1], [0, 1, 0, 1], [0, 0, 2, 0]]
    assert list(app.dataframe[0].value["No answer"]) == [1, 1, 0]
    assert list(app.dataframe[0].value["Recall"]) == [50, 50, 100]
    # The numbers above are of all answers.
    assert app.metric[0].value == "83.3 %"


def test_pictures_and_threshold_are_in_the_address(open_page, run):
    app = open_page("run", run=run.id, at="0.5", split="test")
    assert app.metric[0].label == "Test accuracy"
    assert "At 0.5 it answers all 3" in words(app)


def test_run_with_one_kind_of_pictures_offers_no_choice(open_page, trained):
    app = open_page("run", run=trained.get("Good run").id)
    assert [widget.key for widget in app.segmented_control] == [f"section_{trained.get('Good run').id}"]
