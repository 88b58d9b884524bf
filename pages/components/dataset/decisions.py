"""What a user decides about pictures: saved to disk at once, applied later as a version of the data set."""

from collections.abc import Sequence

import streamlit as st

from core.datasets.edit import REMOVE
from core.datasets.index import DatasetIndex
from core.datasets.quality.audit import Issue
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
from core.wording.issues import KIND_TITLES, issue_detail
from pages.components import wording
from pages.components.background.jobs import DERIVE, Job
from pages.components.shared import pictures
from pages.components.shell import dialogs, job_views, session

CHOICES = {KEEP: "Keep", REMOVE: "Remove"}


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


def are_staged(dataset: DatasetIndex) -> bool:
    """Whether there are decisions that a version can be made from."""
    try:
        return bool(read_pending_edits(dataset).edits())
    except CoreError:
        return False


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
    if st.session_state.get(session.CHOSEN_DATASET) in (None, job.about):
        session.choose_dataset(version.id)
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


def bulk(dataset: DatasetIndex, samples: Sequence[Sample], pending: PendingEdits, key: str) -> None:
    """Draws the decisions that apply to all pictures shown.

    Args:
        dataset: the data set.
        samples: the pictures shown.
        pending: the decisions so far.
        key: unique on the page.
    """
    paths = tuple(sample.path for sample in samples)
    what = "this one" if len(paths) == 1 else f"all {len(paths)} shown"
    move = f"move_{key}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for decision, word, icon in ((KEEP, "Keep", ":material/check:"), (REMOVE, "Remove", ":material/delete:")):
            st.button(
                f"{word} {what}", key=f"{decision}_{key}", icon=icon, on_click=stage, args=(dataset, paths, decision)
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
        st.selectbox(
            f"Relabel {what} as",
            dataset.class_names,
            index=None,
            key=move,
            placeholder="Choose a class",
            width=220,
            on_change=_move_all,
            args=(dataset, paths, move),
        )


def _move_all(dataset: DatasetIndex, paths: Sequence[str], key: str) -> None:
    name = st.session_state[key]
    st.session_state[key] = None
    if name is not None:
        stage(dataset, paths, f"{RELABEL_PREFIX}{name}")


def card(
    dataset: DatasetIndex,
    sample: Sample,
    pending: PendingEdits,
    issues: Sequence[Issue] = (),
    suggested: str = "",
    side: int = pictures.SIDE,
) -> None:
    """Draws one picture with its issues and the decisions that can be made about it.

    Args:
        dataset: the data set.
        sample: the picture.
        pending: the decisions so far.
        issues: its issues.
        suggested: the class that it looks like, if that is another one.
        side: longest side of the picture, in pixels.
    """
    class_name = dataset.class_names[sample.label]
    decision = pending.decisions.get(sample.path, UNDECIDED)
    with st.container(gap="xsmall"):
        pictures.one(dataset, sample, f"{class_name}: {sample.name}", side, is_faded=decision == REMOVE)
        _reasons(dataset, sample, issues)
        _keep_or_remove(dataset, sample, decision)
        _class(dataset, sample, decision, suggested)


def _reasons(dataset: DatasetIndex, sample: Sample, issues: Sequence[Issue]) -> None:
    class_name = dataset.class_names[sample.label]
    name = sample.name.rsplit("/", 1)[-1]
    title = f"**{wording.plain(wording.short(class_name))}** · {wording.plain(wording.short(name))}"
    is_short = class_name == wording.short(class_name) and name == wording.short(name)
    st.caption(title, help=None if is_short else f"{wording.plain(class_name)} · {wording.plain(name)}")
    for issue in issues:
        words = issue_detail(issue.detail) or KIND_TITLES[issue.kind]
        st.caption(wording.plain(wording.with_short(dataset.class_names, words)))


def _keep_or_remove(dataset: DatasetIndex, sample: Sample, decision: str) -> None:
    key = f"decision_{dataset.id}_{sample.path}"
    # What is on disk counts, not the widget's state: another tab or a button for all may have changed it.
    st.session_state[key] = decision if decision in CHOICES else None
    st.segmented_control(
        "Keep or remove this picture",
        list(CHOICES),
        format_func=CHOICES.__getitem__,
        key=key,
        label_visibility="collapsed",
        on_change=_decided,
        args=(dataset, sample.path, key),
        width="stretch",
    )


def _decided(dataset: DatasetIndex, path: str, key: str) -> None:
    stage(dataset, (path,), st.session_state[key] or UNDECIDED)


def _class(dataset: DatasetIndex, sample: Sample, decision: str, suggested: str) -> None:
    own = dataset.class_names[sample.label]
    new = decision.removeprefix(RELABEL_PREFIX) if decision.startswith(RELABEL_PREFIX) else own
    key = f"class_of_{dataset.id}_{sample.path}"
    st.session_state[key] = new
    names = dataset.class_names if new in dataset.class_names else (*dataset.class_names, new)
    st.selectbox(
        "Class of this picture",
        names,
        key=key,
        label_visibility="collapsed",
        on_change=_relabelled,
        args=(dataset, sample, key),
    )
    if suggested and suggested != new:
        st.button(
            f"Relabel as {wording.plain(wording.short(suggested))}",
            key=f"suggested_{key}",
            type="tertiary",
            icon=":material/label:",
            on_click=stage,
            args=(dataset, (sample.path,), f"{RELABEL_PREFIX}{suggested}"),
        )
    elif new != own:
        st.caption(f":material/label: {wording.plain(own)} → **{wording.plain(new)}**")


def _relabelled(dataset: DatasetIndex, sample: Sample, key: str) -> None:
    name = st.session_state[key]
    is_own = name == dataset.class_names[sample.label]
    stage(dataset, (sample.path,), UNDECIDED if is_own else f"{RELABEL_PREFIX}{name}")
