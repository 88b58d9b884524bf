"""What is at work, as a list on a page."""

import streamlit as st

from pages.components import wording
from pages.components.at_work import items
from pages.components.at_work.items import Item
from pages.components.results import waiting
from pages.components.shell import polling, session

POLL_SECONDS = 2.0
MOST_SHOWN = 3


def show() -> None:
    """Draws what is at work, repeatedly until something starts or ends, then the whole page once."""
    found = items.at_work()
    if not found:
        return

    def draw() -> bool:
        now = items.at_work()
        for item in now[:MOST_SHOWN]:
            _show_item(item)
        if len(now) > MOST_SHOWN:
            st.caption(f"and {len(now) - MOST_SHOWN} more")
        return _states(now) == _states(found)

    st.header("At work", anchor=False)
    polling.poll("at_work", draw, True, POLL_SECONDS)


def redraw_runs() -> None:
    """Draws nothing, but draws the page anew when a run that is at work now starts or ends."""
    found = _states(_runs())
    if found:
        polling.poll("runs_at_work", lambda: _states(_runs()) == found, True, POLL_SECONDS)


def _runs() -> list[Item]:
    return [item for item in items.at_work() if item.page == session.RUN]


def _states(found: list[Item]) -> list[tuple[str, bool]]:
    return [(item.id, item.share is None) for item in found]


def _show_item(item: Item) -> None:
    with st.container(border=True, gap="xsmall"):
        st.page_link(item.page, label=f"**{wording.plain(item.name)}**", query_params=dict(item.parameters))
        if item.share is not None:
            st.progress(item.share, item.words)
        else:
            # With the time until it starts, as far as it is known.
            turn = waiting.turn(item.id)
            st.caption(waiting.sentence(turn) if turn else item.words)
