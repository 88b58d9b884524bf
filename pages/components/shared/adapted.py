"""Whether a run's model was adapted to unlabelled pictures, and what that means for its numbers and answers."""

import streamlit as st

from core.datasets.store.adaptation_target import target_name
from core.nn.training.notes import NOT_ADAPTED, load_notes
from core.runs.records.store import Run
from core.wording.run_notes import run_note
from pages.components import wording
from pages.components.shell import session

NEVER_SURE = (
    "It was adapted to unlabelled pictures: nothing shows how often it is right on them, so no answer is called sure, "
    "however high its probability."
)


def show_about_numbers(run: Run) -> None:
    """Says what the numbers of an adapted model speak of, or why it wasn't adapted; nothing of other runs."""
    if not run.config.adaptation.is_on:
        return
    if why := _why_not(run):
        st.warning(wording.plain(why), icon=":material/sync_disabled:")
        return
    name = target_name(session.dataset_store(), run.config.adaptation.adapt_to)
    st.info(
        f"This model was adapted to **{wording.plain(name)}** without labels. Its own held-out pictures are of the "
        "labelled kind, so their accuracy doesn't say how good it is on the others: “On other pictures” measures that "
        "if they have labels. Until then nothing shows how often it is right on them, so no answer is called sure. Ten "
        "of them a class with labels, added to the training pictures, may bring more than adapting.",
        icon=":material/sync_alt:",
    )


def show_about_answers(run: Run) -> None:
    """Says why no answer of an adapted model is sure; nothing of other runs."""
    if run.config.adaptation.is_on and not _why_not(run):
        st.caption(NEVER_SURE)


def _why_not(run: Run) -> str:
    """Returns why a run that was to adapt its model hasn't; empty if it has."""
    notes = load_notes(session.run_store().folder(run.id))
    return next((run_note(note) for note in notes if note.code == NOT_ADAPTED), "")
