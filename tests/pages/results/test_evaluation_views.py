"""What the page of a run tells of its model: a sentence, the confusion matrix, the classes."""

from dataclasses import replace

import numpy as np

from core.evaluation.evaluation import load_evaluations, save_evaluations
from tests.pages.conftest import component, curves, matrix, words


def test_finished_run_opens_in_its_results(open_page, trained):
    run = trained.get("Good run")
    app = open_page("run", run=run.id)
    text = words(app)
    assert app.query_params["run"] == run.id
    assert {metric.label for metric in app.metric} == {"Validation accuracy", "Macro F1", "Loss", "Trained for", "Time"}
    assert "It learned to tell 3 classes apart (circle, square and stripes) from 24 pictures: **" in text
    assert "of 6 pictures** that it never trained on" in text
    assert "**Next:** show it your own pictures." in text
    assert matrix(app)["label"].startswith("Confusion matrix: circle")
    assert list(app.dataframe[0].value["Class"]) == ["circle", "square", "stripes"]
    assert [header.value for header in app.header] == [
        "Confusion matrix",
        "Class by class",
        "One class against all others",
        "Do its probabilities mean what they say?",
        "Does it do as well for every group?",
        "Did transfer help?",
        "On other pictures",
    ]
    assert list(app.dataframe[0].value.columns) == ["Class", "Recall", "Precision", "F1", "Pictures"]
    assert app.dataframe[0].proto.placeholder == "–"
    # The other sections are drawn once they are open.
    assert [part.proto.component_name.split(".")[-1] for part in curves(app)] == ["confusion_matrix"]
    assert len(app.dataframe) == 1
    assert not any(item.label == "Stop" for item in app.button)
    assert not app.get("progress")


def test_accuracy_and_macro_f1_come_with_intervals(open_page, trained):
    run = trained.get("Good run")
    folder = trained.folder(run.id)
    (evaluation,) = load_evaluations(folder)
    labels = np.arange(50) % 3
    answers = np.where(np.arange(50) < 45, labels, (labels + 1) % 3)
    probabilities = np.eye(3)[answers] * 0.7 + 0.1
    many = replace(evaluation, labels=labels, probabilities=probabilities, paths=tuple(map(str, range(50))))
    save_evaluations([many], folder)
    text = words(open_page("run", run=run.id))
    assert "45 of 50 right: plausibly 79 to 96 % on new pictures of this kind." in text
    assert "Macro F1, in which every class counts the same: 90.0 %, plausibly" in text
    assert text.count("95 % interval") == 0
    assert "On new pictures of the same kind" in words(open_page("run", run=run.id, section="progress"))


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
    assert "class 100 0 of 0 right" in matrix(app)["label"]
    assert component(app, "confusion_matrix").ByteSize() < 2_000_000
