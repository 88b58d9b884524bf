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
    if not items.at_work():
        return
    found = _states()

    def draw() -> bool:
        now = items.at_work()
        for item in now[:MOST_SHOWN]:
            _show_item(item)
        if len(now) > MOST_SHOWN:
            st.caption(f"and {len(now) - MOST_SHOWN} more")
        return _states() == found

    st.header("At work", anchor=False)
    polling.poll("at_work", draw, True, POLL_SECONDS)


def redraw_runs() -> None:
    """Draws nothing, but draws the page anew when a run that is at work now starts or ends."""
    found = _runs()
    if found:
        polling.poll("runs_at_work", lambda: _runs() == found, True, POLL_SECONDS)


def _states() -> tuple[list[tuple[str, str]], list[str]]:
    """Returns what is at work and which of it waits. Each run of an experiment counts, as pages list them."""
    return _runs(), [job.id for job in session.jobs().running()]


def _runs() -> list[tuple[str, str]]:
    return [(run.id, run.status) for run in items.unfinished()]


def _show_item(item: Item) -> None:
    with st.container(border=True, gap="xsmall"):
        st.page_link(item.page, label=f"**{wording.plain(item.name)}**", query_params=dict(item.parameters))
        if item.share is not None:
            st.progress(item.share, item.words)
        else:
            # With the time until it starts, as far as it is known.
            turn = waiting.turn(item.id)
            st.caption(waiting.sentence(turn) if turn else item.words)
