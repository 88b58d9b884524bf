"""The view that adds a data set: the choice of a way, and what takes the page's place.

While something is imported, that is its progress; while a source waits for an answer, it is the question.
"""

import streamlit as st

from core.datasets.index import DatasetIndex
from core.wording.dataset_notes import dataset_note
from pages.components import wording
from pages.components.adding import build_form, interrupted, ways
from pages.components.at_work import endings
from pages.components.background.jobs import IMPORT, Job
from pages.components.imports import upload_box
from pages.components.readings import layout_choice
from pages.components.shared import left_out
from pages.components.shell import address, frame, session

QUESTION = "question"
WAYS = {
    ways.ZIP: "A zip",
    ways.CLASSES: "Class by class, or webcam",
    ways.FOLDER: "Folder on this server",
    ways.SAMPLE: "Samples",
}


def show(is_first: bool) -> None:
    """Draws the view below its title and the progress of jobs.

    Args:
        is_first: whether there is no data set yet.
    """
    if session.jobs().running(IMPORT):
        # The box that sends a file has to be there until the file has arrived.
        if upload_box.is_sending(ways.UPLOAD):
            ways.show_box(is_busy=True)
        st.caption("You can go on elsewhere in the studio meanwhile. The data set opens here once it is ready.")
        return
    if layout_choice.is_open() and st.query_params.get(address.ADD, "") in ("", QUESTION):
        layout_choice.show()
        return
    with frame.kept_place():
        interrupted.show()
        show_waiting()
    _ways(is_first)


def _ways(is_first: bool) -> None:
    if is_first:
        st.markdown("No data set yet. Bring a zip with one folder per class, or start from a sample.")
    way = address.choose_section(WAYS, key="way_to_add", name=address.ADD)
    if way == ways.CLASSES:
        build_form.show()
    elif way == ways.FOLDER:
        ways.show_folder()
    elif way == ways.SAMPLE:
        ways.show_samples()
    else:
        ways.show_zip()
        if is_first:
            st.markdown("**Or start from a sample**")
            ways.show_samples()


def show_waiting() -> None:
    """Says which sources wait for an answer, with a way to the question."""
    waiting = [job for job in session.jobs().finished(IMPORT) if layout_choice.is_question(job)]
    if not waiting:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="waiting"):
        names = wording.listing([f"**{wording.plain(job.label)}**" for job in waiting])
        st.markdown(f":material/help: {names}: how is it to be read?", width="content")
        st.button("Answer", key="answer", icon=":material/rule:", on_click=address.show_adding, args=(QUESTION,))


def open_ended(job: Job[DatasetIndex]) -> None:
    """Opens what comes of an import that was waited for: the data set, or the question of how to read it.

    If a data set was to be read in another way and that came to nothing, it is shown again as it was.
    """
    if job.result is not None:
        address.show_dataset(job.outcome.id)
    elif layout_choice.is_question(job):
        address.show_adding(QUESTION)
    elif any(dataset.id == job.about for dataset in session.dataset_store().list()):
        address.show_dataset(job.about)


def show_imported(job: Job[DatasetIndex]) -> None:
    """Says that pictures were imported, or were there already, and what this import left out."""
    imported = job.outcome
    known = session.dataset_store().get(imported.id)
    is_untold = endings.first_time(job)
    if set(imported.notes) <= set(known.notes):
        if is_untold:
            st.toast(endings.words(job), icon=":material/check_circle:")
        return
    st.info("\n\n".join(wording.plain(dataset_note(note)) for note in imported.notes), icon=":material/info:")
    left_out.show(imported, key="imported")
