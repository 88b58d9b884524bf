"""How good a run's model is: in words, in numbers, and class by class."""

import math
from collections.abc import Iterable

import numpy as np
import streamlit as st

from core.evaluation.evaluation import Evaluation
from core.evaluation.threshold import Answers
from core.evaluation.words import results as results_wording
from core.runs.records.store import Run
from pages.components import wording
from pages.components.charts import charts
from pages.components.results import run_views, stored
from pages.components.shared import tables
from pages.components.shell import session

CLASS_WIDTH = 160
PERCENT = "%.1f %%"


def learned(run: Run, num_training: int | None, has_numbers_below: bool = False) -> bool:
    """Says what the model has learned, and what to do next.

    Args:
        run: has a model.
        num_training: how many pictures it learned from; None if unknown.
        has_numbers_below: whether `summary` follows, which has the interval.

    Returns:
        Whether it is known; if its evaluation can't be read, the reason is shown.
    """
    with session.errors_shown():
        evaluation = stored.evaluations(run)[0]
        warning = _guessing(evaluation)
        right, total = int((evaluation.predictions == evaluation.labels).sum()), len(evaluation.labels)
        sentences = [
            wording.learned_sentence(evaluation.class_names, num_training, right, total, not warning),
            *([] if has_numbers_below else [wording.interval_sentence(evaluation.interval)]),
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


def summary(run: Run, evaluation: Evaluation) -> None:
    """Draws accuracy, macro F1, the loss and what they took, with the intervals in words below.

    Args:
        run: has a model.
        evaluation: one of the run's.
    """
    found, right = stored.macro_f1(run, evaluation), int((evaluation.predictions == evaluation.labels).sum())
    grid = st.grid(5, min_column_width=150)
    grid.metric(
        f"{charts.SPLITS.get(evaluation.split, evaluation.split)} accuracy", wording.percent(evaluation.accuracy)
    )
    grid.metric("Macro F1", wording.percent(found.value), help="The mean of the classes' F1: each counts the same.")
    grid.metric("Loss", f"{evaluation.loss:.3f}", help="Mean cross-entropy on these pictures.")
    num_epochs = len(session.run_store().events(run.id))
    # A run that was restored from its files may have no curve.
    grid.metric("Trained for", wording.count(num_epochs, "epoch") if num_epochs else wording.UNKNOWN)
    grid.metric("Time", run_views.time_taken(run))
    accuracy = results_wording.right_answers(right, len(evaluation.labels), evaluation.interval)
    st.markdown(f"{accuracy} {results_wording.macro_f1(found)}")


def class_table(answers: Answers) -> None:
    """Draws recall, precision, F1 and number of pictures of each class.

    Args:
        answers: those that are given.
    """
    scores = answers.per_class
    unanswered = answers.unanswered_by_class
    columns: dict[str, list] = {
        "Class": [score.name for score in scores],
        "Recall": _percents(score.recall for score in scores),
        "Precision": _percents(score.precision for score in scores),
        "F1": _percents(score.f1 for score in scores),
        "Pictures": [score.support for score in scores],
    }
    if any(unanswered):
        columns["No answer"] = unanswered
    tables.show(
        columns,
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
            "No answer": st.column_config.NumberColumn(help="Pictures of this class for which it isn't sure enough."),
        },
        placeholder=wording.UNKNOWN,
    )


def _percents(values: Iterable[float]) -> list[float | None]:
    return [None if math.isnan(value) else value * 100 for value in values]
