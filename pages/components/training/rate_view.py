"""The learning-rate finder: a short training run with a rising rate, its curve, and a suggestion to apply."""

import time

import streamlit as st

from core.config.training_config import TrainingConfig
from core.config.unused import unused_settings
from core.forecast.rate_curve import RateCurve
from pages.components import wording
from pages.components.charts import chart_view, charts
from pages.components.shared import waiting_view
from pages.components.shell import presence, widget_values
from pages.components.training import cached_estimates, estimates
from pages.components.training.estimates import Question

# What this session asked for, and when.
ASKED = "rate_asked"
LOOKING = (
    ":material/query_stats: :shimmer[Looking for a learning rate …]",
    "Pictures that are new to the network are read first.",
)


def show(config: TrainingConfig | None, dataset_id: str) -> None:
    """Draws the button, then what was found for the current settings.

    Args:
        config: the form's current configuration; None if it is invalid.
        dataset_id: id of the data set to train on.
    """
    is_used = config is not None and "learning_rate" not in unused_settings(config)
    question = estimates.rate_question(config, dataset_id) if config and is_used else None
    learner = _learner(config)
    st.button(
        "Find a learning rate",
        icon=":material/query_stats:",
        key="find_rate",
        disabled=question is None,
        on_click=_ask,
        args=(question,),
        help=f"Trains {learner} for a hundred steps with a rate that rises, and looks where it learns fastest.",
    )
    asked, since = st.session_state.get(ASKED, (None, 0.0))
    if question is not None and asked == question:
        _show_answer(question, since, learner)
    elif asked is not None and cached_estimates.rate_curves().get(asked) is None:
        # The form has changed, so the running search is of no use to it.
        _cancel(asked)


def _learner(config: TrainingConfig | None) -> str:
    """Returns what the learning rate applies to, in words."""
    if config is None or not config.from_scratch or not config.freeze.trainable_blocks:
        return "the head"
    return "the network" if not config.num_frozen_blocks else "the unfrozen blocks and the head"


def _ask(question: Question) -> None:
    cached_estimates.rate_curves().forget(question)
    cached_estimates.rate_curves().ask(question, presence.of_this_session())
    st.session_state[ASKED] = question, time.monotonic()


def _cancel(question: Question) -> None:
    cached_estimates.rate_curves().leave(question)
    st.session_state.pop(ASKED, None)


def _show_answer(question: Question, since: float, learner: str) -> None:
    found = cached_estimates.rate_curves().get(question)
    if found is None:
        waiting_view.show(cached_estimates.rate_curves(), question, since, LOOKING, "rate", _cancel)
    elif found.result is None:
        st.warning(wording.plain(found.error), icon=":material/warning:")
    else:
        _show_curve(found.result, learner)


def _show_curve(curve: RateCurve, learner: str) -> None:
    rate = f"{curve.suggestion:.0e}"
    chart_view.show(
        charts.rate_curve(curve), alt=f"Loss against learning rate, falling fastest at {rate}", key="rate_curve"
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(f"Use {rate}", icon=":material/check:", key="use_rate", on_click=_use, args=(curve.suggestion,))
        st.caption(f"Where the loss falls fastest, each step teaches {learner} the most.")


def _use(rate: float) -> None:
    widget_values.fill({"learning_rate": rate})
