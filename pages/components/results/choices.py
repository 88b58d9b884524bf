"""What is chosen on the page of a run, which the address keeps: it is forgotten once another run is shown."""

import streamlit as st

from core.runs.records.store import Run

# Names in the address; also keys of the widgets.
SPLIT, THRESHOLD, CURVES_OF = "split", "at", "curves_of"
ALL = (SPLIT, THRESHOLD, CURVES_OF)
RUN = "choices_of_run"


def begin(run: Run) -> None:
    """Forgets what was chosen for another run. Called before the widgets are drawn.

    Args:
        run: the one that is shown.
    """
    if st.session_state.get(RUN) != run.id:
        for key in ALL:
            if key in st.session_state:
                del st.session_state[key]
        st.session_state[RUN] = run.id
