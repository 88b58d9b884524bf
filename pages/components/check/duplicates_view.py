"""Copies of pictures in groups, with the option to keep one of each group."""

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from core.datasets.edit import REMOVE
from core.datasets.index import DatasetIndex
from core.datasets.sample import Sample
from core.datasets.versions.pending_edits import KEEP, RELABEL_PREFIX, PendingEdits
from pages.components import wording
from pages.components.check import cards, decisions
from pages.components.check.dataset_queries import Findings, by_path
from pages.components.shared import pictures
from pages.components.shell import frame, widget_values

A_PAGE = 8
MOST_OF_A_GROUP = 12
CARD_WIDTH = 210
# Two of them are shown side by side where there is space.
PAIR_WIDTH = 460
CONFLICT = "label_conflict"
KINDS = (CONFLICT, "leak", "duplicate", "near_duplicate")
WORDS = {"leak": "leaking copy", "duplicate": "exact copy", "near_duplicate": "near copy"}


def show(dataset: DatasetIndex, found: Findings, pending: PendingEdits, kind: str) -> None:
    """Draws copies of a picture side by side.

    Args:
        dataset: the data set, each picture with its split.
        found: what was found in it.
        pending: the decisions so far.
        kind: the kind of copies, one of `KINDS`.
    """
    own = by_path(dataset)
    issues = found.by_kind[kind]
    groups = list(dict.fromkeys(issue.group for issue in issues if issue.group in found.groups))
    with frame.kept_place():
        _keep_one_of_each(dataset, found, pending, kind, groups)
    shown = pictures.page_of(groups, A_PAGE, f"groups_{dataset.id}_{kind}")
    samples = [own[path] for group in shown for path in _members(found, own, group)[:MOST_OF_A_GROUP]]
    if samples:
        # Never "remove all": of copies, one stays.
        decisions.bulk(dataset, samples, pending, kind, can_remove=False)
    grid = st.grid(min_column_width=PAIR_WIDTH, gap="small", key=f"groups_{kind}")
    pressed = None
    for number, group in enumerate(shown):
        is_pair = len(_members(found, own, group)) == 2
        with grid.cell(column_span=1 if is_pair else "all"):
            pressed = _group(dataset, found, pending, group, kind, number) or pressed
    cards.enlarge(dataset, samples, pressed, found)


def _members(found: Findings, own: Mapping[str, Sample], group: str) -> list[str]:
    return [path for path in found.groups[group] if path in own]


def _keep_one_of_each(
    dataset: DatasetIndex, found: Findings, pending: PendingEdits, kind: str, groups: Sequence[str]
) -> None:
    """Draws the button that keeps one picture of each group. Copies in two classes are left to the user."""
    if kind == CONFLICT:
        return
    removed = tuple(path for group in groups for path in spare(dataset, found, pending, group, (kind,)))
    if removed:
        st.button(
            f"Keep one of each group: removes {wording.count(len(removed), WORDS[kind])}",
            key=f"keep_one_{kind}",
            icon=":material/filter_1:",
            help="Keeps the best of each group, or those that you decided to keep. Your decisions stay.",
            on_click=decisions.stage,
            args=(dataset, removed, REMOVE),
        )


def spare(
    dataset: DatasetIndex, found: Findings, pending: PendingEdits, group: str, kinds: Sequence[str] = KINDS
) -> tuple[str, ...]:
    """Returns which copies of a picture can be removed so that one is left. Decisions already made stay.

    If the user keeps a copy, the others can be removed, even the one that would be the best to keep.

    Args:
        dataset: the data set.
        found: what was found in it.
        pending: the decisions so far.
        group: the group of copies.
        kinds: only pictures with issues of these kinds are removed, and the best one to keep, which has no issue.
    """
    own = by_path(dataset)
    kinds_of = {
        path: {issue.kind for issue in found.by_path.get(path, ()) if issue.kind in KINDS}
        for path in _members(found, own, group)
    }
    # The best comes first and has no issue; if it was removed, the largest of the others is kept.
    best_first = sorted(kinds_of, key=lambda path: (bool(kinds_of[path]), -own[path].width * own[path].height))
    undecided = [path for path in best_first if path not in pending.decisions]
    if not any(pending.decisions.get(path, REMOVE) != REMOVE for path in best_first):
        undecided = undecided[1:]
    return tuple(path for path in undecided if not kinds_of[path] or not kinds_of[path].isdisjoint(kinds))


