"""An experiment as one row of a list, which opens to its runs."""

import streamlit as st

from core.experiments import words
from core.experiments.experiment import Kind
from core.experiments.progress import ExperimentState, ExperimentStatus
from pages.components import wording
from pages.components.results import run_views
from pages.components.runs.accuracies import accuracy_of
from pages.components.shell import ages, session

ICONS = {
    Kind.RACE: ":material/sprint:",
    Kind.SAMPLES: ":material/filter_5:",
    Kind.FREEZE: ":material/ac_unit:",
    Kind.BACKBONES: ":material/hub:",
    Kind.AUGMENTATION: ":material/auto_awesome_motion:",
    Kind.ARTICLE: ":material/article:",
    Kind.TRANSFER: ":material/balance:",
}
STATES = {
    ExperimentStatus.AT_WORK: "at work",
    ExperimentStatus.COMPLETED: "complete",
    ExperimentStatus.INCOMPLETE: "not complete",
}


def show(state: ExperimentState) -> None:
    """Draws an experiment in the list of runs, which opens to its runs."""
    experiment = state.experiment
    with st.container(border=True, gap="xsmall"):
        line(state, f"**{words.TITLES[experiment.kind]}**")
        # What changes is not part of the label: Streamlit takes an expander with another label for another expander,
        # so that it would close, and a click would be lost. Drawn only once it is open, as there may be dozens of runs.
        runs = st.expander("Its runs", type="compact", key=f"experiment_row_{experiment.id}", on_change="rerun")
        if runs.open:
            with runs:
                _runs(state)


def line(state: ExperimentState, title: str) -> None:
    """Draws an experiment in one line: the link to its page, how far it is, its age.

    Args:
        state: the experiment and its runs.
        title: of the link, as Markdown.
    """
    experiment = state.experiment
    with st.container(horizontal=True, vertical_alignment="center", key=f"experiment_line_{experiment.id}"):
        st.page_link(session.DEMO, label=title, icon=ICONS[experiment.kind], query_params={"experiment": experiment.id})
        number = wording.count(len(state.arms), "run")
        ages.caption(
            f"{len(state.done)} of {number}, {STATES[state.status]} · {ages.age(experiment.created)}", width="content"
        )


def _runs(state: ExperimentState) -> None:
    for run in state.runs:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.page_link(session.RUN, label=wording.plain(run.name), query_params={"run": run.id})
            run_views.status_badge(run)
            found = accuracy_of(run)
            st.caption(f"{found.words} {found.interval_words}" if found else "No model", width="content")
