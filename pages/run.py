"""One run. The run is part of the address, so reloading works."""

import streamlit as st

from core.runs.records.store import Run
from pages.components.run import run_page
from pages.components.shell import address, frame, session


def chosen_run() -> Run | None:
    """Returns the run in the address, else the one chosen before, else the newest."""
    runs = session.run_store().list()
    named = st.query_params.get("run")
    if not named:
        return session.chosen_run(runs)
    return next((run for run in runs if run.id == named), None)


def show_nothing() -> None:
    """Says that there is no such run, and how to find one."""
    frame.title("Run")
    if st.query_params.get("run"):
        st.info("There is no such run, or it has been deleted. All others are under Runs.", icon=":material/info:")
        st.page_link(session.RUNS, label="All runs", icon=":material/stacked_line_chart:")
    else:
        st.info("No run yet. Set one up to see it here.", icon=":material/info:")
        st.page_link(session.TRAIN, label="Train a model", icon=":material/model_training:")


with session.errors_shown():
    current = chosen_run()
    if current:
        session.choose_run(current.id)
        address.keep("run", current.id)
        run_page.show(current)
    else:
        show_nothing()
