"""All runs, by data set: open, star, note on, filter, compare, resume, rename, delete."""

import streamlit as st

from core.runs import queue
from pages.components import wording
from pages.components.at_work import section
from pages.components.runs import run_list
from pages.components.shared import quick_start
from pages.components.shell import frame, session

frame.title("Runs")
with session.errors_shown():
    with frame.kept_place():
        if hindrance := queue.look_over(session.run_store()):
            st.warning(f"Runs can only be viewed. {wording.plain(hindrance)}", icon=":material/lock:")
    all_runs = session.run_store().list()
    if all_runs:
        with frame.kept_place():
            section.redraw_runs()
        run_list.show(all_runs)
    else:
        st.info("No run yet. Set one up, or try a sample.", icon=":material/info:")
        with st.container(horizontal=True):
            if st.button("Train a model", type="primary", icon=":material/model_training:"):
                st.switch_page(session.TRAIN)
            quick_start.try_it_now("runs_try", primary=False)
