"""What was found in a data set, the pictures to decide on, and the map of all its pictures below."""

import streamlit as st

from core.datasets.index import DatasetIndex
from pages.components.check import audits, decisions, issues_view, map_view
from pages.components.check.dataset_queries import Findings
from pages.components.shell import frame


def show(dataset: DatasetIndex, found: Findings | None) -> None:
    """Draws the section.

    Args:
        dataset: the data set, each picture with its split.
        found: what was found in it; None if it hasn't been audited.
    """
    if found is None:
        audits.show_missing(dataset)
        return
    pending = decisions.current(dataset)
    with frame.kept_place():
        decisions.staged(dataset, pending)
        issues_view.show_advice(dataset, found)
    kind = issues_view.show(dataset, found, pending)
    st.header("Map", anchor="map")
    map_view.show(dataset, found, pending, kind)
