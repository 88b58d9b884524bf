"""The user's table of groups: uploaded, looked at before it is used, edited, replaced and removed."""

from collections.abc import Sequence

import streamlit as st

from core.datasets.attributes.own_attributes import (
    MOST_MEGABYTES,
    OwnAttributes,
    bring_back_former,
    read_former,
    read_table,
    remove_attributes,
    save_attributes,
)
from core.datasets.index import DatasetIndex
from core.wording.lists import listed
from pages.components import wording
from pages.components.shell import session
from pages.components.slices import table_editor

KINDS = ("csv", "tsv", "txt", "jsonl")
USED = "own_table_used"


def show(dataset: DatasetIndex, attributes: OwnAttributes | None, paths: Sequence[str]) -> None:
    """Draws what the data set's table says, and the ways to change it or to give it another one.

    Args:
        dataset: the data set.
        attributes: its table; None if there is none, or if it can't be read.
        paths: the pictures that the results are about, as `Sample.path`.
    """
    with st.expander("Your own groups", icon=":material/table_view:"):
        st.markdown(
            "Give a table (CSV) with a column of file names and further columns, such as the camera, the place or the "
            "age of a person: each of them can then be compared by. Or fill it in here."
        )
        if attributes:
            st.markdown(_summary(dataset, attributes))
        with st.container(horizontal=True):
            if attributes:
                offer_removal(dataset)
            _offer_former(dataset)
        # Its pictures are read only if somebody wants to see them.
        if st.toggle("Edit the table here", key=f"edit_table_{dataset.id}"):
            table_editor.show(dataset, paths)
        key = _key(dataset)
        upload = st.file_uploader(
            "Another table in its place" if attributes else "Table",
            type=KINDS,
            key=key,
            max_upload_size=MOST_MEGABYTES,
        )
        if upload is None:
            return
        with session.errors_shown():
            found = _read(dataset.id, upload.file_id, dataset, upload.name, upload.getvalue())
            st.markdown(_summary(dataset, found))
            st.button(
                "Use this table",
                key=f"use_{key}",
                type="primary",
                icon=":material/check:",
                on_click=_use,
                args=(dataset, found),
            )


def offer_removal(dataset: DatasetIndex) -> None:
    """Draws the button that removes the table.

    Args:
        dataset: has one.
    """
    st.button(
        "Remove the table",
        key=f"remove_table_{dataset.id}",
        icon=":material/delete:",
        on_click=_remove,
        args=(dataset,),
    )


def _offer_former(dataset: DatasetIndex) -> None:
    former = read_former(dataset)
    if former is None:
        return
    st.button(
        "Back to the former table",
        key=f"former_table_{dataset.id}",
        icon=":material/undo:",
        help=_summary(dataset, former),
        on_click=_bring_back,
        args=(dataset,),
    )


@st.cache_data(show_spinner="Reading the table", max_entries=10)
def _read(dataset_id: str, file_id: str, _dataset: DatasetIndex, _name: str, _data: bytes) -> OwnAttributes:
    return read_table(_dataset, _name, _data)


def _summary(dataset: DatasetIndex, attributes: OwnAttributes) -> str:
    columns = wording.plain(listed([wording.short(column) for column in attributes.columns]))
    named, total = len(attributes.values), len(dataset.samples)
    name = wording.plain(attributes.file_name) or "Filled in here"
    parts = [f"**{name}**: {columns}, of {named:,} of {wording.count(total, 'picture')}."]
    for number, what in (
        (attributes.num_strange, "name no picture of this data set"),
        (attributes.num_ambiguous, "give a name that several pictures have: write their folders too"),
    ):
        if number:
            parts.append(f"Left out, as they {what}: {wording.count(number, 'row')}.")
    if attributes.num_contradicted:
        pictures = wording.count(attributes.num_contradicted, "picture")
        parts.append(f"Left out, as their rows contradict each other: {pictures}.")
    return " ".join(parts)


def _key(dataset: DatasetIndex) -> str:
    """Returns the key of the field for a table; it changes after each use, which empties the field."""
    return f"own_table_{dataset.id}_{st.session_state.get(USED, 0)}"


def _use(dataset: DatasetIndex, found: OwnAttributes) -> None:
    with session.errors_shown():
        save_attributes(dataset, found)
        st.session_state[USED] = st.session_state.get(USED, 0) + 1


def _remove(dataset: DatasetIndex) -> None:
    with session.errors_shown():
        remove_attributes(dataset)


def _bring_back(dataset: DatasetIndex) -> None:
    with session.errors_shown():
        bring_back_former(dataset)
