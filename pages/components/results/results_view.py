"""How good a run's model is: numbers with intervals, matrix, classes, curves, calibration."""

import streamlit as st

from core.evaluation.evaluation import Evaluation
from core.evaluation.threshold import Answers
from core.evaluation.words import results as results_wording
from core.runs.records.store import Run
from pages.components import wording
from pages.components.charts import charts
from pages.components.presenter import presenter
from pages.components.results import calibration_view, choices, curves_view, evaluation_views, matrix_view, stored
from pages.components.results.matrix_view import OpenMistakes
from pages.components.shared import adapted, unknown_classes
from pages.components.shell import frame, session, widget_values

THRESHOLDS = [f"{hundredths / 100:g}" for hundredths in range(100)]


def show(run: Run, open_mistakes: OpenMistakes) -> None:
    """Draws the section.

    Args:
        run: has a model.
        open_mistakes: opens the mistakes.
    """
    choices.begin()
    with session.errors_shown():
        evaluation = choose_evaluation(run)
        with frame.kept_place():
            adapted.show_about_numbers(run)
            for sentence in results_wording.left_out(evaluation):
                st.caption(sentence)
            evaluation_views.summary(run, evaluation)
        with presenter.advanced("threshold"):
            answers = _choose_threshold(evaluation)
        left, right = st.columns(2, gap="medium")
        with left:
            st.header("Confusion matrix", anchor=False)
            matrix_view.show(run, answers)
        with right, presenter.advanced("classes"):
            st.header("Class by class", anchor=False)
            evaluation_views.class_table(answers)
        matrix_view.show_pictures(run, answers, open_mistakes)
        _mistakes(evaluation, open_mistakes)
        with presenter.advanced("curves"):
            curves_view.show(answers)
            calibration_view.show(run, evaluation)
            unknown_classes.show(run)


def choose_evaluation(run: Run) -> Evaluation:
    """Draws the choice of the pictures to look at if the run was evaluated on several kinds, and returns the chosen.

    Args:
        run: has a model.

    Raises:
        RunError: it has no evaluation that can be read.
    """
    by_split = {evaluation.split: evaluation for evaluation in stored.evaluations(run)}
    if len(by_split) == 1:
        return next(iter(by_split.values()))
    split = choices.chosen(choices.SPLIT, by_split, next(iter(by_split)))
    st.segmented_control(
        "Pictures",
        list(by_split),
        key=widget_values.shown(choices.SPLIT, split),
        required=True,
        format_func=lambda name: charts.SPLITS.get(name, name),
        on_change=choices.when_changed(choices.SPLIT, default=next(iter(by_split)), leaves_page=True),
    )
    return by_split[split]


def _choose_threshold(evaluation: Evaluation) -> Answers:
    """Draws the slider and what it gives, in a sentence."""
    threshold = float(choices.chosen(choices.THRESHOLD, THRESHOLDS, THRESHOLDS[0]))
    st.slider(
        "Answer only if at least this sure",
        float(THRESHOLDS[0]),
        float(THRESHOLDS[-1]),
        step=0.01,
        key=widget_values.shown(choices.THRESHOLD, threshold),
        help="Below this probability it gives no answer: then a person has to look. Matrix and table follow.",
        on_change=widget_values.when_changed(choices.THRESHOLD, _set_threshold),
    )
    answers = Answers(evaluation, threshold)
    st.markdown(results_wording.answers_at(answers))
    return answers


def _mistakes(evaluation: Evaluation, open_mistakes: OpenMistakes) -> None:
    """Draws how many answers are wrong, with the way to them."""
    wrong = int((evaluation.predictions != evaluation.labels).sum())
    if wrong:
        st.button(f"Look at {wording.count(wrong, 'mistake')}", icon=":material/rule:", on_click=open_mistakes)


def _set_threshold(value: float) -> None:
    choices.choose({choices.THRESHOLD: f"{value:g}" if value else ""})
