"""Whether a replay is open: in the address, so reloading works, and the buttons that open and close it."""

from collections.abc import Callable

import streamlit as st

from core.experiments.recording import Recording
from pages.components.replay import replay_view
from pages.components.shell import address

# What the replay that was opened with the button shows: it begins by itself.
ASKED = "replay_asked"


def show(subject: str, make_recording: Callable[[], Recording]) -> bool:
    """Draws the button that opens the replay, or the replay.

    Args:
        subject: id of the run or experiment.
        make_recording: returns what it plays.

    Returns:
        Whether the replay is open.
    """
    if not is_open():
        st.button("Replay", icon=":material/replay:", key=f"replay_open_{subject}", on_click=_open, args=(subject,))
        return False
    replay_view.show(make_recording(), f"replay_{subject}", starts=st.session_state.get(ASKED) == subject)
    st.button("Close the replay", icon=":material/close:", key=f"replay_close_{subject}", on_click=_close)
    return True


def is_open() -> bool:
    """Returns whether the replay of what the page shows is open."""
    return address.REPLAY in st.query_params


def _open(subject: str) -> None:
    st.session_state[ASKED] = subject
    st.query_params[address.REPLAY] = "1"


def _close() -> None:
    st.session_state.pop(ASKED, None)
    st.query_params.pop(address.REPLAY, None)
