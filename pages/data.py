"""Bring pictures in, see what is in them, fix problems."""

import streamlit as st

from core.datasets.index import DatasetIndex
from pages.components import wording
from pages.components.dataset import (
    audits,
    classes_view,
    dataset_views,
    decisions,
    issues_view,
    map_view,
    overview,
    versions_view,
)
from pages.components.dataset.dataset_queries import findings
from pages.components.imports import import_panel
from pages.components.readings import layout_choice, receipt_view
from pages.components.shell import frame, job_views, session
from pages.components.shell.jobs import AUDIT, DERIVE, IMPORT, PACK, SURVEY, Job

SECTION, DATASET = "section", "dataset"
OVERVIEW, ISSUES, MAP, CLASSES, VERSIONS = SECTIONS = ("Overview", "Issues", "Map", "Classes", "Versions")


def open_section(name: str) -> None:
    """Opens a section with the next drawing."""
    st.session_state[SECTION] = name


def choose_section() -> str:
    """Draws the choice of a section. It is kept in the address, so reloading works."""
    if st.session_state.get(SECTION) not in SECTIONS:
        named = st.query_params.get(SECTION)
        st.session_state[SECTION] = named if named in SECTIONS else OVERVIEW
    chosen = (
        st.segmented_control("Section", SECTIONS, key=SECTION, required=True, label_visibility="collapsed") or OVERVIEW
    )
    keep_in_address(SECTION, chosen)
    return chosen


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
    keep_in_address(DATASET, chosen.id)
    return chosen


def keep_in_address(name: str, value: str) -> None:
    """Writes a value into the address unless it is there already."""
    if st.query_params.get(name) != value:
        st.query_params[name] = value


def show_origin(dataset: DatasetIndex) -> None:
    """For a version, says what was changed to make it, and offers to compare."""
    words = dataset_views.origin(dataset)
    if not words:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/account_tree: {words}", width="content")
        if dataset_views.parent_name(dataset):
            st.button("Compare", key="compare_origin", type="tertiary", on_click=compare, args=(dataset.parent,))


def compare(dataset_id: str) -> None:
    """Opens the comparison with another data set."""
    versions_view.compare_with(dataset_id)
    open_section(VERSIONS)


def show_dataset(dataset: DatasetIndex) -> None:
    """Draws a data set: its actions, and one section."""
    show_origin(dataset)
    receipt_view.show(dataset)
    section = choose_section()
    found = findings(dataset)
    if found is None:
        audits.show_missing(dataset)
    if section == OVERVIEW:
        overview.show(dataset, found, lambda: open_section(ISSUES))
    elif section == ISSUES and found is not None:
        issues_view.show(session.split_dataset(dataset), found)
    elif section == MAP and found is not None:
        map_view.show(session.split_dataset(dataset), found)
    elif section == CLASSES:
        classes_view.show(dataset)
    elif section == VERSIONS:
        versions_view.show(dataset)


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
        show_dataset(choose_dataset(available))
    else:
        st.markdown("No data set yet. Bring a zip with one folder per class, or start from a sample.")
        import_panel.show()
