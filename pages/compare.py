"""Several runs side by side. The runs are part of the address, so reloading works and it can be shared."""

from collections.abc import Sequence

import streamlit as st

from core.runs.records.store import Run
from pages.components.runs import comparison, rows
from pages.components.shell import address, frame, session, widget_values

RUNS = "runs"
PICKED = "compared"
WRITTEN = "compared_written"
LEAST, MOST = 2, 8


def pick(runs: Sequence[Run]) -> list[Run]:
    """Draws the choice of the runs, and returns them in the order in which they were picked.

    Args:
        runs: all runs, newest first.
    """
    by_id = {run.id: run for run in runs}
    named = st.query_params.get(RUNS, "")
    shown = st.session_state.get(widget_values.key(PICKED))
    # An address that this didn't write is of a link that was followed: it overrules what was picked before.
    if shown is None or named != st.session_state.get(WRITTEN) or not by_id.keys() >= set(shown):
        shown = [run_id for run_id in dict.fromkeys(named.split(",")) if run_id in by_id][:MOST]
        widget_values.fill({PICKED: shown})
    about = {by_id[run_id].dataset_id for run_id in shown}
    picked = st.multiselect(
        "Runs to compare",
        # Those of the same data set first: only they can be compared picture by picture.
        sorted(by_id, key=lambda run_id: by_id[run_id].dataset_id not in about),
        key=widget_values.key(PICKED),
        format_func=lambda run_id: f"{by_id[run_id].name} · {by_id[run_id].dataset_name}",
        max_selections=MOST,
        placeholder="Pick two or more runs",
    )
    st.session_state[WRITTEN] = ",".join(picked)
    if picked or named:
        address.keep(RUNS, st.session_state[WRITTEN])
    return [by_id[run_id] for run_id in picked]


frame.title("Compare runs")
with session.errors_shown():
    rows.style()
    every = session.run_store().list()
    st.page_link(session.RUNS, label="All runs", icon=":material/arrow_back:")
    if len(every) < LEAST:
        st.info("There are fewer than two runs yet. Train another to compare them.", icon=":material/info:")
    elif len(compared := pick(every)) < LEAST:
        st.info("Pick two or more runs here, or tick them under Runs.", icon=":material/info:")
    else:
        comparison.show(compared)
