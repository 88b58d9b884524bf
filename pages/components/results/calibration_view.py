"""Whether a model's probabilities mean what they say, before and after its calibration."""

import streamlit as st

from core.evaluation.calibration import Reliability, calibration_error, error_by_chance, reliability
from core.evaluation.evaluation import Evaluation
from core.runs.records.store import Run
from pages.components import wording
from pages.components.charts import chart_view, charts
from pages.components.results import stored


def show(run: Run, evaluation: Evaluation) -> None:
    """Draws the calibration.

    Args:
        run: has a model.
        evaluation: one of the run's.
    """
    curves, words = _computed(stored.key(run), evaluation.split, evaluation)
    st.header("Do its probabilities mean what they say?", anchor=False)
    st.markdown(words)
    chart_view.show(charts.calibration(curves), alt=_words([*curves.values()][-1]), key="calibration")


@st.cache_data(show_spinner=False, max_entries=10 * stored.MOST_KEPT)
def _computed(of: stored.Key, split: str, _evaluation: Evaluation) -> tuple[dict[str, list[Reliability]], str]:
    """Returns the curves by their names, the one of now last, and the sentence about them."""
    is_calibrated = _evaluation.temperature != 1
    after = reliability(_evaluation.probabilities, _evaluation.labels)
    curves = {"Calibrated" if is_calibrated else "Not calibrated": after}
    if is_calibrated:
        curves = {"Before": reliability(_evaluation.uncalibrated, _evaluation.labels), **curves}
    return curves, sentence(_evaluation)


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
