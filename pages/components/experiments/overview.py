"""All questions that an experiment can answer, and the experiments that there are."""

from collections.abc import Sequence

import streamlit as st

from core.experiments import words
from core.experiments.experiment import Experiment
from core.experiments.plans import PLANS
from core.experiments.progress import state_of
from core.runs.records.store import Run
from pages.components import wording
from pages.components.at_work import section
from pages.components.runs import experiment_rows
from pages.components.shell import frame, session


def show(experiments: Sequence[Experiment]) -> None:
    """Draws the questions as cards, then the experiments.

    Args:
        experiments: all, newest first.
    """
    frame.title("Show what transfer learning brings")
    st.markdown(
        "Each of these trains several models that differ in one thing, on a built-in sample or on your pictures, and "
        "says in a sentence what came out. All of it is real, runs on this machine, and can be replayed to others."
    )
    grid = st.grid(3, min_column_width=260, border=True)
    for kind in PLANS:
        with grid.cell():
            st.markdown(f"{experiment_rows.ICONS[kind]} **{words.TITLES[kind]}**")
            st.markdown(words.QUESTIONS[kind])
            st.page_link(
                session.DEMO,
                label="Set it up",
                icon=":material/arrow_forward:",
                icon_position="right",
                query_params={"kind": kind.value},
            )
    if experiments:
        st.header("Experiments", anchor=False)
        section.redraw_runs()
        rows(experiments, session.run_store().list())


def rows(experiments: Sequence[Experiment], runs: Sequence[Run]) -> None:
    """Draws experiments as one row each, which opens.

    Args:
        experiments: those to draw.
        runs: all runs, newest first.
    """
    for experiment in experiments:
        with st.container(border=True):
            experiment_rows.line(state_of(experiment, runs), f"**{title(experiment)}**")


def title(experiment: Experiment) -> str:
    """Returns the title of an experiment, as Markdown."""
    return f"{words.TITLES[experiment.kind]} · {wording.plain(experiment.dataset_name)}"


def way_back() -> None:
    """Draws the link to all questions and experiments."""
    st.page_link(session.DEMO, label="All experiments", icon=":material/arrow_back:")
