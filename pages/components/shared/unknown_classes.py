"""What a model says of pictures of a class that it doesn't know, as its run has measured it."""

import streamlit as st

from core.nn.training.notes import UNKNOWN_CLASSES, load_notes
from core.runs.records.store import Run
from core.wording.run_notes import run_note
from pages.components import wording
from pages.components.shell import session


def show(run: Run) -> None:
    """Draws the sentence; nothing for runs that haven't measured it."""
    notes = load_notes(session.run_store().folder(run.id))
    for note in notes:
        if note.code == UNKNOWN_CLASSES:
            st.caption(wording.plain(run_note(note)))
