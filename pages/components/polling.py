"""Parts of a page that redraw themselves while something is at work, and stop doing so when it ends."""

from collections.abc import Callable

import streamlit as st

from pages.components import session


def poll(key: str, draw: Callable[[], bool], is_at_work: bool, seconds: float = 1.0) -> None:
    """Draws a part of the page, again and again while it is at work; then the whole page once.

    The browser owns the clock of a fragment, and a fragment's own rerun can't stop it: only a full rerun can, after
    which the fragment is built without one.

    Args:
        key: of the part, in session state.
        draw: draws it and tells whether it is still at work, and the rest of the page still right.
        is_at_work: whether it is now.
        seconds: from one drawing to the next.
    """
    state = f"polling_{key}"

    def step() -> None:
        at_work = False
        with session.errors_shown():
            at_work = draw()
        if not at_work and st.session_state.get(state):
            st.session_state[state] = False
            st.rerun()

    st.session_state[state] = is_at_work
    st.fragment(step, run_every=seconds if is_at_work else None)()
