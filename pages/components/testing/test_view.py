"""Try a model on new pictures: the choice of pictures, and the answers to them."""

from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.runs.records.store import Run
from pages.components import wording
from pages.components.shared import adapted, unknown_classes
from pages.components.shell import polling, session
from pages.components.testing import answer_view, answering, answers_view, sources

STYLE = Path(__file__).parent / "testing.css"
SOURCES = {"upload": "Upload", "held_out": "Held-out", "webcam": "Webcam"}
ICONS = {"upload": ":material/upload:", "held_out": ":material/photo_library:", "webcam": ":material/photo_camera:"}
WARM_POLL_SECONDS = 0.5


def show(run: Run, key: str = "", beside: DeltaGenerator | None = None) -> None:
    """Draws the choice of pictures and the model's answers to them: all of a test but the choice of the model.

    Args:
        run: the model's run.
        key: begins the names of the widgets, if they are to keep their own values on this page.
        beside: where to draw the choice of the source; here by default.
    """
    # A place of its own, so that the boxes below keep theirs when the model is loaded.
    with st.container():
        is_usable = _is_usable(run)
    if not is_usable:
        return
    st.html(STYLE)
    adapted.show_about_answers(run)
    source = (beside or st).segmented_control(
        "Pictures from",
        list(SOURCES),
        default="upload",
        required=True,
        format_func=lambda name: f"{ICONS[name]} {SOURCES[name]}",
        key=f"{key}test_source",
        persist_state="session",
        label_visibility="collapsed",
    )
    if source == "webcam":
        _show_webcam(run, key)
        return
    pictures = sources.uploaded_pictures(key) if source == "upload" else sources.held_out_pictures(run, key)
    if not pictures and source == "upload":
        st.caption("Drop one picture or many. No picture at hand? Choose held-out pictures above.")
    answered = answering.ask(run, pictures, key)
    if len(pictures) == 1 and answered:
        answer_view.show(answered[0], f"{key}only", run)
    elif answered:
        answers_view.show(run, answered, key)
    if answered:
        unknown_classes.show(run)


def _show_webcam(run: Run, key: str) -> None:
    """Draws a small live picture with the answer beside it, so that both are in view."""
    left, right = st.columns([2, 3], gap="medium")
    with left:
        picture = sources.webcam_picture(key)
    with right:
        if picture is None:
            st.caption("Take a photo: the answer comes here.")
            return
        for one in answering.ask(run, [picture], key):
            answer_view.words(one)


def _is_usable(run: Run) -> bool:
    """Loads the model and says so until it is ready. If it can't be loaded, says why and returns False."""
    client, warm_ups = session.inference_client(), session.warm_ups()
    if client.is_warm(run.id):
        return True
    found = warm_ups.get(run.id)
    if found is not None and found.error:
        st.error(wording.plain(found.error), icon=":material/error:")
        st.button("Try again", icon=":material/refresh:", on_click=warm_ups.forget, args=(run.id,))
        return False
    # An answer without a loaded model is from a process that has ended since.
    warm_ups.forget(run.id)

    def draw() -> bool:
        if warm_ups.get(run.id) is not None:
            return False
        warm_ups.ask(run.id)
        st.caption(":material/hourglass_top: Loading the model. The first answer takes a few seconds.")
        return True

    polling.poll("warm", draw, True, WARM_POLL_SECONDS)
    return True
