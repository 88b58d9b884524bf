"""The question how an archive is meant that can be read in more than one way."""

from pathlib import Path
from typing import Protocol

import streamlit as st

from core.datasets.index import DatasetIndex
from core.datasets.layouts.layout import (
    CLASS_FOLDERS,
    FILE_NAMES,
    INNER_FOLDERS,
    TABLE,
    AmbiguousLayout,
    LayoutCandidate,
)
from core.datasets.store.store import DatasetStore
from core.processes.dataset_jobs import import_in_subprocess
from core.progress import OnEvent, ShouldStop
from pages.components import wording
from pages.components.shell import job_views, session
from pages.components.shell.jobs import IMPORT, Job, Work

MOST_CLASSES = 12
# What a button that chooses a layout calls it.
USE_WORDS = {
    CLASS_FOLDERS: "outer folders",
    INNER_FOLDERS: "inner folders",
    TABLE: "table of labels",
    FILE_NAMES: "file names",
}


class Source(Protocol):
    """What can be imported again by another layout."""

    def work(self, layout: str | None = None) -> Work[DatasetIndex]:
        """Returns the work of a job that imports it.

        Args:
            layout: what tells the classes, as the user has chosen; None to go by what is there.
        """

    def discard(self) -> None:
        """Lets go of it: it won't be imported."""


class UndecidedPath(AmbiguousLayout):
    """A folder or archive on the server that can be read in more than one way.

    Attributes:
        candidates: the ways, the likelier first.
        source: what to import again.
    """

    def __init__(self, question: AmbiguousLayout, source: Source) -> None:
        super().__init__(str(question), question.candidates)
        self.source = source


class PathImport:
    """A folder or archive on the server.

    Args:
        store: where to import it.
        path: where it lies.
    """

    def __init__(self, store: DatasetStore, path: Path) -> None:
        self._store = store
        self._path = path

    def work(self, layout: str | None = None) -> Work[DatasetIndex]:
        """Returns the work of a job; see `Source`."""

        def do(on_event: OnEvent, should_stop: ShouldStop) -> DatasetIndex:
            try:
                return import_in_subprocess(self._store, self._path, None, on_event, should_stop, layout)
            except AmbiguousLayout as question:
                raise UndecidedPath(question, self) from question

        return do

    def discard(self) -> None:
        """Does nothing: it is not ours."""


def show() -> None:
    """Draws the questions that wait for an answer, whoever's import it was."""
    for job in session.jobs().finished(IMPORT):
        if isinstance(job.failure, AmbiguousLayout):
            _show_question(job)


def _show_question(job: Job) -> None:
    candidates = job.failure.candidates
    with st.container(border=True, key=f"question_{job.id}"):
        st.markdown(
            f":material/help: **{wording.plain(job.label)}** can be read in {len(candidates)} ways. "
            "What are its classes?"
        )
        grid = st.grid(min(len(candidates), 3), min_column_width=260, border=True)
        for candidate in candidates:
            with grid.cell():
                _show_candidate(job, candidate)
        st.button(
            "None of these",
            key=f"none_{job.id}",
            type="tertiary",
            help="Nothing is imported. Sort the pictures into one folder a class and try again.",
            on_click=_drop,
            args=(job,),
        )


def _show_candidate(job: Job, candidate: LayoutCandidate) -> None:
    st.markdown(f"**{wording.count(len(candidate.class_names), 'class')}**")
    st.markdown(wording.plain(candidate.description))
    shown = zip(candidate.class_names[:MOST_CLASSES], candidate.counts[:MOST_CLASSES], strict=True)
    rest = len(candidate.class_names) - MOST_CLASSES
    words = ", ".join(f"{wording.short(name)} ({count:,})" for name, count in shown) + (
        f" and {rest:,} more" if rest > 0 else ""
    )
    st.caption(wording.plain(words))
    for note in candidate.notes:
        st.caption(wording.plain(note))
    st.button(
        f"Use the {USE_WORDS.get(candidate.name, 'classes')}",
        key=f"use_{job.id}_{candidate.name}",
        icon=":material/check:",
        on_click=_use,
        args=(job, candidate.name),
    )


def _use(job: Job, layout: str) -> None:
    if _is_first_answer(job):
        source: Source = job.failure.source
        job_views.start(IMPORT, job.label, source.work(layout))


def _drop(job: Job) -> None:
    if _is_first_answer(job):
        job.failure.source.discard()


def _is_first_answer(job: Job) -> bool:
    """Takes the question back and returns whether it was still open; says so where another tab has answered it."""
    is_open = session.jobs().forget(job.id)
    if not is_open:
        st.info(f"The question about {wording.plain(job.label)} was answered already.", icon=":material/info:")
    return is_open
