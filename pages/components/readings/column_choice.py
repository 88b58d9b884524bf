"""The columns of a table that wasn't understood, for the user to name the right ones."""

from collections.abc import Callable, Sequence

import streamlit as st

from core.datasets.layouts.options import ReadingOptions
from pages.components import wording

FILE, LABEL, SPLIT = "file_column", "label_column", "split_column"
QUESTIONS = {FILE: "Names of the pictures", LABEL: "Classes", SPLIT: "Training, validation or test"}


def show(key: str, columns: Sequence[str], use: Callable[[ReadingOptions], None]) -> None:
    """Draws the choice.

    Args:
        key: a unique one on the page.
        columns: what the columns are called in `ReadingOptions`.
        use: called with the options that say which column is which.
    """
    st.markdown("**Which column holds what?**")
    with st.form(f"columns_{key}", border=False):
        for cell, (name, question) in zip(st.columns(len(QUESTIONS)), QUESTIONS.items(), strict=True):
            cell.selectbox(
                question,
                ["", *columns],
                format_func=lambda column: wording.short(column) if column else "Found by itself",
                key=f"{name}_{key}",
            )
        st.form_submit_button(
            "Read it with these columns", icon=":material/table:", on_click=_use, args=(key, use), type="primary"
        )


def _use(key: str, use: Callable[[ReadingOptions], None]) -> None:
    use(ReadingOptions(**{name: st.session_state[f"{name}_{key}"] for name in QUESTIONS}))
