"""The wait for an answer that the user asked for: how far it is, and a button to cancel."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

from pages.components import phases, wording
from pages.components.background.background_cache import BackgroundCache
from pages.components.shell import polling, presence

POLL_SECONDS = 0.5
Question = TypeVar("Question")


def show(
    cache: BackgroundCache[Question, Any],
    question: Question,
    since: float,
    words: tuple[str, str],
    name: str,
    cancel: Callable[[Question], None],
) -> None:
    """Draws the progress until the answer is there, and draws the page then.

    Args:
        cache: finds the answer.
        question: what was asked.
        since: when, by `time.monotonic`.
        words: what is being done, with its icon, as Markdown, and what is worth knowing meanwhile.
        name: begins the keys of what is drawn.
        cancel: called with the question if the user doesn't wait.
    """

    def draw() -> bool:
        if cache.get(question) is not None:
            return False
        cache.ask(question, presence.of_this_session())
        st.caption(f"{words[0]} {wording.duration(time.monotonic() - since)}. {words[1]}")
        if (progress := cache.progress(question)) is not None:
            st.progress(phases.share_done(progress), phases.job_phase(progress))
        return True

    with st.container(border=True):
        polling.poll(f"{name}_wait", draw, True, POLL_SECONDS)
        st.button("Cancel", key=f"cancel_{name}", icon=":material/close:", on_click=cancel, args=(question,))
