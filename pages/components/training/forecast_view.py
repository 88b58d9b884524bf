"""How long training will take. It is measured in the background, so the page never waits.

The same timer asks for what the rest of the page shows: the times on the cards of the recipes, one after the other, and
whether there is an internet connection for weights. Once more is known, the page is drawn again.
"""

from collections.abc import Sequence

import streamlit as st

from core.config.training_config import TrainingConfig
from core.forecast import wording as forecasts
from core.forecast.forecast import Forecast
from pages.components import wording
from pages.components.background.background_cache import Found
from pages.components.shell import polling, presence
from pages.components.training import cached_estimates, connection, estimates
from pages.components.training.estimates import Question

POLL_SECONDS = 0.5
# A forecast from earlier measurements is ready within this time, so it is shown at once.
QUICK_SECONDS = 0.3
# After this, newly cached pictures or used memory may have changed the answer.
FRESH_SECONDS = 30
# Cards compare recipes, so theirs may be older.
CARD_SECONDS = 300
MEASURING = ":material/speed: :shimmer[Measuring this machine …]"


def show(question: Question | None, cards: Sequence[Question], urls: Sequence[str]) -> None:
    """Draws the forecast, or that it is being measured.

    The first drawing asks nothing: at the second, half a second later, the form has settled, and a page that nobody has
    open costs nothing.

    Args:
        question: of the form; None if there is nothing to forecast.
        cards: the questions of the recipes' cards.
        urls: from where weights are downloaded.
    """
    shown = _known(question, cards, urls)
    drawings = 0

    def draw() -> bool:
        nonlocal drawings
        drawings += 1
        if drawings > 1:
            _ask(question, cards, urls)
        if question is not None:
            with st.container(gap=None):
                _say(cached_estimates.forecasts().get(question))
        return _is_something_missing(question, cards, urls) and _known(question, cards, urls) == shown

    polling.poll("forecast", draw, _is_something_missing(question, cards, urls), POLL_SECONDS)


def known(config: TrainingConfig, dataset_id: str) -> Forecast | None:
    """Returns the forecast for a run if it is known, or None."""
    found = cached_estimates.forecasts().get(estimates.time_question(config, dataset_id))
    return found.result if found else None


def _ask(question: Question | None, cards: Sequence[Question], urls: Sequence[str]) -> None:
    """Asks for the first forecast that is missing, the form's own before those of the cards."""
    for url in urls:
        connection.look(url)
    missing = next(iter(_missing(question, cards)), None)
    if missing is not None:
        cache = cached_estimates.forecasts()
        cache.ask(missing, presence.of_this_session())
        cache.wait(missing, QUICK_SECONDS)


def _missing(question: Question | None, cards: Sequence[Question]) -> list[Question]:
    cache = cached_estimates.forecasts()
    own = [] if question is None or _is_fresh(cache.get(question), FRESH_SECONDS) else [question]
    return own + [card for card in cards if not _is_fresh(cache.get(card), CARD_SECONDS)]


def _is_something_missing(question: Question | None, cards: Sequence[Question], urls: Sequence[str]) -> bool:
    return bool(_missing(question, cards)) or not all(map(connection.is_known, urls))


def _known(question: Question | None, cards: Sequence[Question], urls: Sequence[str]) -> tuple[object, ...]:
    """Returns what the rest of the page can show now."""
    cache = cached_estimates.forecasts()
    asked = [*cards] if question is None else [question, *cards]
    return (*(cache.get(one) is not None for one in asked), *map(connection.is_reachable, urls))


def _is_fresh(found: Found[Forecast] | None, seconds: float) -> bool:
    return found is not None and found.age < seconds


def _say(found: Found[Forecast] | None) -> None:
    # Always two elements, so that the box keeps its height while the time is measured.
    if found is None:
        st.markdown(MEASURING)
        st.caption("You can start before it is known.")
    elif found.result is None:
        st.markdown(":material/speed: No forecast.")
        st.caption(wording.plain(found.error))
    else:
        st.markdown(f":material/speed: **{forecasts.total(found.result)}**")
        st.caption(wording.plain(forecasts.details(found.result)))
