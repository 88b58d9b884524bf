"""What is chosen on the page of a run, which the address keeps: it is forgotten once another run is shown."""

import streamlit as st

from core.runs.records.store import Run

# Names in the address; also keys of the widgets.
SPLIT, THRESHOLD, CURVES_OF, GROUPS_BY = "split", "at", "curves_of", "by"
TRUE, TAKEN_FOR, VERDICT, ORDER, PAGE = "true", "taken_for", "verdict", "sorted", "mistakes_page"
FILTERS = (TRUE, TAKEN_FOR, VERDICT)
ALL = (SPLIT, THRESHOLD, CURVES_OF, GROUPS_BY, *FILTERS, ORDER, PAGE)
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


def show_mistakes(true: str | None = None, taken_for: str | None = None) -> None:
    """Filters the mistakes with the next drawing. For callbacks in a section without the filters.

    Args:
        true: the true class; None for all.
        taken_for: the answered class; None for all.
    """
    show_all()
    for key, value in ((TRUE, true), (TAKEN_FOR, taken_for)):
        if value is not None:
            st.session_state[key] = value
            # Streamlit (1.67) doesn't write what a widget begins with into the address.
            st.query_params[key] = value


def show_all() -> None:
    """Takes all filters of the mistakes away with the next drawing. For callbacks."""
    for key in FILTERS:
        st.session_state[key] = None
    first_page()


def first_page() -> None:
    """Goes back to the first page of the mistakes, because others are shown. For callbacks."""
    if PAGE in st.session_state:
        st.session_state[PAGE] = 1
