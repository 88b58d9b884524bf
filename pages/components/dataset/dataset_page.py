"""One data set: its name, actions on it, where it comes from, and its sections."""

import streamlit as st

from core.datasets.index import DatasetIndex
from pages.components import wording
from pages.components.check import audits, check_view, decisions
from pages.components.check.dataset_queries import Findings, findings
from pages.components.dataset import (
    classes_view,
    dataset_menu,
    dataset_views,
    downloads,
    pictures_view,
    versions_view,
)
from pages.components.readings import receipt_view
from pages.components.shell import address, frame, session

PICTURES, CHECK, CLASSES, VERSIONS = "pictures", "check", "classes", "versions"
SECTIONS = {PICTURES: "Pictures", CHECK: "Check", CLASSES: "Classes", VERSIONS: "Versions"}
FORMER = {"overview": PICTURES, "issues": CHECK, "map": CHECK}


def show(dataset: DatasetIndex) -> None:
    """Draws a data set: its title and actions, and one section."""
    _header(dataset)
    with frame.kept_place():
        _origin(dataset)
        downloads.link(dataset)
        receipt_view.show(dataset)
    found = findings(dataset)
    section = address.choose_section(_labels(dataset, found), FORMER)
    if section == PICTURES:
        if found is None:
            audits.show_missing(dataset)
        pictures_view.show(dataset, found, lambda: address.open_section(CHECK))
    elif section == CHECK:
        check_view.show(session.split_dataset(dataset), found)
    elif section == CLASSES:
        classes_view.show(dataset)
    elif section == VERSIONS:
        versions_view.show(dataset)


def _header(dataset: DatasetIndex) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="breadcrumb"):
        st.page_link(session.DATA, label="Data", width="content")
        st.markdown(f"› {wording.plain(wording.short(dataset.name))}", width="content")
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        frame.title(wording.plain(dataset.name))
    with right, st.container(horizontal=True, horizontal_alignment="right"):
        dataset_menu.show(dataset)
        if dataset.has_labels:
            dataset_views.train_button(is_next=not decisions.are_staged(dataset))


def _labels(dataset: DatasetIndex, found: Findings | None) -> dict[str, str]:
    """Returns the labels of the sections; that of Check says how many pictures there are to look at."""
    number = found.num_left(decisions.as_far_as_readable(dataset)) if found else 0
    return SECTIONS | ({CHECK: f"{SECTIONS[CHECK]} ({number:,})"} if number else {})


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
