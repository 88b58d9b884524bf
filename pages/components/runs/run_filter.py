"""The filter of the list of runs. It is kept in the address, so reloading works and a filtered list can be shared."""

from collections.abc import Sequence

import streamlit as st

from core.runs.records.store import Run
from pages.components import wording
from pages.components.results import run_views
from pages.components.runs.groups import ORDERS, Choice

# Names in the address; also keys of the widgets.
FIND, STATUS, RECIPE, STARRED, ORDER, PAGE = "find", "status", "recipe", "starred", "order", "page"
ALL = "All"


def choose(runs: Sequence[Run]) -> Choice:
    """Draws the filter and the order, and returns what is chosen.

    Args:
        runs: all runs.
    """
    statuses = {wording.STATUS_WORDS[run.status][0]: run.status for run in runs}
    recipes = {run_views.recipe_label(run): run.recipe for run in runs}
    with st.container(horizontal=True, vertical_alignment="bottom", key="run_filter"):
        find = st.text_input(
            "Find",
            key=FIND,
            type="search",
            placeholder="Name, note or data set",
            icon=":material/search:",
            bind="query-params",
        )
        status = st.selectbox("Status", [ALL, *statuses], key=STATUS, width=140, bind="query-params")
        recipe = st.selectbox("Recipe", [ALL, *recipes], key=RECIPE, width=170, bind="query-params")
        order = st.selectbox("Order", list(ORDERS.values()), key=ORDER, width=150, bind="query-params")
        is_starred = st.toggle("Starred only", key=STARRED, bind="query-params")
    return Choice(
        find or "",
        statuses.get(status, ""),
        recipes.get(recipe) if recipe != ALL else None,
        is_starred,
        next(name for name, words in ORDERS.items() if words == order),
    )


def clear() -> None:
    """Shows all runs again. Called before the page is drawn."""
    for key, value in ((FIND, ""), (STATUS, ALL), (RECIPE, ALL), (STARRED, False)):
        st.session_state[key] = value
