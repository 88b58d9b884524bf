"""A box that takes a file of any size: dropped on it, or chosen with mouse or keyboard.

The browser says which file was chosen, the page answers with a token or with the reason why not, and the browser sends
the file to `upload_route.py`. From then on it is a job like any other: pages show its bar, its pace and its Stop, in
every tab.
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
    """What a browser is told that wants to send a file.

    Attributes:
        number: counts the answers of a session, so that each is said once.
        token: lets the file in; empty where it isn't taken.
        problem: why it isn't.
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
) -> None:
    """Draws the box.

    Args:
        key: in session state; one a page.
        label: what to upload, for people.
        contents: what has to be in it, for people.
        on_upload: told of an upload that is about to come; starts the job that receives it.
        accept: endings of the files' names.
        kinds: the same in words.
        is_busy: whether to take nothing for now.
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
            "isBusy": is_busy,
            "answer": answer.number,
            "token": answer.token,
            "problem": answer.problem,
            "isAwaited": expected_uploads.uploads().is_awaited(answer.token),
        },
        on_wanted_change=lambda: expect(key, st.session_state[key].wanted, on_upload),
        on_unsent_change=lambda: give_up(st.session_state[key].unsent),
    )


def expect(key: str, wanted: object, on_upload: Callable[[Upload], object]) -> None:
    """Answers a browser that wants to send a file: with a token, or with the reason why not.

    Args:
        key: of the box.
        wanted: what the browser says of the file, `{"name": ..., "size": ...}`.
        on_upload: told of the upload if it is taken.
    """
    name, size = (wanted.get("name"), wanted.get("size")) if isinstance(wanted, dict) else (None, None)
    context = get_script_run_ctx()
    if not isinstance(name, str) or not isinstance(size, int) or context is None:
        return
    number = st.session_state.get(_answer(key), Answer()).number + 1
    try:
        upload = expected_uploads.uploads().expect(name, size, context.session_id)
    except UploadRefused as refusal:
        st.session_state[_answer(key)] = Answer(number, problem=str(refusal))
        return
    on_upload(upload)
    st.session_state[_answer(key)] = Answer(number, token=upload.token)


def give_up(unsent: object) -> None:
    """Ends an upload that a browser could not send.

    Args:
        unsent: what the browser says of it, `{"token": ..., "status": ...}`; the status is that of HTTP, 0 for none.
    """
    token, status = (unsent.get("token"), unsent.get("status")) if isinstance(unsent, dict) else (None, None)
    if isinstance(token, str) and isinstance(status, int):
        expected_uploads.uploads().give_up(token, status)


def _answer(key: str) -> str:
    return f"{key}_answer"
