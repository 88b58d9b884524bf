"""Bring pictures in, see what is in them, fix problems."""

import streamlit as st

from core.datasets.index import DatasetIndex
from pages.components import wording
from pages.components.background.jobs import AUDIT, DERIVE, IMPORT, PACK, SURVEY, Job
from pages.components.check import decisions
from pages.components.dataset import dataset_page, dataset_views
from pages.components.imports import import_panel
from pages.components.readings import layout_choice
from pages.components.shell import address, frame, job_views, session

DATASET = "dataset"
WRITTEN = "dataset_written"


def choose_dataset(datasets: list[DatasetIndex]) -> DatasetIndex:
    """Returns the data set to show, and keeps it in the address, so reloading works."""
    named = st.query_params.get(DATASET)
    # An address that this didn't write is of a link that was followed: it overrules what was chosen before.
    if named and named != st.session_state.get(WRITTEN):
        session.choose_dataset(named)
    chosen = session.chosen_dataset(datasets) or datasets[0]
    session.choose_dataset(chosen.id)
    address.keep(DATASET, chosen.id)
    st.session_state[WRITTEN] = chosen.id
    return chosen


def show_looked_over(job: Job) -> None:
    """Says that an audit or survey of a data set is done."""
    st.toast(f"{wording.plain(job.label)} has been checked.", icon=":material/check_circle:")


def show_packed(job: Job) -> None:
    """Says that a zip is ready, as the user may have left the page that packed it."""
    st.toast(f"The zip of {wording.plain(job.label)} is ready.", icon=":material/folder_zip:")


OUTCOMES = {
    IMPORT: import_panel.show_imported,
    DERIVE: decisions.show_made,
    AUDIT: show_looked_over,
    SURVEY: show_looked_over,
    PACK: show_packed,
}

with session.errors_shown():
    job_views.show(OUTCOMES)
    layout_choice.show()
    dataset_views.damaged()
    available = session.dataset_store().list()
    if available:
        dataset_page.show(choose_dataset(available))
        with st.expander("Add a data set", icon=":material/add:", expanded=import_panel.has_failed()):
            import_panel.show()
    else:
        frame.title("Data")
        st.markdown("No data set yet. Bring a zip with one folder per class, or start from a sample.")
        import_panel.show()
