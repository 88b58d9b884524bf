"""Copies of pictures in groups, with the option to keep one of each group."""

from collections.abc import Mapping, Sequence

import streamlit as st

from core.datasets.edit import REMOVE
from core.datasets.index import DatasetIndex
from core.datasets.sample import Sample
from core.datasets.versions.pending_edits import KEEP, PendingEdits
from pages.components import wording
from pages.components.dataset import decisions
from pages.components.dataset.dataset_queries import Findings, by_path
from pages.components.shared import pictures

A_PAGE = 8
MOST_OF_A_GROUP = 12
CARD_WIDTH = 130
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
    _keep_one_of_each(dataset, found, pending, kind, groups)
    shown = pictures.page_of(groups, A_PAGE, f"groups_{dataset.id}_{kind}")
    cards = [own[path] for group in shown for path in _members(found, own, group)[:MOST_OF_A_GROUP]]
    if cards:
        decisions.bulk(dataset, cards, pending, kind)
    for number, group in enumerate(shown):
        _group(dataset, found, pending, group, kind, number)


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


def _group(dataset: DatasetIndex, found: Findings, pending: PendingEdits, group: str, kind: str, number: int) -> None:
    own = by_path(dataset)
    samples = [own[path] for path in _members(found, own, group)]
    key = f"{kind}_{number}"
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{wording.count(len(samples), 'picture')} alike**", width="content")
            removed = () if kind == CONFLICT else _spare_of_one(dataset, found, pending, group)
            if removed:
                st.button(
                    "Keep one",
                    key=f"one_{key}",
                    icon=":material/filter_1:",
                    on_click=_keep_one,
                    args=(dataset, [sample.path for sample in samples], pending, removed),
                )
            st.button(
                "Keep all",
                key=f"all_{key}",
                icon=":material/check:",
                on_click=decisions.stage,
                args=(dataset, tuple(sample.path for sample in samples), KEEP),
            )
        grid = st.grid(min_column_width=CARD_WIDTH, gap="small", key=f"cards_{key}")
        for sample in samples[:MOST_OF_A_GROUP]:
            issues = [issue for issue in found.by_path.get(sample.path, ()) if issue.kind in KINDS]
            with grid.cell():
                decisions.card(dataset, sample, pending, issues)
                st.caption(f"{sample.width} × {sample.height} pixels")
        if len(samples) > MOST_OF_A_GROUP:
            st.caption(f"And {len(samples) - MOST_OF_A_GROUP} more.")


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
