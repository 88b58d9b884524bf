"""How good a run's model is: in words, as a matrix, class by class, and by its worst mistakes."""

import math
from collections.abc import Iterable, Sequence

import numpy as np
import streamlit as st

from core.datasets.index import DatasetIndex
from core.errors import CoreError
from core.evaluation.evaluation import Evaluation, load_evaluations
from core.runs.records.store import Run
from pages.components import wording
from pages.components.charts import chart_view, charts
from pages.components.results import run_views
from pages.components.shared import pictures, tables
from pages.components.shell import session

MOST_WRONG = 8
MOST_CLASSES = 100
CLASS_WIDTH = 160
PERCENT = "%.1f %%"


def _evaluations(run: Run) -> list[Evaluation]:
    return load_evaluations(session.run_store().folder(run.id))


def learned(run: Run, num_training: int | None) -> bool:
    """Says what the model has learned, in two sentences, and what to do next.

    Args:
        run: has a model.
        num_training: how many pictures it learned from; None if unknown.

    Returns:
        Whether it is known; if its evaluation can't be read, the reason is shown.
    """
    with session.errors_shown():
        evaluation = _evaluations(run)[0]
        warning = _guessing(evaluation)
        right, total = int((evaluation.predictions == evaluation.labels).sum()), len(evaluation.labels)
        sentences = [
            wording.learned_sentence(evaluation.class_names, num_training, right, total, not warning),
            wording.interval_sentence(evaluation.interval),
            *([] if warning else ["**Next:** show it your own pictures."]),
        ]
        st.markdown(" ".join(sentences))
        if warning:
            st.warning(warning, icon=":material/warning:")
        return True
    return False


def _guessing(evaluation: Evaluation) -> str:
    largest_class = np.bincount(evaluation.labels).max() / len(evaluation.labels)
    return wording.guessing_sentence(evaluation.interval[0], float(largest_class))


def summary(run: Run) -> None:
    """Draws the accuracy, the loss and what they took."""
    with session.errors_shown():
        evaluations = _evaluations(run)
        grid = st.grid(5, min_column_width=150)
        for item in evaluations:
            grid.metric(f"{charts.SPLITS.get(item.split, item.split)} accuracy", wording.percent(item.accuracy))
        grid.metric("Loss", f"{evaluations[0].loss:.3f}", help="Mean cross-entropy on the validation pictures.")
        num_epochs = len(session.run_store().events(run.id))
        # A run that was restored from its files may have no curve.
        grid.metric("Trained for", wording.count(num_epochs, "epoch") if num_epochs else wording.UNKNOWN)
        grid.metric("Time", run_views.time_taken(run))


def details(run: Run) -> None:
    """Draws the confusion matrix, the table of classes and the worst mistakes."""
    with session.errors_shown():
        evaluation = _evaluations(run)[0]
        left, right = st.columns(2, gap="medium")
        with left:
            st.header("Confusion matrix", anchor=False)
            chosen = evaluation.most_confused(MOST_CLASSES)
            names = [evaluation.class_names[label] for label in chosen]
            confusion = evaluation.confusion_among(chosen)
            chart_view.show(
                charts.confusion_matrix(confusion, names), alt=_confusion_words(names, confusion), key="confusion"
            )
            if len(names) < len(evaluation.class_names):
                total = wording.count(len(evaluation.class_names), "class")
                st.caption(f"Of {total}, the {len(names)} with the most mistakes are shown.")
        with right:
            st.header("Class by class", anchor=False)
            _class_table(evaluation)
        _most_wrong(run, evaluation)


def _confusion_words(names: Sequence[str], confusion: np.ndarray) -> str:
    return "Confusion matrix: " + ", ".join(
        f"{name} {right} of {total} right"
        for name, right, total in zip(names, np.diag(confusion), confusion.sum(axis=1), strict=True)
    )


def _percents(values: Iterable[float]) -> list[float | None]:
    return [None if math.isnan(value) else value * 100 for value in values]


def _class_table(evaluation: Evaluation) -> None:
    scores = evaluation.per_class
    tables.show(
        {
            "Class": [score.name for score in scores],
            "Recall": _percents(score.recall for score in scores),
            "Precision": _percents(score.precision for score in scores),
            "F1": _percents(score.f1 for score in scores),
            "Pictures": [score.support for score in scores],
        },
        alt="Recall, precision, F1 and number of pictures of each class",
        file_name="classes.csv",
        column_config={
            # Wide enough for most names, but not so wide that the numbers are out of sight.
            "Class": st.column_config.TextColumn(width=CLASS_WIDTH),
            "Recall": st.column_config.NumberColumn(
                format=PERCENT, help="The share of this class's pictures that the model got right."
            ),
            "Precision": st.column_config.NumberColumn(
                format=PERCENT, help="The share of the model's answers with this class that were right."
            ),
            "F1": st.column_config.NumberColumn(
                format=PERCENT, help="Recall and precision in one number (their harmonic mean)."
            ),
        },
        placeholder=wording.UNKNOWN,
    )


def _most_wrong(run: Run, evaluation: Evaluation) -> None:
    st.header("Worst mistakes", anchor=False)
    wrong = np.flatnonzero(evaluation.predictions != evaluation.labels)
    if not len(wrong):
        st.markdown("None: the model got every validation picture right.")
        return
    try:
        dataset = session.dataset_store().get(run.dataset_id)
    except CoreError:
        st.caption("The data set was deleted, so its pictures can't be shown.")
        return
    confidence = evaluation.probabilities.max(axis=1)
    _show_wrong(dataset, evaluation, wrong[np.argsort(-confidence[wrong])][:MOST_WRONG])


def _show_wrong(dataset: DatasetIndex, evaluation: Evaluation, indices: np.ndarray) -> None:
    by_path = {sample.path: sample for sample in dataset.samples}
    known = [index for index in indices if evaluation.paths[index] in by_path]
    names, answers = evaluation.class_names, evaluation.predictions
    pictures.gallery(
        "wrong",
        dataset,
        [by_path[evaluation.paths[index]] for index in known],
        [f"{names[evaluation.labels[index]]} taken for {names[answers[index]]}" for index in known],
        [
            f"{wording.plain(names[evaluation.labels[index]])}, taken for {wording.plain(names[answers[index]])} "
            f"({wording.percent(evaluation.probabilities[index].max())})"
            for index in known
        ],
    )
