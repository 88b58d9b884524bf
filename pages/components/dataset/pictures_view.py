"""What is in a data set: its pictures and numbers first, then charts."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import streamlit as st

from core.datasets.index import DatasetIndex
from core.datasets.quality.issues import Issue
from core.datasets.sample import Sample
from core.datasets.splits import LARGEST_SHARE, SMALLEST_SHARE, SPLITS
from core.wording.dataset_notes import dataset_note
from core.wording.issues import KIND_TITLES
from core.wording.readings import reading
from pages.components import wording
from pages.components.charts import chart_view, charts, dataset_charts
from pages.components.check import cards, decisions, issues_view
from pages.components.check.dataset_queries import CORRUPT, Findings
from pages.components.shared import left_out, pictures
from pages.components.shell import frame, session, widget_values

A_FEW = 8
A_PAGE = 48
MOST_CLASSES = 12
MOST_BARS = 40
MOST_KINDS = 5
ANY = "any"
NONE_FOUND = "none"


def show(dataset: DatasetIndex, found: Findings | None, open_check: Callable[[], None]) -> None:
    """Draws the section.

    Args:
        dataset: the data set.
        found: what was found in it; None if it hasn't been audited.
        open_check: called when the user wants to see what was found.
    """
    split = session.split_dataset(dataset)
    _numbers(split)
    with frame.kept_place():
        if found is not None:
            _glance(dataset, found, open_check)
    with frame.kept_place():
        _pictures(split, found)
    with frame.kept_place():
        if found is not None:
            issues_view.show_advice(dataset, found)
        for note in dataset.receipt:
            st.caption(f":material/receipt_long: {wording.plain(reading(note))}")
        for note in dataset.notes:
            st.caption(wording.plain(dataset_note(note)))
        left_out.show(dataset)
    # Charts come last: pictures don't wait until Plotly has loaded.
    left, right = st.columns(2, gap="medium")
    with left:
        st.header("Pictures per class", anchor=False)
        _share(dataset)
        _class_counts(split)
    with right:
        _sizes(dataset)


def _glance(dataset: DatasetIndex, found: Findings, open_check: Callable[[], None]) -> None:
    """Draws a summary of what the audit found."""
    pending = decisions.current(dataset)
    number = found.num_left(pending)
    with st.container(border=True, key="glance"):
        if not number:
            done = "Everything was looked at" if found.by_path else "Nothing wrong was found"
            pictures_words = wording.count(len(dataset.samples), "picture")
            st.markdown(f":green[:material/check_circle:] **{done}** in {pictures_words}.")
        else:
            left = [(KIND_TITLES[kind], count) for kind, count in found.left(pending).items() if count]
            listed = wording.listing([f"{title} ({count:,})" for title, count in left], MOST_KINDS)
            words, go = st.columns([5, 1], vertical_alignment="center")
            words.markdown(f"**{wording.count(number, 'picture')} to look at**: {listed}")
            go.button(
                "Look at them", key="to_check", icon=":material/visibility:", on_click=open_check, width="stretch"
            )
        if CORRUPT in found.by_kind:
            number = len(found.by_kind[CORRUPT])
            were = "was" if number == 1 else "were"
            st.caption(f"{wording.count(number, 'file')} could not be read and {were} left out.")
    if pending.edits():
        decisions.staged(dataset, pending)


def _share(dataset: DatasetIndex) -> None:
    """Draws the share to hold out, unless a split was given."""
    if dataset.has_split:
        st.caption("Came with its own validation pictures.")
        return
    name = f"validation_split_{dataset.id}"
    st.slider(
        "Share held out for validation",
        SMALLEST_SHARE,
        LARGEST_SHARE,
        step=0.05,
        format="percent",
        # What is stored, whichever tab changed it. Only a change made here is saved.
        key=widget_values.shown(name, dataset.validation_split),
        help="These pictures are never trained on: they show how good the model is on new ones.",
        on_change=widget_values.when_changed(name, partial(_save_share, dataset.id)),
    )


def _save_share(dataset_id: str, share: float) -> None:
    with session.errors_shown():
        session.dataset_store().set_validation_split(dataset_id, share)


def _numbers(split: DatasetIndex) -> None:
    grid = st.grid(5, min_column_width=130, gap="small")
    grid.metric("Pictures", f"{len(split.samples):,}")
    grid.metric("Classes", f"{len(split.class_names):,}")
    for name in SPLITS:
        if chosen := split.select(name):
            grid.metric(charts.SPLITS[name], f"{len(chosen):,}")
    if split.skipped:
        grid.metric("Left out", f"{len(split.skipped):,}")


def _pictures(dataset: DatasetIndex, found: Findings | None) -> None:
    """Draws a few pictures of each class, or pages of those that match the filters."""
    label, split, kind = _filters(dataset, found)
    if (label, split, kind) == (None, None, None):
        _some_of_each(dataset, found)
        return
    flagged = found.by_path if found else {}
    chosen = [
        sample
        for sample in dataset.samples
        if (label is None or sample.label == label)
        and (split is None or sample.split == split)
        and (kind is None or _has(flagged, sample, kind))
    ]
    if not chosen:
        st.caption("No picture matches.")
        return
    st.caption(wording.count(len(chosen), "picture"))
    shown = pictures.page_of(chosen, A_PAGE, f"page_{dataset.id}_{label}_{split}_{kind}")
    _gallery("chosen", dataset, shown, chosen, found)


def _gallery(
    key: str, dataset: DatasetIndex, shown: Sequence[Sample], among: Sequence[Sample], found: Findings | None
) -> None:
    alts = [f"{dataset.class_names[one.label]}: {one.name}" for one in shown]
    about = partial(cards.decide_enlarged, dataset, found)
    pictures.gallery(key, dataset, shown, alts, among=among, about=about, is_redrawn=True)


def _filters(dataset: DatasetIndex, found: Findings | None) -> tuple[int | None, str | None, str | None]:
    """Draws the choice of class, split and finding; None stands for all."""
    names = dataset.class_names
    splits = [name for name in SPLITS if any(sample.split == name for sample in dataset.samples)]
    kinds = [kind for kind in found.by_kind if kind != CORRUPT] if found else []
    left, middle, right = st.columns(3)
    label = left.selectbox(
        "Class",
        [None, *range(len(names))],
        format_func=lambda label: "All classes" if label is None else names[label],
        key=f"class_{dataset.id}",
    )
    split = middle.selectbox(
        "Split",
        [None, *splits],
        format_func=lambda name: "All splits" if name is None else charts.SPLITS[name],
        key=f"split_{dataset.id}",
    )
    kind = right.selectbox(
        "Found",
        [None, *((ANY, *kinds, NONE_FOUND) if kinds else ())],
        format_func=lambda kind: _kind_words(kind),
        key=f"kind_{dataset.id}",
        disabled=not kinds,
    )
    return label, split, kind


def _kind_words(kind: str | None) -> str:
    if kind is None:
        return "Anything or nothing"
    return {ANY: "Something", NONE_FOUND: "Nothing"}.get(kind) or KIND_TITLES[kind]


def _has(flagged: Mapping[str, Sequence[Issue]], sample: Sample, kind: str) -> bool:
    own = flagged.get(sample.path, ())
    if kind in (ANY, NONE_FOUND):
        return bool(own) == (kind == ANY)
    return any(issue.kind == kind for issue in own)


def _some_of_each(dataset: DatasetIndex, found: Findings | None) -> None:
    names = dataset.class_names
    by_label: list[list[Sample]] = [[] for _ in names]
    for sample in dataset.samples:
        by_label[sample.label].append(sample)
    for label, own in enumerate(by_label[:MOST_CLASSES]):
        heading = f"**{wording.plain(wording.short(names[label]))}** · {wording.count(len(own), 'picture')}"
        st.markdown(heading, help=wording.whole(names[label]))
        _gallery(str(label), dataset, own[:A_FEW], own, found)
    if len(names) > MOST_CLASSES:
        st.caption(f"And {wording.count(len(names) - MOST_CLASSES, 'class')} more: choose one above to see it.")


def _class_counts(split: DatasetIndex) -> None:
    distribution = split.distribution()
    totals = list(zip(distribution.class_names, distribution.totals, strict=True))[:MOST_BARS]
    chart_view.show(
        dataset_charts.class_counts(distribution, MOST_BARS),
        alt="Pictures of each class in each split: " + ", ".join(f"{name} {total}" for name, total in totals),
        key="class_counts",
    )
    if len(distribution.class_names) > MOST_BARS:
        st.caption(f"The first {MOST_BARS} of {wording.count(len(distribution.class_names), 'class')} are shown.")


def _sizes(dataset: DatasetIndex) -> None:
    st.header("Picture sizes", anchor=False)
    widths = [sample.width for sample in dataset.samples]
    heights = [sample.height for sample in dataset.samples]
    if len(set(widths)) == len(set(heights)) == 1:
        st.markdown(f"All are {widths[0]} × {heights[0]} pixels.")
        return
    shortest = [min(size) for size in zip(widths, heights, strict=True)]
    chart_view.show(
        dataset_charts.side_histogram(dataset.samples),
        alt=f"Shorter sides from {min(shortest)} to {max(shortest)} pixels",
        key="picture_sides",
    )
    wide, tall = sum(map(int.__gt__, widths, heights)), sum(map(int.__lt__, widths, heights))
    chart_view.show(
        dataset_charts.aspect_histogram(dataset.samples),
        alt=f"{wide} pictures are wider than tall, {tall} taller than wide",
        key="picture_aspects",
    )
