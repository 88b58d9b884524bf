"""A box that takes a file of any size: dropped on it, or chosen with mouse or keyboard.

The browser says which file was chosen, the page answers with a token or a reason for refusing, and the browser sends
the file to `upload_route.py`. From then on it is a job like any other: pages show its progress, speed and Stop button
in every tab.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.settings import settings
from pages.components import wording
from pages.components.imports import expected_uploads
from pages.components.imports.uploads import Upload, UploadRefused
from pages.components.shared.pictures import PICTURE_TYPES

FOLDER = Path(__file__).parent
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
ARCHIVES = (".zip", ".tar", ".tgz", ".tar.gz")

_mount = st.components.v2.component(
    "upload_box",
    html=(FOLDER / "upload_box.html").read_text(encoding="utf-8"),
    css=(FOLDER / "upload_box.css").read_text(encoding="utf-8"),
    js=(FOLDER / "upload_box.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


@dataclass(frozen=True)
class Answer:
    """The answer to a browser that wants to send a file.

    Attributes:
        number: counts the answers of a session, so that each is given once.
        token: admits the file; empty if the file is refused.
        problem: why the file is refused.
    """

    number: int = 0
    token: str = ""
    problem: str = ""


def upload_box(
    key: str,
    label: str,
    contents: str,
    on_upload: Callable[[Upload], object],
    accept: Sequence[str] = ARCHIVES,
    kinds: str = "Zip, tar or tar.gz",
    is_busy: bool = False,
) -> bool:
    """Draws the box.

    Args:
        key: in session state; unique on the page.
        label: what to upload, in words.
        contents: what it must contain, in words.
        on_upload: called with an upload that is about to arrive; starts the job that receives it.
        accept: the file name extensions.
        kinds: the same in words.
        is_busy: whether to refuse files for now.

    Returns:
        Whether pictures were dropped on it instead, or chosen.
    """
    answer = st.session_state.get(_answer(key), Answer())
    limit = wording.size(settings().import_limits.total_bytes).replace(" ", NO_BREAK_SPACE)
    _mount(
        key=key,
        data={
            "key": key,
            "label": label,
            "hint": f"{contents}. {kinds}, at most {limit}",
            "kinds": kinds.lower(),
            "accept": list(accept),
            "pictures": [f".{ending}" for ending in PICTURE_TYPES],
            "isBusy": is_busy,
            "answer": answer.number,
            "token": answer.token,
            "problem": answer.problem,
            "isAwaited": expected_uploads.uploads().is_awaited(answer.token),
        },
        on_wanted_change=lambda: expect(key, st.session_state[key].wanted, on_upload),
        on_unsent_change=lambda: give_up(st.session_state[key].unsent),
        on_refused_change=lambda: note_refused(key, st.session_state[key].refused),
    )
    return bool(st.session_state.get(_pictures(key)))


def is_sending(key: str) -> bool:
    """Whether this session's browser is sending a file, or about to: until it has arrived, the box must be drawn."""
    return expected_uploads.uploads().is_awaited(st.session_state.get(_answer(key), Answer()).token)


def expect(key: str, wanted: object, on_upload: Callable[[Upload], object]) -> None:
    """Answers a browser that wants to send a file, with a token or the reason for refusing.

    Args:
        key: of the box.
        wanted: what the browser says about the file, `{"name": ..., "size": ...}`.
        on_upload: called with the upload if it is accepted.
    """
    name, size = (wanted.get("name"), wanted.get("size")) if isinstance(wanted, dict) else (None, None)
    context = get_script_run_ctx()
    if not isinstance(name, str) or not isinstance(size, int) or context is None:
        return
    st.session_state.pop(_pictures(key), None)
    number = st.session_state.get(_answer(key), Answer()).number + 1
    try:
        upload = expected_uploads.uploads().expect(name, size, context.session_id)
    except UploadRefused as refusal:
        st.session_state[_answer(key)] = Answer(number, problem=str(refusal))
        return
    on_upload(upload)
    st.session_state[_answer(key)] = Answer(number, token=upload.token)


def note_refused(key: str, refused: object) -> None:
    """Notes what a browser chose that isn't an archive.

    Args:
        key: of the box.
        refused: what the browser says about it, `{"arePictures": ...}`.
    """
    st.session_state[_pictures(key)] = isinstance(refused, dict) and refused.get("arePictures") is True


def give_up(unsent: object) -> None:
    """Ends an upload that a browser could not send.

    Args:
        unsent: what the browser says about it, `{"token": ..., "status": ...}`; the HTTP status, or 0 for none.
    """
    token, status = (unsent.get("token"), unsent.get("status")) if isinstance(unsent, dict) else (None, None)
    if isinstance(token, str) and isinstance(status, int):
        expected_uploads.uploads().give_up(token, status)


def _pictures(key: str) -> str:
    return f"{key}_pictures"


def _answer(key: str) -> str:
    return f"{key}_answer"
