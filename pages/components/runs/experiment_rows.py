"""An experiment as one row of a list, which opens to its runs."""

import streamlit as st

from core.experiments import words
from core.experiments.experiment import Kind
from core.experiments.progress import ExperimentState, ExperimentStatus
from pages.components import wording
from pages.components.results import run_views
from pages.components.runs.accuracies import accuracy_of
from pages.components.shell import session

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
    """Draws an experiment with the link to its page; opened, its runs too."""
    experiment = state.experiment
    number = wording.count(len(state.arms), "run")
    about = f"{len(state.done)} of {number}, {STATES[state.status]} · {wording.ago(experiment.created)}"
    # Drawn only once it is open: an experiment may have dozens of runs.
    row = st.expander(
        f"**{words.TITLES[experiment.kind]}** · {about}",
        icon=ICONS[experiment.kind],
        key=f"experiment_row_{experiment.id}",
        on_change="rerun",
    )
    if not row.open:
        return
    with row:
        link(state, "Open the experiment")
        for run in state.runs:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.page_link(session.RUN, label=wording.plain(run.name), query_params={"run": run.id})
                run_views.status_badge(run)
                found = accuracy_of(run)
                st.caption(found.words if found else "No model", width="content")


def link(state: ExperimentState, words_of_link: str) -> None:
    """Draws the link to an experiment's page."""
    st.page_link(
        session.DEMO,
        label=words_of_link,
        icon=ICONS[state.experiment.kind],
        query_params={"experiment": state.experiment.id},
    )
