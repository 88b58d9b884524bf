"""The runs of an experiment as a table, and where each is."""

from collections.abc import Sequence

import streamlit as st

from core.evaluation.words.results import percent, plausibly
from core.experiments import words
from core.experiments.progress import ExperimentState
from core.experiments.results import Outcome, measured
from pages.components import wording
from pages.components.shared import tables
from pages.components.shell import session

ABOUT = (
    "Accuracy is that on the validation pictures, with its 95 % interval: of what models trained like this reach on "
    "new pictures of this kind. The time is that of one run, from its first picture to its saved model."
)


def show(state: ExperimentState, found: Sequence[Outcome]) -> None:
    """Draws the table, folded, and links to the runs.

    Args:
        state: the experiment.
        found: its arms that are done; at least one.
    """
    rows = measured(found)
    kind = state.experiment.kind
    with st.expander("All numbers", icon=":material/table:"):
        st.caption(ABOUT)
        columns: dict[str, list[object]] = {"What": [words.lane(row.lane) for row in rows]}
        if any(words.position(kind, row.x) for row in rows):
            columns["With"] = [words.position(kind, row.x) for row in rows]
        columns |= {
            "Accuracy": [f"{percent(row.accuracy)}, {plausibly(row.interval)}" for row in rows],
            "Draws": [row.num_draws for row in rows],
            "Time": [words.duration(row.seconds) for row in rows],
            "Trained numbers": [f"{row.trainable_params:,}" for row in rows],
        }
        tables.show(columns, alt="Accuracy, time and trained numbers of each way")
        st.caption("Each run has its own page:")
        with st.container(horizontal=True, gap="small"):
            for run in state.runs:
                st.page_link(session.RUN, label=wording.plain(run.name), query_params={"run": run.id})