def _group(
    dataset: DatasetIndex, found: Findings, pending: PendingEdits, group: str, kind: str, number: int
) -> Sample | None:
    """Draws the copies of one picture, and what can be decided about all of them. Returns the one to enlarge."""
    own = by_path(dataset)
    samples = [own[path] for path in _members(found, own, group)]
    key = f"{kind}_{number}"
    pressed = None
    with st.container(border=True):
        st.markdown(f"**{wording.count(len(samples), 'picture')} alike**")
        removed = () if kind == CONFLICT else _spare_of_one(dataset, found, pending, group)
        staying = stays(dataset, found, pending, group, removed)
        with frame.kept_place():
            if staying and removed:
                st.caption(f"Keep one: {_why(samples, staying)} stays.")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            _buttons(dataset, pending, samples, removed, key)
            if kind == CONFLICT:
                _same_class(dataset, samples, key)
        grid = st.grid(min_column_width=CARD_WIDTH, gap="small", key=f"cards_{key}")
        for sample in samples[:MOST_OF_A_GROUP]:
            issues = [issue for issue in found.by_path.get(sample.path, ()) if issue.kind in KINDS]
            remark = f"{sample.width:,} × {sample.height:,} pixels"
            if removed and sample == staying:
                remark = f":green[:material/star: **stays**] · {remark}"
            with grid.cell():
                if cards.card(dataset, sample, pending, kind, remark=remark):
                    pressed = sample
                # Below, so that the buttons of all copies are in one line.
                cards.reasons(dataset, issues)
        if len(samples) > MOST_OF_A_GROUP:
            st.caption(f"And {len(samples) - MOST_OF_A_GROUP} more.")
        if not staying:
            # Beside the buttons that were just pressed.
            _none_left(dataset, samples[0], key)
    return pressed


def _buttons(
    dataset: DatasetIndex, pending: PendingEdits, samples: Sequence[Sample], removed: Sequence[str], key: str
) -> None:
    paths = tuple(sample.path for sample in samples)
    if removed:
        st.button(
            "Keep one",
            key=f"one_{key}",
            icon=":material/filter_1:",
            on_click=_keep_one,
            args=(dataset, paths, pending, removed),
        )
    st.button(
        "Keep all", key=f"all_{key}", icon=":material/check:", on_click=decisions.stage, args=(dataset, paths, KEEP)
    )


def _same_class(dataset: DatasetIndex, samples: Sequence[Sample], key: str) -> None:
    """Draws the choice of the one class that all these copies have."""
    name = f"same_class_{key}"
    st.selectbox(
        "All of them are",
        list(dict.fromkeys(dataset.class_names[sample.label] for sample in samples)),
        key=widget_values.shown(name, None),
        index=None,
        placeholder="Choose a class",
        width=200,
        on_change=widget_values.when_changed(name, partial(_give_class, dataset, samples)),
    )


def _give_class(dataset: DatasetIndex, samples: Sequence[Sample], chosen: str | None) -> None:
    if chosen is None:
        return
    right = [sample.path for sample in samples if dataset.class_names[sample.label] == chosen]
    wrong = [sample.path for sample in samples if sample.path not in right]
    decisions.stage(dataset, right, KEEP)
    decisions.stage(dataset, wrong, f"{RELABEL_PREFIX}{chosen}")


def _none_left(dataset: DatasetIndex, best: Sample, key: str) -> None:
    """Says that all copies of a picture are to be removed, with the way back."""
    st.warning("None of these would be left: the picture would be gone from the data set.", icon=":material/warning:")
    st.button(
        f"Keep {wording.plain(wording.short(_short_name(best)))}",
        key=f"last_{key}",
        icon=":material/undo:",
        on_click=decisions.stage,
        args=(dataset, (best.path,), KEEP),
    )


def _short_name(sample: Sample) -> str:
    return sample.name.rsplit("/", 1)[-1]


def _why(samples: Sequence[Sample], staying: Sample) -> str:
    """Returns, as Markdown, which copy stays, and why that one."""
    name = f"**{wording.plain(wording.short(_short_name(staying)))}**"
    others = [sample.width * sample.height for sample in samples if sample != staying]
    is_largest = staying.width * staying.height > max(others, default=0)
    return f"{name}, the largest," if is_largest else name


def stays(
    dataset: DatasetIndex, found: Findings, pending: PendingEdits, group: str, removed: Sequence[str]
) -> Sample | None:
    """Returns the best copy of a picture that is left if these are removed too; None if none is.

    Args:
        dataset: the data set.
        found: what was found in it.
        pending: the decisions so far.
        group: the group of copies.
        removed: paths of those that would be removed.
    """
    own = by_path(dataset)
    left = [
        path for path in _members(found, own, group) if path not in removed and pending.decisions.get(path) != REMOVE
    ]
    # One that the user decided to keep comes first.
    return own[min(left, key=lambda path: pending.decisions.get(path) != KEEP)] if left else None


def _spare_of_one(dataset: DatasetIndex, found: Findings, pending: PendingEdits, group: str) -> tuple[str, ...]:
    """Returns what to remove if a user keeps one of just this group; if several were kept, all but the best."""
    undecided = spare(dataset, found, pending, group)
    staying = [path for path in found.groups[group] if pending.decisions.get(path) != REMOVE]
    if undecided or len(staying) < 2:
        return undecided
    gone = PendingEdits({path: REMOVE for path in found.groups[group] if path not in staying})
    return spare(dataset, found, gone, group)


def _keep_one(dataset: DatasetIndex, paths: Sequence[str], pending: PendingEdits, removed: Sequence[str]) -> None:
    decisions.stage(dataset, removed, REMOVE)
    decisions.stage(dataset, [path for path in paths if path not in removed and path not in pending.decisions], KEEP)
