"""What the page of a run tells of its probabilities."""

from dataclasses import replace

import numpy as np

from core.evaluation.evaluation import load_evaluations, save_evaluations
from tests.pages.conftest import words


def test_calibration_is_shown_before_and_after_with_what_chance_would_show(open_page, trained):
    run = trained.get("Good run")
    folder = trained.folder(run.id)
    (evaluation,) = load_evaluations(folder)
    save_evaluations([replace(evaluation, temperature=0.5)], folder)
    app = open_page("run", run=run.id)
    text = words(app)
    assert "Do its probabilities mean what they say?" in [header.value for header in app.header]
    assert "%** apart (before its calibration" in text
    assert "on 6 pictures that it never trained on" in text
    assert "by chance." in text
    (chart,) = [item for item in app.get("plotly_chart") if "Calibration: of" in item.proto.alt]
    assert all(name in chart.proto.spec for name in ("Before", "Calibrated", "As it should be"))


def test_a_model_without_calibration_has_no_before(open_page, trained):
    run = trained.get("Good run")
    folder = trained.folder(run.id)
    (evaluation,) = load_evaluations(folder)
    certain = np.eye(len(evaluation.class_names))[evaluation.labels]
    save_evaluations([replace(evaluation, probabilities=certain, temperature=1.0)], folder)
    app = open_page("run", run=run.id)
    assert "are **0.0 %** apart, on 6 pictures" in words(app)
    (chart,) = [item for item in app.get("plotly_chart") if "Calibration: of" in item.proto.alt]
    assert "Before" not in chart.proto.spec
    assert "of 6 answers given with about 100%, 100% were right" in chart.proto.alt
