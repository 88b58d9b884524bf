"""Where a data set comes from, what was made from it, what differs, and actions on the whole of it."""

from collections.abc import Sequence

import streamlit as st

from core.datasets.index import DatasetIndex
from core.datasets.store.versions import Comparison, children, compare, go_back, lineage
from pages.components import wording
from pages.components.charts import chart_view, dataset_charts
from pages.components.dataset import dataset_views
from pages.components.shared import pictures
from pages.components.shell import address, ages, frame, session

COMPARED = "compared_with"
A_PAGE = 24
MOST_BARS = 40
THIS_TOO = "delete_this_too"


def show(dataset: DatasetIndex) -> None:
    """Draws the section."""
    store = session.dataset_store()
    line, made = lineage(store, dataset), children(store, dataset)
    with frame.kept_place():
        _show_history(dataset, line, made)
    others = [version for version in (*reversed(line), *made) if version.id != dataset.id]
    if others:
        _compare(dataset, others)


def _show_history(dataset: DatasetIndex, line: Sequence[DatasetIndex], made: Sequence[DatasetIndex]) -> None:
    if len(line) > 1 and st.button("Undo", icon=":material/undo:", help=f"Back to {wording.plain(line[-2].name)}."):
        _ask_undo(dataset, line[-2])
    st.header("History", anchor=False)
    for index, version in enumerate(line):
        _row(version, dataset, is_first=index == 0)
    if made:
        st.header("Made from this one", anchor=False)
        for version in made:
            _row(version, dataset)
    if len(line) + len(made) == 1:
        st.caption(
            "Decide about pictures under Check, or change classes: each change makes a version, which is shown here."
        )


def _ask_undo(dataset: DatasetIndex, parent: DatasetIndex) -> None:
    @st.dialog("Undo")
    def ask() -> None:
        st.markdown(
            f"This goes back to **{wording.plain(parent.name)}**, which hasn't changed. What was done since: "
            f"{wording.plain(wording.changes(dataset.edits))}. Decisions about single pictures are open again, to be "
            "corrected or discarded."
        )
        in_use = dataset_views.is_in_use(dataset)
        st.toggle(
            "Delete this version",
            key=THIS_TOO,
            disabled=in_use,
            help=dataset_views.IN_USE if in_use else "Runs that were trained on it stay.",
        )
        with st.container(horizontal=True):
            sure = st.button("Go back", icon=":material/undo:", on_click=_undo, args=(dataset, parent))
            if st.button("Stay") or sure:
                st.rerun()

    ask()


def _undo(dataset: DatasetIndex, parent: DatasetIndex) -> None:
    with session.errors_shown():
        go_back(dataset, parent)
        address.show_dataset(parent.id)
        if st.session_state[THIS_TOO]:
            dataset_views.delete(dataset)


def _row(version: DatasetIndex, shown: DatasetIndex, is_first: bool = False) -> None:
    """Draws one version with the changes that made it."""
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{wording.plain(version.name)}**", width="content")
            if version.id == shown.id:
                st.badge("Shown", color="green", icon=":material/visibility:")
            else:
                st.button(
                    "Open",
                    key=f"open_{version.id}",
                    type="tertiary",
                    on_click=address.show_dataset,
                    args=(version.id,),
                )
                st.button(
                    "Compare", key=f"compare_{version.id}", type="tertiary", on_click=compare_with, args=(version.id,)
                )
        done = wording.changes(version.edits) if version.parent else "imported"
        gone = " of a data set that was deleted" if is_first and version.parent else ""
        st.markdown(f"{wording.plain(done[:1].upper() + done[1:])}{gone}")
        pictures = wording.count(len(version.samples), "picture")
        ages.caption(f"{pictures}, {wording.classes(version)} · {ages.age(version.created)}")


def compare_with(dataset_id: str) -> None:
    """Chooses the data set to compare the shown one with."""
    st.session_state[COMPARED] = dataset_id


@st.cache_resource(show_spinner=False, max_entries=10)
def _comparison(old_id: str, new_id: str, _old: DatasetIndex, _new: DatasetIndex) -> Comparison:
    return compare(_old, _new)


def _compare(dataset: DatasetIndex, others: list[DatasetIndex]) -> None:
    """Draws the differences between the data set and another version of it, the older one first."""
    by_id = {other.id: other for other in others}
    st.header("Compare", anchor=False)
    if st.session_state.get(COMPARED) not in by_id:
        st.session_state[COMPARED] = others[0].id
    chosen = by_id[st.selectbox("Compare with", list(by_id), key=COMPARED, format_func=lambda key: by_id[key].name)]
    old, new = sorted((chosen, dataset), key=lambda one: one.created)
    found = _comparison(old.id, new.id, old, new)
    st.markdown(f"From **{wording.plain(old.name)}** to **{wording.plain(new.name)}**: {_words(found)}")
    _gallery("Removed", old, found.removed, {})
    _gallery("Relabelled", old, found.relabelled, _classes(new))
    _gallery("Added", new, found.added, {})
    chart_view.show(
        dataset_charts.class_changes(found.before, found.after, MOST_BARS),
        alt="Pictures of each class before and after: "
        + ", ".join(
            f"{name} {found.before.get(name, 0)} and {found.after.get(name, 0)}"
            for name in list(dict.fromkeys([*found.before, *found.after]))[:MOST_BARS]
        ),
        key="class_changes",
    )


def _words(found: Comparison) -> str:
    parts = [
        f"{wording.count(len(paths), 'picture')} {what}"
        for paths, what in ((found.removed, "removed"), (found.relabelled, "relabelled"), (found.added, "added"))
        if paths
    ]
    parts += [f"{old} is now {new}" for old, new in found.renamed.items()]
    return wording.plain(", ".join(parts) or "the same pictures in the same classes") + "."


def _classes(dataset: DatasetIndex) -> dict[str, str]:
    return {sample.path: dataset.class_names[sample.label] for sample in dataset.samples}


def _gallery(title: str, dataset: DatasetIndex, paths: tuple[str, ...], after: dict[str, str]) -> None:
    if not paths:
        return
    st.markdown(f"**{title}** · {wording.count(len(paths), 'picture')}")
    wanted = set(pictures.page_of(paths, A_PAGE, f"page_{title}_{dataset.id}_{len(paths)}"))
    samples = [sample for sample in dataset.samples if sample.path in wanted]
    classes = [dataset.class_names[sample.label] for sample in samples]
    captions = [
        f"{wording.plain(name)} → {wording.plain(after[sample.path])}" if after else wording.plain(name)
        for name, sample in zip(classes, samples, strict=True)
    ]
    pictures.gallery(f"compared_{title}", dataset, samples, [sample.name for sample in samples], captions)
