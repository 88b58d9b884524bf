"""The question of how to read an archive whose classes can be read in more than one way."""

from collections.abc import Sequence
from dataclasses import asdict, astuple

import streamlit as st

from core.datasets.layouts.layout import CLASS_FOLDERS, FILE_NAMES, INNER_FOLDERS, TABLE, UNLABELLED, LayoutCandidate
from core.datasets.layouts.options import KEEP, LEAVE_OUT, MERGE, TAKE_FIRST, ReadingOptions
from core.wording import readings
from core.wording.dataset_notes import dataset_note
from pages.components import wording
from pages.components.background.jobs import IMPORT, Job
from pages.components.imports.source_imports import UndecidedImport
from pages.components.readings import column_choice
from pages.components.readings.remedies import ON_PAGE
from pages.components.shell import address, job_views, session

MOST_CLASSES, MOST_CELLS = 12, 6
# The name of each layout on the button that chooses it.
USE_WORDS = {
    CLASS_FOLDERS: "outer folders",
    INNER_FOLDERS: "inner folders",
    TABLE: "table of labels",
    FILE_NAMES: "file names",
}
SEVERAL_WORDS = {LEAVE_OUT: "leave these pictures out", TAKE_FIRST: "take the first class of each"}
SIMILAR_WORDS = {KEEP: "keep them apart", MERGE: "make them one class each"}


def is_question(job: Job) -> bool:
    """Whether an import has ended with a question that isn't answered yet."""
    return isinstance(job.failure, UndecidedImport)


def is_open() -> bool:
    """Whether a question waits for an answer, whoever started the import."""
    return any(map(is_question, session.jobs().finished(IMPORT)))


def show() -> None:
    """Draws the open questions, whoever started the import."""
    for job in session.jobs().finished(IMPORT):
        if isinstance(job.failure, UndecidedImport):
            _show_question(job, job.failure)


def _show_question(job: Job, question: UndecidedImport) -> None:
    candidates = question.candidates
    with st.container(border=True, key=f"question_{job.id}"):
        st.markdown(f":material/help: {_heading(job, question)}")
        if candidates:
            grid = st.grid(min(len(candidates), 3), min_column_width=260, border=True)
            for candidate in candidates:
                with grid.cell():
                    _show_candidate(job, question, candidate)
        if question.columns:
            column_choice.show(job.id, question.columns, lambda options: _use(job, question, options))
        _show_way_out(job, question)


def _show_way_out(job: Job, question: UndecidedImport) -> None:
    """Draws the button for those who want none of the answers."""
    if question.replaced:
        label, what = "Keep it as it is", "The data set stays as it was read."
    else:
        label = "None of these" if len(question.candidates) > 1 else "Don't import it"
        what = "Nothing is imported. Sort the pictures into one folder per class and try again."
    st.button(label, key=f"none_{job.id}", type="tertiary", help=what, on_click=_drop, args=(job, question))


def _heading(job: Job, question: UndecidedImport) -> str:
    name, candidates = f"**{wording.plain(job.label)}**", question.candidates
    if all(candidate.name == UNLABELLED for candidate in candidates) and candidates:
        return wording.plain(readings.question(question.notes, ON_PAGE))
    if question.replaced and len(candidates) == 1:
        return f"{name} can only be read in this way{', unless other columns are meant' if question.columns else ''}."
    if question.columns and not question.replaced:
        return wording.plain(readings.question(question.notes, ON_PAGE))
    if all(candidate.options.lone_classes for candidate in candidates):
        return f"Some classes of {name} have too few pictures to learn from. Go on without them?"
    return f"{name} can be read in {wording.count(len(candidates), 'way')}. What are its classes?"


def _answer(candidate: LayoutCandidate, candidates: Sequence[LayoutCandidate]) -> str:
    """Returns the text of the button that chooses a candidate: how it differs from the others."""
    options = candidate.options
    if candidate.name == UNLABELLED:
        return "Take them without labels"
    differing = {
        name
        for name, value in asdict(options).items()
        if value and len({asdict(other.options)[name] for other in candidates}) > 1
    }
    said = []
    if "label_column" in differing:
        said.append(f"classes from {wording.short(options.label_column)}")
    if "file_column" in differing:
        said.append(f"files from {wording.short(options.file_column)}")
    if "similar_classes" in differing:
        said.append(SIMILAR_WORDS[options.similar_classes])
    if "several_labels" in differing:
        said.append(SEVERAL_WORDS[options.several_labels])
    if options.lone_classes:
        said.append("leave these classes out")
    if not said or len({other.name for other in candidates}) > 1:
        said.insert(0, f"use the {USE_WORDS.get(candidate.name, 'classes')}")
    words = ", ".join(said)
    return words[0].upper() + words[1:]


def _show_candidate(job: Job, question: UndecidedImport, candidate: LayoutCandidate) -> None:
    is_labelled = candidate.name != UNLABELLED
    st.markdown(f"**{wording.count(len(candidate.class_names), 'class') if is_labelled else 'Without labels'}**")
    st.markdown(wording.plain(readings.reading(candidate.told_by)))
    shown = zip(candidate.class_names[:MOST_CLASSES], candidate.counts[:MOST_CLASSES], strict=True)
    rest = len(candidate.class_names) - MOST_CLASSES
    words = ", ".join(f"{wording.short(name)} ({count:,})" for name, count in shown) + (
        f" and {rest:,} more" if rest > 0 else ""
    )
    st.caption(wording.plain(words) if is_labelled else wording.count(sum(candidate.counts), "picture"))
    for note in candidate.notes:
        st.caption(wording.plain(dataset_note(note)))
    _examples(job, candidate)
    st.button(
        _answer(candidate, question.candidates),
        key=f"use_{job.id}_{_options_key(candidate)}",
        icon=":material/check:",
        on_click=_use,
        args=(job, question, candidate.options),
    )


def _examples(job: Job, candidate: LayoutCandidate) -> None:
    """Draws some pictures with their classes, and with their rows if a table gives these."""
    key = f"gallery_{job.id}_{_options_key(candidate)}"
    seen = [example for example in candidate.examples if example.thumbnail]
    if seen:
        grid = st.grid(min_column_width=90, gap="xsmall", key=key)
        for example in seen:
            words = wording.short(example.class_name) if example.class_name else "left out"
            grid.image(example.thumbnail, caption=wording.plain(words), alt=f"{example.name}: {words}", width="stretch")
    rows = [example.cells for example in candidate.examples if example.cells]
    if rows:
        shown = [" · ".join(wording.short(cell) for cell in cells[:MOST_CELLS]) for cells in rows]
        st.caption("  \n".join(["Rows of the table:", *map(wording.plain, shown)]))


def _options_key(candidate: LayoutCandidate) -> str:
    return "_".join(filter(None, astuple(candidate.options)))


def _use(job: Job, question: UndecidedImport, options: ReadingOptions) -> None:
    if _is_first_answer(job):
        work = question.source.work(options, question.replaced)
        job_views.start(IMPORT, job.label, work, about=question.replaced)


def _drop(job: Job, question: UndecidedImport) -> None:
    if not _is_first_answer(job):
        return
    if question.replaced:
        address.show_dataset(question.replaced)
    else:
        question.source.discard()


def _is_first_answer(job: Job) -> bool:
    """Closes the question and returns whether it was still open; if not, says that another tab has answered it."""
    is_open = session.jobs().forget(job.id)
    if not is_open:
        st.info(f"The question about {wording.plain(job.label)} has already been answered.", icon=":material/info:")
    return is_open
