"""Bring pictures in, see what is in them, mend it."""

import streamlit as st

from core.datasets.index import DatasetIndex
from pages.components import (
    dataset_views,
    frame,
    job_views,
    overview,
    session,
    sources,
)
from pages.components.contents import findings

SECTION = "section"
OVERVIEW, ISSUES, MAP, CLASSES, VERSIONS = SECTIONS = ("Overview", "Issues", "Map", "Classes", "Versions")


def open_section(name: str) -> None:
    """Goes to a section with the next drawing."""
    st.session_state[SECTION] = name


def choose_section() -> str:
    """Draws the choice of a section. The address carries it, so reloading works."""
    if st.session_state.get(SECTION) not in SECTIONS:
        named = st.query_params.get(SECTION)
        st.session_state[SECTION] = named if named in SECTIONS else OVERVIEW
    chosen = st.segmented_control("Section", SECTIONS, key=SECTION, required=True, label_visibility="collapsed")
    keep_in_address(SECTION, chosen)
    return chosen


def choose_dataset(datasets: list[DatasetIndex]) -> DatasetIndex:
    """Draws the choice of a data set. The address carries it, so reloading works."""
    named = st.query_params.get("dataset")
    if named and session.CHOSEN_DATASET not in st.session_state:
        session.choose_dataset(named)
    chosen = dataset_views.choose(datasets)
    keep_in_address("dataset", chosen.id)
    return chosen


def keep_in_address(name: str, value: str) -> None:
    """Writes a value into the address unless it is there."""
    if st.query_params.get(name) != value:
        st.query_params[name] = value


def show_dataset(index: DatasetIndex) -> None:
    """Draws a data set: what can be done with it, and one section."""
    dataset_views.actions(index)
    section = choose_section()
    found = findings(index)
    if section == OVERVIEW:
        overview.show(index, found, lambda: open_section(ISSUES))


OUTCOMES = {"import": sources.show_imported}

frame.title("Data")
with session.errors_shown():
    job_views.show(OUTCOMES)
    available = session.dataset_store().list()
    if available:
        with st.expander("Add a data set", icon=":material/add:", expanded=sources.has_failed()):
            sources.show()
        show_dataset(choose_dataset(available))
    else:
        st.markdown("No data set yet. Bring a zip with one folder per class, or start from a sample.")
        sources.show()
