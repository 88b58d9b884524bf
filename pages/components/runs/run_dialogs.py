"""What is asked before runs are renamed, noted on or deleted."""

from collections.abc import Sequence

import streamlit as st

from core.runs import queue
from core.runs.records.run_names import NOTE_LENGTH
from core.runs.records.store import Run
from pages.components import wording
from pages.components.shell import dialogs, session


def rename(run: Run) -> None:
    """Asks for another name of a run."""
    dialogs.rename(run.name, lambda name: session.run_store().rename(run.id, name))


def note(run: Run) -> None:
    """Asks for a note on a run."""

    @st.dialog("Note")
    def ask() -> None:
        st.markdown(f"On **{wording.plain(run.name)}**. It is shown with the run, and found by the search.")
        with st.form("note_form", border=False):
            text = st.text_input("Note", run.note, max_chars=NOTE_LENGTH, placeholder="What is this run for?")
            pressed = st.form_submit_button("Save", icon=":material/check:")
        if pressed:
            with session.errors_shown():
                session.run_store().set_note(run.id, text or "")
                st.rerun()

    ask()


def delete(runs: Sequence[Run]) -> None:
    """Asks before runs are deleted with their models."""
    names = wording.listing([wording.plain(run.name) for run in runs])
    num_models = sum(run.has_model for run in runs)
    models = f", with {wording.count(num_models, 'model')}" if num_models else ""
    dialogs.delete(f"{wording.count(len(runs), 'run')}: {names}{models}", lambda: _delete(runs))


def _delete(runs: Sequence[Run]) -> None:
    for run in runs:
        queue.delete(session.run_store(), run.id)
