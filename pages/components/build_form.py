"""A data set made by hand: classes are typed, and pictures dropped into each."""

import streamlit as st

from core.datasets.isolation import import_pictures_apart
from pages.components import job_views, session, wording
from pages.components.jobs import IMPORT

NUM_CLASSES = "build_classes"
ROUND = "build_round"
FIRST, MOST = 2, 30
FEWEST_PICTURES = 2
TYPES = ["jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff", "avif", "heic", "heif"]


def show(is_busy: bool) -> None:
    """Draws the form.

    Args:
        is_busy: whether an import is at work, so that none can be started.
    """
    number = st.session_state.setdefault(NUM_CLASSES, FIRST)
    classes: list[tuple[str, list]] = []
    grid = st.grid(2, min_column_width=280, border=True)
    for place in range(number):
        with grid.cell():
            classes.append(_class(place))
    name = st.text_input("Name of the data set", "My pictures", key=f"build_name_{_round()}", max_chars=100)
    missing = _missing(classes, name)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Add a class", icon=":material/add:", on_click=_add_class, disabled=number >= MOST)
        st.button(
            "Make the data set",
            icon=":material/check:",
            key="build",
            disabled=is_busy or bool(missing),
            on_click=_start,
            args=(dict(classes), name),
        )
    if missing:
        st.caption(missing)


def _round() -> int:
    """Returns how many data sets were made: the fields of each have keys of their own and begin empty."""
    return st.session_state.get(ROUND, 0)


def _add_class() -> None:
    st.session_state[NUM_CLASSES] += 1


def _class(place: int) -> tuple[str, list]:
    """Draws one class and returns its name and pictures."""
    name = st.text_input(
        f"Class {place + 1}",
        key=f"build_class_{_round()}_{place}",
        placeholder="What is on the pictures",
        max_chars=100,
    )
    files = st.file_uploader(
        f"Pictures of {name.strip() or f'class {place + 1}'}",
        type=TYPES,
        accept_multiple_files=True,
        key=f"build_files_{_round()}_{place}",
    )
    return name.strip(), files


def _missing(classes: list[tuple[str, list]], name: str) -> str:
    """Returns what is still to be done, in words; empty where nothing is."""
    names = [own.casefold() for own, _ in classes]
    if not all(names):
        return "Type the name of each class."
    if len(set(names)) < len(names):
        return "Each class needs a name of its own."
    for own, files in classes:
        if len(files) < FEWEST_PICTURES:
            return f"Drop two pictures or more, better twenty, into {wording.plain(own)}."
    return "" if name.strip() else "Type a name for the data set."


def _start(classes: dict[str, list], name: str) -> None:
    store = session.dataset_store()
    pictures = {own: [(file.name, file) for file in files] for own, files in classes.items()}
    job_views.start(
        IMPORT,
        name.strip(),
        lambda on_event, should_stop: import_pictures_apart(store, pictures, name.strip(), on_event, should_stop),
    )
    # The pictures are with the job by now: the fields let go of them.
    st.session_state[ROUND] = _round() + 1
    st.session_state[NUM_CLASSES] = FIRST
