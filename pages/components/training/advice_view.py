"""What the network's features are worth on these pictures, before training: shown at once where they are at hand.

Looking whether they are, and measuring them if so, takes a second of the estimates process. Where pictures would have
to go through the network first, a button says what that costs.
"""

import time

import streamlit as st

from core.backbones.table import get_backbone
from core.config.training_config import TrainingConfig
from core.forecast import advice_wording
from core.forecast.advice import Advice
from pages.components import wording
from pages.components.background.background_cache import Found
from pages.components.shared import waiting_view
from pages.components.shell import polling, presence
from pages.components.training import backbone_words, cached_estimates, estimates, forecast_view
from pages.components.training.estimates import AdviceQuestion

# What this session asked to be measured, and when.
ASKED = "advice_asked"
POLL_SECONDS = 0.5
# After this, a run may have read the pictures meanwhile.
FRESH_SECONDS = 30
MEASURING = (":material/insights: :shimmer[Measuring …]", "What is read is kept for training.")
LOOKING = ":material/insights: :shimmer[Looking what is known of these pictures …]"


def show(config: TrainingConfig | None, dataset_id: str) -> None:
    """Draws what was measured, the offer to measure it, or how far measuring is.

    Args:
        config: the form's current configuration; None if it is invalid.
        dataset_id: id of the data set to train on.
    """
    question = _question(config, dataset_id)
    asked, since = st.session_state.get(ASKED, (None, 0.0))
    if asked is not None and asked != question and cached_estimates.advice().get(asked) is None:
        # The form has changed, so the running measurement is of no use to it.
        _cancel(asked)
        asked = None
    # A container, so that the elements below keep their places.
    with st.container(gap="xsmall", key="advice"):
        if config is None or question is None:
            return
        found = cached_estimates.advice().get(question)
        if found is None and asked == question:
            waiting_view.show(cached_estimates.advice(), question, since, MEASURING, "advice", _cancel)
        elif found is not None:
            _say(found)
            if found.error:
                st.button("Measure again", key="measure_again", on_click=_ask, args=(question,))
        else:
            _look(config, dataset_id, question)


def _question(config: TrainingConfig | None, dataset_id: str) -> AdviceQuestion | None:
    """Returns the question that measures; None if there is nothing to measure, or weights would be downloaded first."""
    if config is None or config.from_scratch:
        return None
    if config.weights == "imagenet" and backbone_words.needs(get_backbone(config.backbone)):
        return None
    return estimates.advice_question(config, dataset_id, computes=True)


def _look(config: TrainingConfig, dataset_id: str, question: AdviceQuestion) -> None:
    """Draws what is known without reading pictures, as soon as that is known.

    Like the forecast, the first drawing asks nothing.
    """
    quick = estimates.advice_question(config, dataset_id, computes=False)
    found, drawings = cached_estimates.advice().get(quick), 0
    if found is not None and found.result is not None and found.result.num_missing:
        # Not in the part that redraws itself: a press there draws nothing else.
        _offer(config, dataset_id, question, found.result)
    elif found is not None:
        _say(found)

    def draw() -> bool:
        nonlocal drawings
        drawings += 1
        if drawings > 1 and _fresh(quick) is None:
            cached_estimates.advice().ask(quick, presence.of_this_session())
        if found is None:
            st.caption(LOOKING)
        return _fresh(quick) is None

    polling.poll("advice", draw, _fresh(quick) is None, POLL_SECONDS)


def _fresh(quick: AdviceQuestion) -> Found[Advice] | None:
    """Returns the answer without reading pictures, unless they may have been read since."""
    found = cached_estimates.advice().get(quick)
    is_final = found is not None and found.result is not None and not found.result.num_missing
    return found if found is not None and (is_final or found.age < FRESH_SECONDS) else None


def _offer(config: TrainingConfig, dataset_id: str, question: AdviceQuestion, advice: Advice) -> None:
    forecast = forecast_view.known(config, dataset_id)
    seconds = forecast.features_seconds - forecast.views_seconds if forecast else None
    left, right = st.columns([1, 3], vertical_alignment="center")
    with left:
        st.button(
            "Measure before training",
            key="measure_advice",
            icon=":material/insights:",
            on_click=_ask,
            args=(question,),
        )
    with right:
        st.caption(wording.plain(advice_wording.cost(advice.num_missing, seconds)))


def _ask(question: AdviceQuestion) -> None:
    cached_estimates.advice().forget(question)
    cached_estimates.advice().ask(question, presence.of_this_session())
    st.session_state[ASKED] = question, time.monotonic()


def _cancel(question: AdviceQuestion) -> None:
    config, dataset_id, _ = question
    cached_estimates.advice().leave(question)
    cached_estimates.advice().forget(estimates.advice_question(config, dataset_id, computes=False))
    st.session_state.pop(ASKED, None)


def _say(found: Found[Advice]) -> None:
    if found.result is None:
        st.caption(f":material/insights: {wording.plain(f'Not measured. {found.error}')}")
        return
    st.markdown(f":material/insights: **{wording.plain(advice_wording.measured(found.result))}**")
    for words in (advice_wording.outlook(found.result), advice_wording.comparison(found.result)):
        if words:
            st.caption(wording.plain(words))
