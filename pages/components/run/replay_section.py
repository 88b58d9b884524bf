"""The replay of a finished run, in the section Progress. Whether it is open is in the address, so reloading works."""

import streamlit as st

from core.experiments.recording import recording_of_run
from core.runs.records.store import Run
from pages.components.replay import replay_view
from pages.components.shell import address, session

REPLAY, OPEN = address.REPLAY, "1"
# The run whose replay was opened with the button, and so begins by itself.
ASKED = "replay_asked"


def show(run: Run) -> bool:
    """Draws the button that opens the replay, or the replay.

    Args:
        run: finished, with at least one epoch.

    Returns:
        Whether the replay is open.
    """
    if not is_open(run):
        st.button("Replay", icon=":material/replay:", key=f"replay_open_{run.id}", on_click=_open, args=(run.id,))
        return False
    with session.errors_shown():
        recording = recording_of_run(session.run_store(), run)
        replay_view.show(recording, f"replay_{run.id}", starts=st.session_state.get(ASKED) == run.id)
    st.button("Close the replay", icon=":material/close:", key=f"replay_close_{run.id}", on_click=_close)
    return True


def is_open(run: Run) -> bool:
    """Returns whether a run's replay is open."""
    return run.status.is_finished and st.query_params.get(REPLAY) == OPEN


def _open(run_id: str) -> None:
    st.session_state[ASKED] = run_id
    st.query_params[REPLAY] = OPEN


def _close() -> None:
    st.session_state.pop(ASKED, None)
    st.query_params.pop(REPLAY, None)
