"""The issues of a data set by kind, worst first, with a decision for each picture."""

from collections.abc import Sequence

import streamlit as st

from core.datasets.index import DatasetIndex
from core.datasets.quality.audit import KINDS
from core.datasets.sample import Sample
from core.datasets.versions.pending_edits import RELABEL_PREFIX, PendingEdits
from core.wording.issues import KIND_EXPLANATIONS, KIND_TITLES, advice, issue_detail
from pages.components import wording
from pages.components.check import cards, decisions, duplicates_view
from pages.components.check.dataset_queries import CORRUPT, Findings, by_path
from pages.components.shared import pictures, tables

KIND = "issue_kind"
A_PAGE = 24
CARD_WIDTH = 210
BADGES: dict[str, tuple[str, wording.Color, str]] = {
    "fault": ("Fault", "red", ":material/error:"),
    "warning": ("Warning", "orange", ":material/warning:"),
    "hint": ("Hint", "blue", ":material/info:"),
}


def show(dataset: DatasetIndex, found: Findings, pending: PendingEdits) -> str:
    """Draws what was found, and the pictures of the chosen kind. Returns that kind; empty if nothing was found.

    Args:
        dataset: the data set, each picture with its split.
        found: what was found in it.
        pending: the decisions so far.
    """
    if not found.by_kind:
        st.success(f"Nothing was found in {wording.count(len(dataset.samples), 'picture')}.", icon=":material/check:")
        return ""
    _summary(dataset, found, pending)
    kind = _choose_kind(found, pending)
    words, color, icon = BADGES[KINDS[kind].severity]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header(KIND_TITLES[kind], anchor=False, width="content")
        st.badge(words, color=color, icon=icon)
    st.markdown(KIND_EXPLANATIONS[kind])
    if kind == CORRUPT:
        _unreadable(found)
    elif kind in duplicates_view.KINDS:
        duplicates_view.show(dataset, found, pending, kind)
    else:
        _pictures(dataset, found, pending, kind)
    return kind


def show_advice(dataset: DatasetIndex, found: Findings) -> None:
    """Draws the advice about a data set as a whole."""
    for item in found.advice:
        text = advice(item.kind, item.parameters)
        shown = wording.with_short(dataset.class_names, text)
        st.markdown(
            f":orange[:material/lightbulb:] {wording.plain(shown)}", help=None if shown == text else wording.plain(text)
        )


def _summary(dataset: DatasetIndex, found: Findings, pending: PendingEdits) -> None:
    number = found.num_left(pending)
    total = wording.count(len(dataset.samples), "picture")
    if number:
        words = f"**{wording.count(number, 'picture')} to look at**, of {total}."
    else:
        words = f":green[:material/check_circle:] **Everything was looked at** in {total}."
    st.markdown(f"{words} [To the map](#map)")


def _choose_kind(found: Findings, pending: PendingEdits) -> str:
    """Draws the kinds that occur, worst first, each with its number of undecided pictures."""
    left = found.left(pending)
    kinds = list(found.by_kind)
    if st.session_state.get(KIND) not in kinds:
        st.session_state[KIND] = next((kind for kind in kinds if left.get(kind)), kinds[0])

    def label(kind: str) -> str:
        number = len(found.by_kind[kind]) if kind == CORRUPT else left[kind]
        return f"{KIND_TITLES[kind]} ({number:,})" if number else f":material/check: {KIND_TITLES[kind]}"

    # A choice is required, so there always is one.
    return st.pills("What was found, worst first", kinds, format_func=label, key=KIND, required=True) or kinds[0]


def _unreadable(found: Findings) -> None:
    issues = found.by_kind[CORRUPT]
    tables.show(
        {"File": [issue.path for issue in issues], "Reason": [issue_detail(issue.detail) for issue in issues]},
        alt="Files that could not be used, with the reason",
        file_name="unreadable.csv",
    )


def _pictures(dataset: DatasetIndex, found: Findings, pending: PendingEdits, kind: str) -> None:
    own = by_path(dataset)
    issues = [issue for issue in found.by_kind[kind] if issue.path in own]
    shown = pictures.page_of(issues, A_PAGE, f"issues_{dataset.id}_{kind}")
    samples = [own[issue.path] for issue in shown]
    decisions.bulk(dataset, samples, pending, kind)
    _as_they_look(dataset, found, samples)
    grid = st.grid(min_column_width=CARD_WIDTH, gap="small", key="cards_issues")
    pressed = None
    for issue, sample in zip(shown, samples, strict=True):
        with grid.cell():
            suggested = found.suggested.get(sample.path, "")
            if cards.card(dataset, sample, pending, kind, (issue,), suggested):
                pressed = sample
    cards.enlarge(dataset, [own[issue.path] for issue in issues], pressed, found)


def _as_they_look(dataset: DatasetIndex, found: Findings, samples: Sequence[Sample]) -> None:
    """Draws the button that relabels pictures with doubtful labels as the classes that they look like."""
    suggested = {sample.path: found.suggested[sample.path] for sample in samples if sample.path in found.suggested}
    if len(suggested) > 1:
        st.button(
            f"Relabel all {len(suggested)} shown as what they look like",
            icon=":material/label:",
            on_click=_relabel,
            args=(dataset, suggested),
        )


def _relabel(dataset: DatasetIndex, suggested: dict[str, str]) -> None:
    for name in set(suggested.values()):
        paths = [path for path, own in suggested.items() if own == name]
        decisions.stage(dataset, paths, f"{RELABEL_PREFIX}{name}")
