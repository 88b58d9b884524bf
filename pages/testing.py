"""Show a trained model new pictures."""

from collections.abc import Sequence

import streamlit as st

from core.runs.records.store import Run
from pages.components import wording
from pages.components.shared import quick_start
from pages.components.shell import frame, session
from pages.components.testing import test_view

CHOICE = "model_choice"
MODEL_WIDTH = 340


def choose_run(runs: Sequence[Run]) -> Run:
    """Draws the choice of the model; the newest one by default."""
    by_id = {run.id: run for run in runs}
    if st.query_params.get("run") in by_id:
        session.choose_run(st.query_params["run"])
    chosen = session.chosen_run(runs) or runs[0]
    session.choose_run(chosen.id)
    st.query_params["run"] = chosen.id
    if st.session_state.get(CHOICE) != chosen.id:
        st.session_state[CHOICE] = chosen.id
    st.selectbox(
        "Model",
        list(by_id),
        # For a browser that draws it anew: it would show the newest model otherwise, and send that.
        index=list(by_id).index(chosen.id),
        key=CHOICE,
        format_func=lambda key: f"{by_id[key].name} · {wording.percent(by_id[key].metrics['val_accuracy'])}",
        on_change=run_picked,
        width=MODEL_WIDTH,
        label_visibility="collapsed",
    )
    return chosen


def run_picked() -> None:
    """Makes the picked model the page's, also in the address, which would otherwise bring the old one back."""
    session.choose_run(st.session_state[CHOICE])
    st.query_params["run"] = st.session_state[CHOICE]


def show_testing(runs: Sequence[Run]) -> None:
    """Draws the page for users who have a model."""
    row = st.container(horizontal=True, vertical_alignment="center")
    with row:
        run = choose_run(runs)
    test_view.show(run, beside=row)


def show_empty() -> None:
    """Says how to get a model."""
    st.info("There is no trained model yet. One click gets you one in about a minute.", icon=":material/info:")
    with st.container(horizontal=True):
        quick_start.try_it_now("test_try")
        if st.button("Train on my own pictures", icon=":material/model_training:"):
            st.switch_page(session.TRAIN)


frame.title("Test a model")
with session.errors_shown():
    with_model = [run for run in session.run_store().list() if run.has_model]
    if with_model:
        show_testing(with_model)
    else:
        show_empty()
