"""The classes of a data set: what they have in common, and changes of them, each of which makes a version."""

from collections.abc import Sequence

import streamlit as st

from core.datasets.edits import LEAVE_OUT_CLASS, MERGE_CLASSES, RENAME_CLASS, SUBSET, Edit
from core.datasets.index import DatasetIndex
from core.datasets.isolation import add_pictures_apart, make_version_apart
from pages.components import average_pictures, build_form, decisions, job_views, pictures, polling, session, wording
from pages.components.jobs import DERIVE

A_PAGE = 12
POLL_SECONDS = 0.3
RENAME, MERGE, LEAVE_OUT, ADD, FEWER = CHANGES = ("Rename", "Merge", "Leave out", "Add pictures", "Take fewer")
CHANGE = "class_change"
FILES = "added_files"
QUICK = 50


def show(index: DatasetIndex) -> None:
    """Draws the section.

    Args:
        index: the data set.
    """
    draft = decisions.current(index)
    decisions.staged(index, draft)
    is_busy = decisions.is_busy(index)
    st.subheader("Change the classes", anchor=False)
    st.caption("Each change makes a version: this data set stays as it is.")
    change = st.segmented_control(
        "Change", CHANGES, key=CHANGE, default=RENAME, required=True, label_visibility="collapsed"
    )
    with st.container(border=True, key="class_change_form"):
        if draft.edits() and change != ADD:
            st.caption("What was decided about pictures is done along with it.")
        {RENAME: _rename, MERGE: _merge, LEAVE_OUT: _leave_out, ADD: _add, FEWER: _take_fewer}[change](index, is_busy)
    _gallery(index)


def _gallery(index: DatasetIndex) -> None:
    """Draws the average picture of each class, as they are worked out."""
    st.subheader("Average pictures", anchor=False)
    st.caption(
        "All pictures of a class laid over each other. Where two look alike in a way that they shouldn't, such as the "
        "same background, a model may learn just that."
    )
    counts = index.distribution().totals
    labels = list(pictures.page_of(range(len(index.class_names)), A_PAGE, f"classes_{index.id}"))
    found = average_pictures.look_up(index, labels)

    def draw() -> bool:
        known = average_pictures.look_up(index, labels)
        grid = st.grid(min_column_width=150, gap="small", key="gallery_averages")
        for label in labels:
            name, average = index.class_names[label], known[label]
            with grid.cell():
                if average is None:
                    st.skeleton(height=150)
                elif average.result is None:
                    st.caption(wording.plain(average.error))
                else:
                    st.image(average.result, alt=f"Average picture of {name}", width="stretch")
                st.markdown(f"**{wording.plain(name)}** · {wording.count(counts[label], 'picture')}")
        return None in known.values()

    polling.poll("averages", draw, None in found.values(), POLL_SECONDS)


def _button(label: str, index: DatasetIndex, edit: Edit | None, is_busy: bool, help_text: str | None = None) -> None:
    st.button(
        label,
        key="make_change",
        icon=":material/check:",
        disabled=is_busy or edit is None,
        help=help_text,
        on_click=_make,
        args=(index, edit),
    )


def _make(index: DatasetIndex, edit: Edit) -> None:
    """Starts to make the version."""
    store = session.dataset_store()
    job_views.start(
        DERIVE,
        index.name,
        lambda on_event, should_stop: make_version_apart(store, index, on_event, should_stop, [edit]),
        about=index.id,
    )


def _rename(index: DatasetIndex, is_busy: bool) -> None:
    left, right = st.columns(2)
    old = left.selectbox("Class", index.class_names, key=f"rename_{index.id}")
    new = right.text_input("New name", old, key=f"rename_to_{index.id}_{old}", max_chars=100).strip()
    _button("Rename", index, Edit(RENAME_CLASS, class_names=(old, new)) if new and new != old else None, is_busy)


def _merge(index: DatasetIndex, is_busy: bool) -> None:
    left, right = st.columns(2)
    merged = left.multiselect("Classes to merge", index.class_names, key=f"merge_{index.id}")
    first = merged[0] if merged else ""
    new = right.text_input("Name of the merged class", first, key=f"merge_to_{index.id}_{first}", max_chars=100).strip()
    edit = Edit(MERGE_CLASSES, class_names=(*merged, new)) if len(merged) > 1 and new else None
    _button("Merge", index, edit, is_busy, None if edit else "Choose two or more classes.")


def _leave_out(index: DatasetIndex, is_busy: bool) -> None:
    chosen = st.multiselect("Classes to leave out", index.class_names, key=f"leave_out_{index.id}")
    remaining = len(index.class_names) - len(chosen)
    edit = Edit(LEAVE_OUT_CLASS, class_names=tuple(chosen)) if chosen and remaining > 1 else None
    if chosen and remaining < 2:
        st.caption("At least two classes have to stay.")
    _button("Leave out", index, edit, is_busy)


def _take_fewer(index: DatasetIndex, is_busy: bool) -> None:
    most = max(index.distribution().totals)
    st.caption("For quick tries: the same few pictures of each class each time, and as large a share to check with.")
    number = st.number_input(
        "Pictures of each class to learn from", 2, max(most, 2), min(QUICK, max(most, 2)), key=f"subset_{index.id}"
    )
    _button("Take fewer", index, Edit(SUBSET, number=int(number)), is_busy)


def _add(index: DatasetIndex, is_busy: bool) -> None:
    left, right = st.columns(2)
    name = left.selectbox(
        "To the class",
        index.class_names,
        key=f"add_to_{index.id}",
        accept_new_options=True,
        help="Choose one, or type the name of a new one.",
    )
    uploaded = st.session_state.get(FILES, 0)
    with right:
        files = st.file_uploader(
            "Pictures", type=build_form.TYPES, accept_multiple_files=True, key=f"add_{index.id}_{uploaded}"
        )
    st.button(
        f"Add {wording.count(len(files), 'picture')}" if files else "Add pictures",
        key="make_change",
        icon=":material/add_photo_alternate:",
        disabled=is_busy or not files or not name,
        on_click=_start_adding,
        args=(index, name, files),
    )


def _start_adding(index: DatasetIndex, name: str, files: Sequence) -> None:
    store = session.dataset_store()
    own = [(file.name, file) for file in files]
    st.session_state[FILES] = st.session_state.get(FILES, 0) + 1
    job_views.start(
        DERIVE,
        index.name,
        lambda on_event, should_stop: add_pictures_apart(store, index.id, name, own, on_event, should_stop),
        about=index.id,
    )
