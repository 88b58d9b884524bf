"""A picture with what was found in it, and the decisions that can be made about it.

What is on the disk counts, not what a widget holds: another tab, or a button for many pictures, may have changed it.
"""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from core.datasets.edit import REMOVE
from core.datasets.index import DatasetIndex
from core.datasets.quality.audit import Issue
from core.datasets.sample import Sample
from core.datasets.versions.pending_edits import KEEP, RELABEL_PREFIX, UNDECIDED, PendingEdits
from core.wording.issues import KIND_TITLES, issue_detail
from pages.components import wording
from pages.components.check import decisions
from pages.components.check.dataset_queries import Findings
from pages.components.shared import pictures
from pages.components.shell import widget_values

CHOICES = {KEEP: "Keep", REMOVE: "Remove"}
ENLARGED = "enlarged"
SIDE = 320


def card(
    dataset: DatasetIndex,
    sample: Sample,
    pending: PendingEdits,
    place: str,
    issues: Sequence[Issue] = (),
    suggested: str = "",
    remark: str = "",
) -> bool:
    """Draws one picture with its issues and the decisions. Returns whether it was pressed to be enlarged.

    Args:
        dataset: the data set.
        sample: the picture.
        pending: the decisions so far.
        place: where it is shown: unique on the page together with the picture.
        issues: its issues.
        suggested: the class that it looks like, if that is another one.
        remark: more about it, as Markdown.
    """
    alt = f"{dataset.class_names[sample.label]}: {sample.name}"
    decision = pending.decisions.get(sample.path, UNDECIDED)
    with st.container(gap="xsmall"):
        is_pressed = pictures.one(dataset, sample, alt, place, SIDE, is_faded=decision == REMOVE)
        _title(dataset, sample)
        if remark:
            st.caption(remark)
        reasons(dataset, issues)
        _keep_or_remove(dataset, sample, decision, place)
        class_choice(dataset, sample, pending, place, suggested)
    return is_pressed


def enlarge(dataset: DatasetIndex, samples: Sequence[Sample], pressed: Sample | None, found: Findings | None) -> None:
    """Opens a pressed picture large, with its issues and the decisions, to leaf through all of these pictures.

    Args:
        dataset: the data set.
        samples: the pictures.
        pressed: the one to begin with; None opens nothing.
        found: what was found in the data set.
    """
    if pressed is not None:
        # The page behind shows the same decisions, so it is drawn again afterwards.
        pictures.enlarge(dataset, samples, pressed, partial(decide_enlarged, dataset, found), is_redrawn=True)


def decide_enlarged(dataset: DatasetIndex, found: Findings | None, sample: Sample) -> None:
    """Draws what was found in an enlarged picture, and the decisions about it."""
    pending = decisions.current(dataset)
    if found is not None:
        reasons(dataset, found.by_path.get(sample.path, ()))
    left, right = st.columns(2, vertical_alignment="top")
    with left:
        _keep_or_remove(dataset, sample, pending.decisions.get(sample.path, UNDECIDED), ENLARGED)
    with right, st.container(gap="xsmall"):
        suggested = found.suggested.get(sample.path, "") if found is not None else ""
        class_choice(dataset, sample, pending, ENLARGED, suggested)


def _title(dataset: DatasetIndex, sample: Sample) -> None:
    class_name = dataset.class_names[sample.label]
    name = sample.name.rsplit("/", 1)[-1]
    title = f"**{wording.plain(wording.short(class_name))}** · {wording.plain(wording.short(name))}"
    is_short = class_name == wording.short(class_name) and name == wording.short(name)
    st.caption(title, help=None if is_short else f"{wording.plain(class_name)} · {wording.plain(name)}")


def reasons(dataset: DatasetIndex, issues: Sequence[Issue]) -> None:
    """Draws what was found in a picture."""
    for issue in issues:
        words = issue_detail(issue.detail) or KIND_TITLES[issue.kind]
        st.caption(wording.plain(wording.with_short(dataset.class_names, words)))


def _keep_or_remove(dataset: DatasetIndex, sample: Sample, decision: str, place: str) -> None:
    name = f"decision_{place}_{dataset.id}_{sample.path}"
    st.segmented_control(
        "Keep or remove this picture",
        list(CHOICES),
        format_func=CHOICES.__getitem__,
        key=widget_values.shown(name, decision if decision in CHOICES else None),
        label_visibility="collapsed",
        on_change=widget_values.when_changed(
            name, lambda chosen: decisions.stage(dataset, (sample.path,), chosen or UNDECIDED)
        ),
        width="stretch",
    )


def class_choice(dataset: DatasetIndex, sample: Sample, pending: PendingEdits, place: str, suggested: str = "") -> None:
    """Draws the class of a picture, which can be changed.

    Args:
        dataset: the data set.
        sample: the picture.
        pending: the decisions so far.
        place: where it is shown: unique on the page together with the picture.
        suggested: the class that it looks like, if that is another one.
    """
    own = dataset.class_names[sample.label]
    decision = pending.decisions.get(sample.path, UNDECIDED)
    new = decision.removeprefix(RELABEL_PREFIX) if decision.startswith(RELABEL_PREFIX) else own
    name = f"class_of_{place}_{dataset.id}_{sample.path}"
    names = dataset.class_names if new in dataset.class_names else (*dataset.class_names, new)
    st.selectbox(
        "Class of this picture",
        names,
        key=widget_values.shown(name, new),
        label_visibility="collapsed",
        on_change=widget_values.when_changed(name, partial(_relabel, dataset, sample)),
    )
    if suggested and suggested != new:
        st.button(
            f"Relabel as {wording.plain(wording.short(suggested))}",
            key=f"suggested_{name}",
            type="tertiary",
            icon=":material/label:",
            on_click=decisions.stage,
            args=(dataset, (sample.path,), f"{RELABEL_PREFIX}{suggested}"),
        )
    elif new != own:
        st.caption(f":material/label: {wording.plain(own)} → **{wording.plain(new)}**")


def _relabel(dataset: DatasetIndex, sample: Sample, chosen: str) -> None:
    is_own = chosen == dataset.class_names[sample.label]
    decisions.stage(dataset, (sample.path,), UNDECIDED if is_own else f"{RELABEL_PREFIX}{chosen}")
