"""Experiments: several models that answer one question, to watch, to replay and to show to others."""

import streamlit as st

from core.experiments.experiment import Experiment, Kind
from core.experiments.plans import PLANS
from core.experiments.store import ExperimentStore
from core.runs import queue
from pages.components.experiments import experiment_view, overview, setup_view
from pages.components.shell import frame, session

NAMES = [kind.value for kind in PLANS]


def show_missing() -> None:
    """Says that there is no such experiment, and how to find one."""
    frame.title("Demo")
    st.info("There is no such experiment, or it has been deleted. All others are here.", icon=":material/info:")
    overview.way_back()


with session.errors_shown():
    store = session.run_store()
    queue.look_over(store)
    named, kind = st.query_params.get("experiment", ""), st.query_params.get("kind", "")
    experiments = ExperimentStore(store.home).list()
    found: Experiment | None = next((one for one in experiments if one.id == named), None)
    if found:
        experiment_view.show(found)
    elif named:
        show_missing()
    elif kind in NAMES:
        setup_view.show(Kind(kind))
    else:
        overview.show(experiments)
