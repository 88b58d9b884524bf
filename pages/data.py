"""Bring pictures in, see what is in them, fix problems."""

import streamlit as st

from core.datasets.index import DatasetIndex
from pages.components import wording
from pages.components.background.jobs import AUDIT, DERIVE, IMPORT, PACK, SURVEY, Job
from pages.components.dataset import dataset_page, dataset_views, decisions
from pages.components.imports import import_panel
from pages.components.readings import layout_choice
from pages.components.shell import address, frame, job_views, session

DATASET = "dataset"


def choose_dataset(datasets: list[DatasetIndex]) -> DatasetIndex:
    """Draws the choice of a data set. It is kept in the address, so reloading works."""
    named = st.query_params.get(DATASET)
    if named and session.CHOSEN_DATASET not in st.session_state:
        session.choose_dataset(named)
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    with left:
        chosen = dataset_views.choose(datasets)
    with right:
        dataset_views.train_button(is_next=not decisions.are_staged(chosen))
    address.keep(DATASET, chosen.id)
    return chosen


def show_looked_over(job: Job) -> None:
    """Says that an audit or survey of a data set is done."""
    st.toast(f"{wording.plain(job.label)} has been checked.", icon=":material/check_circle:")


def show_packed(job: Job) -> None:
    """Says that a zip is ready, as the user may have left the page that packed it."""
    st.toast(f"The zip of {wording.plain(job.label)} is ready under Versions.", icon=":material/folder_zip:")


OUTCOMES = {
    IMPORT: import_panel.show_imported,
    DERIVE: decisions.show_made,
    AUDIT: show_looked_over,
    SURVEY: show_looked_over,
    PACK: show_packed,
}

frame.title("Data")
with session.errors_shown():
    job_views.show(OUTCOMES)
    layout_choice.show()
    dataset_views.damaged()
    available = session.dataset_store().list()
    if available:
        with st.expander("Add a data set", icon=":material/add:", expanded=import_panel.has_failed()):
            import_panel.show()
        dataset_page.show(choose_dataset(available))
    else:
        st.markdown("No data set yet. Bring a zip with one folder per class, or start from a sample.")
        import_panel.show()
