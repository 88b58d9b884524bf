"""How long training will take, beside the Start button. It is measured in the background, so the page never waits."""

import streamlit as st

from core.config.training_config import TrainingConfig
from core.forecast import wording as forecasts
from core.forecast.forecast import Forecast
from pages.components import wording
from pages.components.background.background_cache import Found
from pages.components.shell import polling, presence
from pages.components.training import cached_estimates, estimates

POLL_SECONDS = 0.5
# A forecast from earlier measurements is ready within this time, so it is shown at once.
QUICK_SECONDS = 0.3
# After this, newly cached pictures or used memory may have changed the answer.
FRESH_SECONDS = 30
MEASURING = ":material/speed: :shimmer[Measuring this machine …]"


def show(config: TrainingConfig, dataset_id: str) -> None:
    """Draws the forecast, or that it is being measured.

    The first drawing asks nothing: at the second, half a second later, the form has settled, and a page that nobody has
    open costs nothing.
    """
    question = estimates.time_question(config, dataset_id)
    drawings = 0

    def draw() -> bool:
        nonlocal drawings
        drawings += 1
        cache = cached_estimates.forecasts()
        found = cache.get(question)
        if drawings > 1 and not _is_fresh(found):
            cache.ask(question, presence.of_this_session())
            found = cache.wait(question, QUICK_SECONDS)
        _say(found)
        return not _is_fresh(found)

    polling.poll("forecast", draw, not _is_fresh(cached_estimates.forecasts().get(question)), POLL_SECONDS)


def known(config: TrainingConfig, dataset_id: str) -> Forecast | None:
    """Returns the forecast for a run if it is known, or None."""
    found = cached_estimates.forecasts().get(estimates.time_question(config, dataset_id))
    return found.result if found else None


def _is_fresh(found: Found[Forecast] | None) -> bool:
    return found is not None and found.age < FRESH_SECONDS


def _say(found: Found[Forecast] | None) -> None:
    if found is None:
        st.caption(MEASURING)
    elif found.result is None:
        st.caption(f"No forecast. {wording.plain(found.error)}")
    else:
        st.caption(f":material/speed: {wording.plain(forecasts.forecast(found.result))}")
