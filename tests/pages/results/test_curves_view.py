"""The curves of a chosen class."""

from dataclasses import replace

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score

from core.evaluation.evaluation import load_evaluations, save_evaluations
from tests.pages.conftest import fields, words


def test_curves_of_the_chosen_class_are_shown(open_page, trained):
    run = trained.get("Good run")
    folder = trained.folder(run.id)
    (evaluation,) = load_evaluations(folder)
    probabilities = np.random.default_rng(0).dirichlet((1, 1, 1), len(evaluation.labels))
    save_evaluations([replace(evaluation, probabilities=probabilities)], folder)
    app = open_page("run", run=run.id)
    assert fields(app)["curves_of"].value == "0"
    fields(app)["curves_of"].set_value("2").run()
    truth = evaluation.labels == 2
    area, precision = (score(truth, probabilities[:, 2]) for score in (roc_auc_score, average_precision_score))
    alts = [item.proto.alt for item in app.get("plotly_chart")]
    assert f"ROC curve of stripes: area {area:.3f}" in alts
    assert f"Precision and recall of stripes: average precision {precision:.3f}" in alts
    assert f"**{area * 100:.1f} %** of all pairs" in words(app)


def test_a_class_that_no_picture_is_of_has_no_curves(open_page, trained):
    run = trained.get("Good run")
    folder = trained.folder(run.id)
    (evaluation,) = load_evaluations(folder)
    save_evaluations([replace(evaluation, labels=np.zeros_like(evaluation.labels))], folder)
    app = open_page("run", run=run.id)
    assert "All of these pictures are of circle" in words(app)
    fields(app)["curves_of"].set_value("1").run()
    assert "None of these pictures are of square" in words(app)


def test_class_is_in_the_address(open_page, trained):
    app = open_page("run", run=trained.get("Good run").id, curves_of="1")
    assert fields(app)["curves_of"].value == "1"
