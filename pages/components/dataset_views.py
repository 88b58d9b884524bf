"""A data set's choice, what can be done with it as a whole, where it comes from, and what was left out."""

import streamlit as st

from core.datasets.index import DatasetIndex
from core.runs import queue
from pages.components import dialogs, session, wording

CHOICE = "dataset_choice"
IN_USE = "A run is training on it. Wait for its end, or stop it."


def choose(datasets: list[DatasetIndex]) -> DatasetIndex:
    """Draws the choice of a data set and remembers it for the other pages."""
    by_id = {index.id: index for index in datasets}
    chosen = session.chosen_dataset(datasets)
    session.choose_dataset(chosen.id)
    # A key of its own and no index: with another index it would be another widget, which forgets what was just picked.
    if st.session_state.get(CHOICE) != chosen.id:
        st.session_state[CHOICE] = chosen.id
    st.selectbox("Data set", list(by_id), key=CHOICE, format_func=lambda key: by_id[key].name, on_change=_picked)
    return chosen


def _picked() -> None:
    session.choose_dataset(st.session_state[CHOICE])


def actions(index: DatasetIndex) -> None:
    """Draws what can be done with a data set as a whole."""
    with st.container(horizontal=True):
        if st.button("Train a model", type="primary", icon=":material/model_training:"):
            st.switch_page(session.TRAIN)
        if st.button("Rename", icon=":material/edit:"):
            dialogs.rename(index.name, lambda name: session.dataset_store().rename(index.id, name))
        delete_button(index, "delete")


def delete_button(index: DatasetIndex, key: str) -> None:
    """Draws the button that deletes a data set after a question, disabled with the reason while a run needs it."""
    in_use = queue.is_dataset_in_use(session.run_store(), index.id)
    if st.button("Delete", key=key, icon=":material/delete:", disabled=in_use, help=IN_USE if in_use else None):
        dialogs.delete(
            f"the data set {wording.plain(index.name)} with {wording.count(len(index.samples), 'picture')}",
            lambda: delete(index),
        )


def delete(index: DatasetIndex) -> bool:
    """Deletes a data set unless a run needs it by now. Returns whether it did."""
    if queue.is_dataset_in_use(session.run_store(), index.id):
        st.toast("A run is training on it by now. Stop it first.", icon=":material/info:")
        return False
    session.dataset_store().delete(index.id)
    return True


def origin(index: DatasetIndex) -> str:
    """Returns in Markdown which data set this is a version of and what was done, empty where it is none."""
    if not index.parent:
        return ""
    names = {other.id: other.name for other in session.dataset_store().list()}
    parent = f"**{wording.plain(names[index.parent])}**" if index.parent in names else "a data set that was deleted"
    return f"A version of {parent}: {wording.plain(wording.changes(index.edits))}."


def left_out(index: DatasetIndex) -> None:
    """Draws which files an import left out, and why."""
    if index.skipped:
        with st.expander(f"Left out: {wording.count(len(index.skipped), 'file')}", icon=":material/block:"):
            st.dataframe(
                {"File": [item.name for item in index.skipped], "Reason": [item.reason for item in index.skipped]},
                hide_index=True,
                alt="Files that were left out, with the reason",
            )
    if index.num_ignored:
        files = wording.count(index.num_ignored, "file")
        st.caption(f"{files} that came along (system files, texts and the like) were left out without a word.")
