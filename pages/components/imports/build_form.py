"""A data set made by hand: type the classes, and drop pictures into each."""

import streamlit as st

from core.datasets.class_names import MAX_CLASS_NAME_LENGTH, tidy_class_name
from core.datasets.class_sizes import FEWEST_PICTURES
from core.datasets.store.dataset_names import MAX_LENGTH
from core.processes.dataset_jobs import import_pictures_in_subprocess
from pages.components import wording
from pages.components.background.jobs import IMPORT
from pages.components.shared.pictures import PICTURE_TYPES
from pages.components.shell import job_views, session

NUM_CLASSES = "build_classes"
ROUND = "build_round"
# Whether it was submitted before it was complete.
INCOMPLETE = "build_incomplete"
FIRST, MOST = 2, 30


def show(is_busy: bool) -> None:
    """Draws the form.

    Args:
        is_busy: whether an import is running, so that no other can be started.
    """
    number = st.session_state.setdefault(NUM_CLASSES, FIRST)
    grid = st.grid(2, min_column_width=280, border=True)
    for index in range(number):
        with grid.cell():
            _class(index)
    st.text_input("Name of the data set", "My pictures", key=_key("name"), max_chars=MAX_LENGTH)
    missing = _missing(*_typed())
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Add a class", icon=":material/add:", on_click=_add_class, disabled=number >= MOST)
        # Not disabled while something is missing: the last typed text arrives with the press itself.
        st.button("Make the data set", icon=":material/check:", key="build", disabled=is_busy, on_click=_start)
    if not missing:
        return
    if st.session_state.get(INCOMPLETE):
        st.warning(missing, icon=":material/edit:")
    else:
        st.caption(missing)


def _round() -> int:
    """Returns how many data sets were made: it is part of the fields' keys, so that they start empty each time."""
    return st.session_state.get(ROUND, 0)


def _key(field: str, index: int | None = None) -> str:
    return f"build_{field}_{_round()}" + ("" if index is None else f"_{index}")


def _typed() -> tuple[list[tuple[str, list]], str]:
    """Returns the classes with their pictures, and the data set's name, from the fields' current values."""
    state = st.session_state
    classes = [
        (state.get(_key("class", index), "").strip(), state.get(_key("files", index)) or [])
        for index in range(state[NUM_CLASSES])
    ]
    return classes, state[_key("name")].strip()


def _add_class() -> None:
    st.session_state[NUM_CLASSES] += 1


def _class(index: int) -> None:
    """Draws the fields of one class."""
    st.text_input(
        f"Class {index + 1}",
        key=_key("class", index),
        placeholder="What the pictures show",
        max_chars=MAX_CLASS_NAME_LENGTH,
    )
    st.file_uploader(
        f"Pictures of class {index + 1}",
        type=PICTURE_TYPES,
        accept_multiple_files=True,
        key=_key("files", index),
    )


def _missing(classes: list[tuple[str, list]], name: str) -> str:
    """Returns what is still missing, in words; empty if nothing is."""
    names = [tidy_class_name(own) for own, _ in classes]
    if not all(names):
        return "Type the name of each class."
    if len(set(names)) < len(names):
        return "Each class needs a name of its own."
    for own, files in classes:
        if len(files) < FEWEST_PICTURES:
            return f"Drop two pictures or more, preferably twenty, into {wording.plain(own)}."
    return "" if name else "Type a name for the data set."


def _start() -> None:
    classes, name = _typed()
    st.session_state[INCOMPLETE] = bool(_missing(classes, name))
    if st.session_state[INCOMPLETE]:
        return
    store = session.dataset_store()
    pictures = {own: [(file.name, file) for file in files] for own, files in classes}
    job_views.start(
        IMPORT,
        name,
        lambda on_event, should_stop: import_pictures_in_subprocess(store, pictures, name, on_event, should_stop),
    )
    # The job has the pictures now, so the fields release them.
    st.session_state[ROUND] = _round() + 1
    st.session_state[NUM_CLASSES] = FIRST
