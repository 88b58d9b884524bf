"""A data set made by hand: type the classes, and drop pictures into each or take them by webcam."""

import streamlit as st

from core.datasets.class_names import MAX_CLASS_NAME_LENGTH, tidy_class_name
from core.datasets.class_sizes import FEWEST_PICTURES
from core.datasets.index import DatasetIndex
from core.datasets.store.dataset_names import MAX_LENGTH
from core.processes.dataset_jobs import import_pictures_in_subprocess
from core.progress import OnEvent, ShouldStop
from pages.components import wording
from pages.components.adding import class_pictures
from pages.components.background.jobs import IMPORT
from pages.components.imports.drafts import Draft, DraftClass, Drafts, drafts
from pages.components.shell import job_views, session

# In the address, so that a reload finds the draft again, and in the session: what is typed before the browser knows
# of the draft comes with an address without it.
DRAFT, OWN_DRAFT = "draft", "build_draft"
NAME = "build_name"
# Whether it was submitted before it was complete.
INCOMPLETE = "build_incomplete"
FEWEST_CLASSES, MOST_CLASSES = 2, 30


def show() -> None:
    """Draws the form."""
    draft = _drafts().get(_named())
    if draft.id:
        st.query_params[DRAFT] = draft.id
    grid = st.grid(2, min_column_width=280, border=True)
    for number, own in enumerate(draft.classes, start=1):
        with grid.cell():
            _class(draft, own, number)
    st.session_state.setdefault(NAME, draft.name)
    st.text_input("Name of the data set", draft.name, key=NAME, max_chars=MAX_LENGTH, on_change=_rename)
    missing = _missing(draft)
    with st.container(horizontal=True, vertical_alignment="center"):
        is_full = len(draft.classes) >= MOST_CLASSES
        st.button("Add a class", icon=":material/add:", on_click=_add_class, disabled=is_full)
        # Not disabled while something is missing: the last typed text arrives with the press itself.
        st.button(
            "Make the data set",
            icon=":material/check:",
            key="build",
            type="secondary" if missing else "primary",
            on_click=_start,
        )
    if not missing:
        return
    if st.session_state.get(INCOMPLETE):
        st.warning(missing, icon=":material/edit:")
    else:
        st.caption(missing)


def _drafts() -> Drafts:
    return drafts(session.dataset_store())


def _named() -> str:
    """Returns the id of the draft in the address or else of this session; empty if both are gone."""
    named = (st.query_params.get(DRAFT, ""), st.session_state.get(OWN_DRAFT, ""))
    return next((draft_id for draft_id in named if _drafts().get(draft_id).id), "")


def _own() -> str:
    """Returns the id of the draft, which begins with the first change."""
    draft_id = _named() or _drafts().begin()
    st.query_params[DRAFT] = st.session_state[OWN_DRAFT] = draft_id
    return draft_id


def _class_key(own: DraftClass) -> str:
    return f"build_class_{own.id}"


def _class(draft: Draft, own: DraftClass, number: int) -> None:
    """Draws the fields and the pictures of one class."""
    key = _class_key(own)
    st.session_state.setdefault(key, own.name)
    st.text_input(
        f"Class {number}",
        # For a browser that draws it anew, as once a class above it is gone: it would be empty otherwise.
        own.name,
        key=key,
        placeholder="What the pictures show",
        max_chars=MAX_CLASS_NAME_LENGTH,
        on_change=_name_class,
        args=(own,),
    )
    class_pictures.show(_drafts(), _own, own, number)
    if len(draft.classes) > FEWEST_CLASSES:
        st.button(
            "Remove this class",
            key=f"build_remove_{own.id}",
            type="tertiary",
            icon=":material/delete:",
            on_click=_remove_class,
            args=(own,),
        )


def _name_class(own: DraftClass) -> None:
    with session.errors_shown():
        _drafts().name_class(_own(), own.id, st.session_state[_class_key(own)])


def _rename() -> None:
    with session.errors_shown():
        _drafts().rename(_own(), st.session_state[NAME])


def _add_class() -> None:
    with session.errors_shown():
        _drafts().add_class(_own())


def _remove_class(own: DraftClass) -> None:
    _drafts().remove_class(_own(), own.id)
    st.session_state.pop(_class_key(own), None)


def _typed(own: DraftClass) -> str:
    return st.session_state[_class_key(own)].strip()


def _missing(draft: Draft) -> str:
    """Returns what is still missing, in words; empty if nothing is."""
    names = [tidy_class_name(_typed(own)) for own in draft.classes]
    if not all(names):
        return "Type the name of each class."
    if len(set(names)) < len(names):
        return "Each class needs a name of its own."
    for own in draft.classes:
        if len(own.pictures) < FEWEST_PICTURES:
            return f"Put two pictures or more, preferably twenty, into {wording.plain(_typed(own))}."
    return "" if st.session_state[NAME].strip() else "Type a name for the data set."


def _start() -> None:
    store, kept = session.dataset_store(), _drafts()
    draft = kept.get(_named())
    st.session_state[INCOMPLETE] = bool(_missing(draft))
    if st.session_state[INCOMPLETE]:
        return
    name = st.session_state[NAME].strip()
    pictures = {_typed(own): [(picture.name, picture.path) for picture in own.pictures] for own in draft.classes}

    def work(on_event: OnEvent, should_stop: ShouldStop) -> DatasetIndex:
        dataset = import_pictures_in_subprocess(store, pictures, name, on_event, should_stop)
        kept.discard(draft.id)  # not before, so that nothing has to be done again if it fails or is stopped
        return dataset

    # Of two presses in a row, the second one finds the job of the first.
    job_views.start(IMPORT, name, work, about=draft.id)
