"""The pictures of one class of a data set made by hand: dropped, chosen, or taken by webcam; each can be removed."""

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from core.errors import CoreError
from core.images.decoding import thumbnail
from pages.components import wording
from pages.components.imports.drafts import DraftClass, DraftPicture, Drafts
from pages.components.shared import pictures
from pages.components.shell import session

# The class whose webcam is open: only one at a time.
WEBCAM = "build_webcam"
# How often each field was emptied. Its key has the number: a new key is an empty field.
TIMES_TAKEN = "build_taken"
SIDE = 120
A_PAGE = 12


def show(drafts: Drafts, draft_id: Callable[[], str], own: DraftClass, number: int) -> None:
    """Draws the fields that add pictures to a class, and the pictures.

    Args:
        drafts: where the class is.
        draft_id: returns the id of its draft, which may begin with this.
        own: the class.
        number: of the class on the page, from 1.
    """
    key = _field("files", own)
    st.file_uploader(
        f"Pictures of class {number}",
        type=pictures.PICTURE_TYPES,
        accept_multiple_files=True,
        key=key,
        on_change=_take,
        args=(drafts, draft_id, own, key),
    )
    _webcam(drafts, draft_id, own, number)
    if own.pictures:
        count = wording.count(len(own.pictures), "picture")
        st.caption(count)
        _thumbnails(drafts, draft_id, own)


def _webcam(drafts: Drafts, draft_id: Callable[[], str], own: DraftClass, number: int) -> None:
    is_open = st.session_state.get(WEBCAM) == own.id
    st.button(
        "Close the webcam" if is_open else "Use the webcam",
        key=f"build_webcam_{own.id}",
        icon=":material/photo_camera:",
        on_click=_open_webcam,
        args=("" if is_open else own.id,),
    )
    if is_open:
        key = _field("photo", own)
        st.camera_input(
            f"Take pictures of class {number}",
            key=key,
            help="Each press adds a picture. Turn the object, and change its distance and the light.",
            on_change=_take,
            args=(drafts, draft_id, own, key),
        )


def _open_webcam(class_id: str) -> None:
    st.session_state[WEBCAM] = class_id


def _field(kind: str, own: DraftClass) -> str:
    times = st.session_state.get(TIMES_TAKEN, {}).get(own.id, 0)
    return f"build_{kind}_{own.id}_{times}"


def _take(drafts: Drafts, draft_id: Callable[[], str], own: DraftClass, key: str) -> None:
    """Moves what a field holds into the class, and empties the field."""
    held = st.session_state.get(key)
    files = held if isinstance(held, list) else [held] if held else []
    if not files:
        return
    with session.errors_shown():
        drafts.add_pictures(draft_id(), own.id, [(file.name, file) for file in files])
        times = dict(st.session_state.get(TIMES_TAKEN, {}))
        st.session_state[TIMES_TAKEN] = {**times, own.id: times.get(own.id, 0) + 1}


@st.cache_data(show_spinner=False, max_entries=pictures.MOST_KEPT)
def _thumbnail(picture_id: str, _path: Path) -> bytes | None:
    try:
        return thumbnail(_path, SIDE)
    except CoreError:
        return None


def _thumbnails(drafts: Drafts, draft_id: Callable[[], str], own: DraftClass) -> None:
    newest_first: Sequence[DraftPicture] = own.pictures[::-1]
    grid = st.grid(min_column_width=76, gap="xsmall", key=f"gallery_draft_{own.id}")
    for picture in pictures.page_of(newest_first, A_PAGE, f"build_page_{own.id}"):
        with grid.cell():
            small = _thumbnail(picture.id, picture.path)
            if small is None:
                st.caption("Can't be read")
            else:
                st.image(small, alt=picture.name, width="stretch")
            st.button(
                "Remove",
                key=f"build_drop_{picture.id}",
                type="tertiary",
                help=wording.plain(picture.name),
                on_click=_remove,
                args=(drafts, draft_id, own, picture),
            )


def _remove(drafts: Drafts, draft_id: Callable[[], str], own: DraftClass, picture: DraftPicture) -> None:
    drafts.remove_picture(draft_id(), own.id, picture.id)
