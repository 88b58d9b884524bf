"""One data set: where it comes from, and its sections."""

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
from pages.components.readings import receipt_view
from pages.components.shell import address, frame, session

OVERVIEW, ISSUES, MAP, CLASSES, VERSIONS = "overview", "issues", "map", "classes", "versions"
SECTIONS = {OVERVIEW: "Overview", ISSUES: "Issues", MAP: "Map", CLASSES: "Classes", VERSIONS: "Versions"}


def show(dataset: DatasetIndex) -> None:
    """Draws a data set: its actions, and one section."""
    frame.title(wording.plain(dataset.name))
    dataset_views.train_button(is_next=not decisions.are_staged(dataset))
    _origin(dataset)
    receipt_view.show(dataset)
    section = address.choose_section(SECTIONS)
    found = findings(dataset)
    if found is None:
        audits.show_missing(dataset)
    if section == OVERVIEW:
        overview.show(dataset, found, lambda: address.open_section(ISSUES))
    elif section == ISSUES and found is not None:
        issues_view.show(session.split_dataset(dataset), found)
    elif section == MAP and found is not None:
        map_view.show(session.split_dataset(dataset), found)
    elif section == CLASSES:
        classes_view.show(dataset)
    elif section == VERSIONS:
        versions_view.show(dataset)


def _origin(dataset: DatasetIndex) -> None:
    """For a version, says what was changed to make it, and offers to compare."""
    words = dataset_views.origin(dataset)
    if not words:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/account_tree: {words}", width="content")
        if dataset_views.parent_name(dataset):
            st.button("Compare", key="compare_origin", type="tertiary", on_click=_compare, args=(dataset.parent,))


def _compare(dataset_id: str) -> None:
    """Opens the comparison with another data set."""
    versions_view.compare_with(dataset_id)
    address.open_section(VERSIONS)
