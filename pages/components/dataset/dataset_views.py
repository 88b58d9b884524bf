"""Choosing a data set, actions on it as a whole, and where it comes from."""

from functools import partial

import streamlit as st

from core.datasets.index import DatasetIndex
from core.runs import queue
from core.wording.damaged_datasets import damaged_dataset
from pages.components import wording
from pages.components.imports.kept_sources import kept_sources
from pages.components.shell import dialogs, session

CHOICE = "dataset_choice"
IN_USE = "A run is training on it. Wait for its end, or stop it."


def choose(datasets: list[DatasetIndex]) -> DatasetIndex:
    """Draws the selection of a data set and remembers it for the other pages."""
    by_id = {dataset.id: dataset for dataset in datasets}
    chosen = session.chosen_dataset(datasets) or datasets[0]
    session.choose_dataset(chosen.id)
    if st.session_state.get(CHOICE) != chosen.id:
        st.session_state[CHOICE] = chosen.id
    st.selectbox(
        "Data set",
        list(by_id),
        # For a browser that draws it anew: it would show the newest data set otherwise, and send that.
        index=list(by_id).index(chosen.id),
        key=CHOICE,
        format_func=lambda key: by_id[key].name,
        on_change=_picked,
    )
    return chosen


def _picked() -> None:
    session.choose_dataset(st.session_state[CHOICE])


def train_button(is_next: bool) -> None:
    """Draws the button that leads to training on the chosen data set.

    Args:
        is_next: whether this is the most likely next step.
    """
    if st.button("Train a model", type="primary" if is_next else "secondary", icon=":material/model_training:"):
        st.switch_page(session.TRAIN)


def damaged() -> None:
    """Draws the data sets whose record can't be used, with what can be done and a button to delete them."""
    for broken in session.dataset_store().damaged():
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f":material/broken_image: {wording.plain(damaged_dataset(broken))}")
            if st.button("Delete", key=f"delete_damaged_{broken.id}", icon=":material/delete:"):
                pictures = wording.count(broken.num_pictures, "picture")
                dialogs.delete(
                    f"the damaged data set {wording.plain(broken.id)} with {pictures}",
                    partial(session.dataset_store().delete, broken.id),
                )


def is_in_use(dataset: DatasetIndex) -> bool:
    """Whether a queued or running run needs a data set."""
    return bool(queue.run_using(session.run_store(), dataset.id))


def delete(dataset: DatasetIndex) -> bool:
    """Deletes a data set unless a run has started using it. Returns whether it was deleted."""
    if is_in_use(dataset):
        st.toast("A run is now training on it. Stop it first.", icon=":material/info:")
        return False
    session.dataset_store().delete(dataset.id)
    kept_sources().let_go(dataset.id)
    return True


def origin(dataset: DatasetIndex) -> str:
    """Returns, as Markdown, which data set this is a version of and what was changed; empty for an original."""
    if not dataset.parent:
        return ""
    name = parent_name(dataset)
    parent = f"**{wording.plain(name)}**" if name else "a data set that was deleted"
    return f"A version of {parent}: {wording.plain(wording.changes(dataset.edits))}."


def parent_name(dataset: DatasetIndex) -> str:
    """Returns the name of the data set that this is a version of; empty if that no longer exists."""
    names = {other.id: other.name for other in session.dataset_store().list()}
    return names.get(dataset.parent, "")
