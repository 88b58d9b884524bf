"""Whether a model's probabilities mean what they say, before and after its calibration."""

import streamlit as st

from core.evaluation.calibration import Reliability, calibration_error, error_by_chance, reliability
from core.evaluation.evaluation import Evaluation, load_evaluations
from core.runs.records.store import Run
from pages.components import wording
from pages.components.charts import chart_view, charts
from pages.components.shell import session


def show(run: Run) -> None:
    """Draws the calibration on the validation pictures.

    Args:
        run: has a model.
    """
    with session.errors_shown():
        evaluation = load_evaluations(session.run_store().folder(run.id))[0]
        is_calibrated = evaluation.temperature != 1
        after = reliability(evaluation.probabilities, evaluation.labels)
        curves = {"Calibrated" if is_calibrated else "Not calibrated": after}
        if is_calibrated:
            curves = {"Before": reliability(evaluation.uncalibrated, evaluation.labels), **curves}
        st.header("Do its probabilities mean what they say?", anchor=False)
        st.markdown(sentence(evaluation))
        chart_view.show(charts.calibration(curves), alt=_words(after), key="calibration")


def sentence(evaluation: Evaluation) -> str:
    """Returns how far probabilities and shares of right answers are apart, and what chance alone would show."""
    after = calibration_error(evaluation.probabilities, evaluation.labels)
    count = wording.count(len(evaluation.labels), "picture")
    before = (
        f" (before its calibration {wording.percent(calibration_error(evaluation.uncalibrated, evaluation.labels))})"
        if evaluation.temperature != 1
        else ""
    )
    return (
        f"On average the probability of an answer and the share of such answers that are right are "
        f"**{wording.percent(after)}** apart{before}, on {count} that it never trained on. If every probability were "
        f"exactly right, so few would show about {wording.percent(error_by_chance(evaluation.probabilities))} by "
        "chance."
    )


def _words(points: list[Reliability]) -> str:
    parts = [
        f"of {wording.count(point.count, 'answer')} given with about {point.probability:.0%}, {point.share_right:.0%} "
        "were right"
        for point in points
    ]
    return "Calibration: " + "; ".join(parts)
