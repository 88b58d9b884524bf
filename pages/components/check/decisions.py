"""What a user decides about pictures: saved to disk at once, applied later as a version of the data set."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from core.datasets.edit import REMOVE
from core.datasets.index import DatasetIndex
from core.datasets.sample import Sample
from core.datasets.versions.pending_edits import (
    KEEP,
    RELABEL_PREFIX,
    UNDECIDED,
    PendingEdits,
    decide,
    discard_pending_edits,
    read_pending_edits,
)
from core.errors import CoreError
from core.processes.dataset_jobs import make_version_in_subprocess
from core.wording.dataset_notes import dataset_note
from core.wording.edits import describe_edit
from pages.components import wording
from pages.components.background.jobs import DERIVE, Job
from pages.components.check.dataset_queries import by_path, findings
from pages.components.shell import dialogs, job_views, session, widget_values

MOST_NAMED = 3


def current(dataset: DatasetIndex) -> PendingEdits:
    """Returns the decisions so far. If they can't be read, says so and offers to discard them."""
    try:
        return read_pending_edits(dataset)
    except CoreError as error:
        st.error(wording.plain(str(error)), icon=":material/error:")
        st.button("Discard the decisions", icon=":material/undo:", on_click=_discard, args=(dataset,))
        st.stop()


def staged(dataset: DatasetIndex, pending: PendingEdits) -> None:
    """Draws the decisions so far, with the buttons that apply or discard them."""
    if not pending.decisions:
        return
    edits = pending.edits()
    kept = sum(decision == KEEP for decision in pending.decisions.values())
    words = [describe_edit(change) for change in edits] + ([f"{wording.count(kept, 'picture')} kept"] if kept else [])
    decided = wording.plain(wording.with_short(dataset.class_names, ", ".join(words)))
    with st.container(border=True, key="staged"):
        st.markdown(f":material/inventory: **Decided:** {decided}")
        if edits:
            st.caption("Saved, but not applied yet. The cleaned version is a new data set: this one stays as it is.")
        _gone(dataset, pending)
        with st.container(horizontal=True):
            if edits:
                st.button(
                    "Make cleaned version",
                    type="primary",
                    icon=":material/auto_fix_high:",
                    on_click=_make,
                    args=(dataset,),
                    disabled=is_busy(dataset),
                )
            if st.button("Discard", icon=":material/undo:", disabled=is_busy(dataset)):
                number = wording.count(len(pending.decisions), "decision")
                dialogs.discard(f"**{number}**: {decided}", lambda: _discard(dataset))


def _gone(dataset: DatasetIndex, pending: PendingEdits) -> None:
    """Says which pictures would be gone with all their copies."""
    found = findings(dataset)
    groups = found.gone(pending) if found else ()
    if found and groups:
        own = by_path(dataset)
        names = [wording.short(own[found.groups[group][0]].name) for group in groups if found.groups[group][0] in own]
        st.markdown(
            f":orange[:material/warning:] **{wording.count(len(groups), 'picture')} would be gone with all copies**: "
            f"{wording.plain(wording.listing(names, MOST_NAMED))}. Keep one of each to have it stay."
        )


def as_far_as_readable(dataset: DatasetIndex) -> PendingEdits:
    """Returns the decisions so far; none if they can't be read."""
    try:
        return read_pending_edits(dataset)
    except CoreError:
        return PendingEdits()


def are_staged(dataset: DatasetIndex) -> bool:
    """Whether there are decisions that a version can be made from."""
    return bool(as_far_as_readable(dataset).edits())


def is_busy(dataset: DatasetIndex) -> bool:
    """Whether a version of a data set is being made."""
    return any(job.about == dataset.id for job in session.jobs().running(DERIVE))


def _make(dataset: DatasetIndex) -> None:
    store = session.dataset_store()
    job_views.start(
        DERIVE,
        dataset.name,
        lambda on_event, should_stop: make_version_in_subprocess(store, dataset, on_event, should_stop),
        about=dataset.id,
    )


def _discard(dataset: DatasetIndex) -> None:
    with session.errors_shown():
        discard_pending_edits(dataset)


def show_made(job: Job[DatasetIndex]) -> None:
    """Says that a version is ready, and shows it in place of its parent."""
    version = job.outcome
    known = session.dataset_store().get(version.id)
    if set(version.notes) > set(known.notes):
        st.info("\n\n".join(wording.plain(dataset_note(note)) for note in version.notes), icon=":material/info:")
        return
    done = wording.plain(wording.changes(version.edits))
    st.toast(f"**{wording.plain(version.name)}** is ready: {done}.", icon=":material/check_circle:")


def stage(dataset: DatasetIndex, paths: Sequence[str], decision: str) -> None:
    """Records a decision about pictures; shows the error if that fails."""
    with session.errors_shown():
        decide(dataset, paths, decision)


def bulk(
    dataset: DatasetIndex, samples: Sequence[Sample], pending: PendingEdits, key: str, can_remove: bool = True
) -> None:
    """Draws the decisions that apply to all pictures shown.

    Args:
        dataset: the data set.
        samples: the pictures shown.
        pending: the decisions so far.
        key: unique on the page.
        can_remove: whether to offer to remove all of them; of copies, one has to stay.
    """
    paths = tuple(sample.path for sample in samples)
    what = "this one" if len(paths) == 1 else f"all {len(paths)} shown"
    offered = [(KEEP, "Keep", ":material/check:"), (REMOVE, "Remove", ":material/delete:")]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        # Together, so that one that comes or goes leaves the field in its place.
        with st.container(horizontal=True, width="content"):
            for decision, word, icon in offered if can_remove else offered[:1]:
                st.button(
                    f"{word} {what}",
                    key=f"{decision}_{key}",
                    icon=icon,
                    on_click=stage,
                    args=(dataset, paths, decision),
                )
            if any(path in pending.decisions for path in paths):
                st.button(
                    "Decide again",
                    key=f"again_{key}",
                    icon=":material/undo:",
                    help=f"Takes back the decision about {what}.",
                    on_click=stage,
                    args=(dataset, paths, UNDECIDED),
                )
        move = f"move_{key}"
        st.selectbox(
            f"Relabel {what} as",
            dataset.class_names,
            key=widget_values.shown(move, None),
            index=None,
            placeholder="Choose a class",
            width=220,
            on_change=widget_values.when_changed(move, partial(_move_all, dataset, paths)),
        )


def _move_all(dataset: DatasetIndex, paths: Sequence[str], chosen: str | None) -> None:
    if chosen is not None:
        stage(dataset, paths, f"{RELABEL_PREFIX}{chosen}")
