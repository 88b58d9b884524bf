"""What is in a data set: numbers, pictures, charts, what was left out."""

import streamlit as st

from core.datasets.index import LARGEST_SHARE, SMALLEST_SHARE, SPLITS, DatasetIndex
from pages.components import chart_view, charts, pictures, session, wording

CHOICE = "dataset_choice"
ALL_CLASSES = -1
A_FEW = 8
A_PAGE = 48
MOST_CLASSES = 12
MOST_BARS = 40


def choose(datasets: list[DatasetIndex]) -> DatasetIndex:
    """Draws the choice of a data set and remembers it for the other pages."""
    by_id = {index.id: index for index in datasets}
    chosen = session.chosen_dataset(datasets)
    session.choose_dataset(chosen.id)
    # A key of its own and no index: with another index it would be another widget, which forgets what was just picked.
    if st.session_state.get(CHOICE) != chosen.id:
        st.session_state[CHOICE] = chosen.id
    st.selectbox("Data set", list(by_id), key=CHOICE, format_func=lambda key: by_id[key].name, on_change=_picked)
    return chosen


def _picked() -> None:
    session.choose_dataset(st.session_state[CHOICE])


def overview(index: DatasetIndex) -> None:
    """Draws what is in a data set."""
    split = _split(index)
    _numbers(split)
    for note in index.notes:
        st.caption(wording.plain(note))
    _pictures(split)
    left, right = st.columns(2, gap="medium")
    with left:
        _class_counts(split)
    with right:
        _picture_sizes(index)
    left_out(index)


def _split(index: DatasetIndex) -> DatasetIndex:
    """Draws the share to hold out, where no split was given, and returns the data set split."""
    if index.has_split:
        st.caption("Came with its own validation pictures.")
        return session.split_dataset(index)
    share = st.slider(
        "Share held out for validation",
        SMALLEST_SHARE,
        LARGEST_SHARE,
        index.validation_split,
        step=0.05,
        format="percent",
        key=f"validation_split_{index.id}",
        help="These pictures are never trained on: they tell how good the model is on new ones.",
    )
    if share != index.validation_split:
        session.dataset_store().set_validation_split(index.id, share)
    return session.split_dataset(index, share)


def _numbers(split: DatasetIndex) -> None:
    grid = st.grid(5, min_column_width=130, gap="small")
    grid.metric("Pictures", f"{len(split.samples):,}")
    grid.metric("Classes", f"{len(split.class_names):,}")
    for name in SPLITS:
        if chosen := split.select(name):
            grid.metric(charts.SPLITS[name], f"{len(chosen):,}")
    if split.skipped:
        grid.metric("Left out", f"{len(split.skipped):,}")


def _pictures(index: DatasetIndex) -> None:
    """Draws a few pictures of each class, or pages of one class."""
    st.subheader("Pictures")
    names = index.class_names
    choice = st.selectbox(
        "Class",
        range(ALL_CLASSES, len(names)),
        format_func=lambda label: "All classes" if label == ALL_CLASSES else names[label],
        key=f"class_{index.id}",
    )
    if choice != ALL_CLASSES:
        _one_class(index, choice)
        return
    for label, name in enumerate(names[:MOST_CLASSES]):
        chosen = [sample for sample in index.samples if sample.label == label]
        st.markdown(f"**{wording.plain(name)}** · {wording.count(len(chosen), 'picture')}")
        pictures.gallery(str(label), index, chosen[:A_FEW], [name] * A_FEW)
    if len(names) > MOST_CLASSES:
        st.caption(f"And {wording.count(len(names) - MOST_CLASSES, 'class')} more: choose one above to see it.")


def _one_class(index: DatasetIndex, label: int) -> None:
    chosen = [sample for sample in index.samples if sample.label == label]
    pages = -(-len(chosen) // A_PAGE)
    page = st.pagination(pages, key=f"page_{index.id}_{label}") if pages > 1 else 1
    shown = chosen[(page - 1) * A_PAGE : page * A_PAGE]
    pictures.gallery(str(label), index, shown, [sample.name for sample in shown])


def _class_counts(split: DatasetIndex) -> None:
    st.subheader("Pictures per class")
    distribution = split.distribution()
    totals = list(zip(distribution.class_names, distribution.totals, strict=True))[:MOST_BARS]
    chart_view.show(
        charts.class_counts(distribution, MOST_BARS),
        alt="Pictures of each class in each split: " + ", ".join(f"{name} {total}" for name, total in totals),
        key="class_counts",
    )
    if len(distribution.class_names) > MOST_BARS:
        st.caption(f"The first {MOST_BARS} classes are shown.")


def _picture_sizes(index: DatasetIndex) -> None:
    st.subheader("Picture sizes")
    widths = [sample.width for sample in index.samples]
    heights = [sample.height for sample in index.samples]
    if len(set(widths)) == len(set(heights)) == 1:
        st.markdown(f"All are {widths[0]} × {heights[0]} pixels.")
        return
    chart_view.show(
        charts.picture_sizes(index.samples),
        alt=f"Widths from {min(widths)} to {max(widths)} and heights from {min(heights)} to {max(heights)} pixels",
        key="picture_sizes",
    )


def left_out(index: DatasetIndex) -> None:
    """Draws which files an import left out, and why."""
    if index.skipped:
        with st.expander(f"Left out: {wording.count(len(index.skipped), 'file')}", icon=":material/block:"):
            st.dataframe(
                {"File": [item.name for item in index.skipped], "Reason": [item.reason for item in index.skipped]},
                hide_index=True,
                alt="Files that were left out, with the reason",
            )
    if index.num_ignored:
        files = wording.count(index.num_ignored, "file")
        st.caption(f"{files} that came along (system files, texts and the like) were left out without a word.")
