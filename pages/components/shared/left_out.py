"""Which files an import left out, and why."""

import streamlit as st

from core.datasets.index import DatasetIndex
from core.wording.reasons import reason
from pages.components import wording
from pages.components.shared import tables


def show(dataset: DatasetIndex, key: str = "") -> None:
    """Draws which files an import left out, and why.

    Args:
        dataset: the data set.
        key: if there is more than one such table on the page.
    """
    if dataset.skipped:
        with st.expander(f"Left out: {wording.count(len(dataset.skipped), 'file')}", icon=":material/block:"):
            tables.show(
                {
                    "File": [item.name for item in dataset.skipped],
                    "Reason": [reason(item.reason) for item in dataset.skipped],
                },
                alt="Files that were left out, with the reason",
                file_name="left-out.csv",
                csv_key=key,
            )
    if dataset.num_ignored:
        files = wording.count(dataset.num_ignored, "file")
        st.caption(f"{files} that came along (system files, texts and the like) were silently left out.")
