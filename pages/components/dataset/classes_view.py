"""The classes of a data set: their average pictures, and changes to them, each of which makes a version."""

from collections.abc import Callable

import streamlit as st

from core.datasets.class_names import MAX_CLASS_NAME_LENGTH
from core.datasets.edit import LEAVE_OUT_CLASS, MERGE_CLASSES, RENAME_CLASS, SUBSET, Edit
from core.datasets.index import DatasetIndex
from core.processes.dataset_jobs import add_pictures_in_subprocess, make_version_in_subprocess
from pages.components import wording
from pages.components.background.jobs import DERIVE
from pages.components.check import decisions
from pages.components.dataset import mean_images
from pages.components.shared import pictures
from pages.components.shell import frame, job_views, polling, session

A_PAGE = 12
POLL_SECONDS = 0.3
RENAME, MERGE, LEAVE_OUT, ADD, FEWER = CHANGES = ("Rename", "Merge", "Leave out", "Add pictures", "Take fewer")
CHANGE = "class_change"
FILES = "added_files"
QUICK = 50
# The form that was submitted before it was complete: it says what is missing until nothing is.
INCOMPLETE = "incomplete_change"


def show(dataset: DatasetIndex) -> None:
    """Draws the section.

    Args:
        dataset: the data set.
    """
    pending = decisions.current(dataset)
    with frame.kept_place():
        decisions.staged(dataset, pending)
    is_busy = decisions.is_busy(dataset)
    st.header("Change the classes", anchor=False)
    st.caption("Each change makes a version: this data set stays as it is.")
    change = st.segmented_control(
        "Change", CHANGES, key=CHANGE, default=RENAME, required=True, label_visibility="collapsed"
    )
    with st.container(border=True, key="class_change_form"):
        if pending.edits() and change != ADD:
            st.caption("Your decisions about pictures are applied along with it.")
        {RENAME: _rename, MERGE: _merge, LEAVE_OUT: _leave_out, ADD: _add, FEWER: _take_fewer}[change](dataset, is_busy)
    _gallery(dataset)


def _gallery(dataset: DatasetIndex) -> None:
    """Draws the average picture of each class as soon as it has been computed."""
    st.header("Average pictures", anchor=False)
    st.caption(
        "All pictures of a class laid over each other. If two classes look alike in a way they shouldn't, such as the "
        "same background, a model may learn just that."
    )
    counts = dataset.distribution().totals
    labels = list(pictures.page_of(range(len(dataset.class_names)), A_PAGE, f"classes_{dataset.id}"))
    found = mean_images.look_up(dataset, labels)

    def draw() -> bool:
        known = mean_images.look_up(dataset, labels)
        grid = st.grid(min_column_width=150, gap="small", key="gallery_averages")
        for label in labels:
            name, average = dataset.class_names[label], known[label]
            with grid.cell():
                if average is None:
                    st.skeleton(height=150)
                elif average.result is None:
                    st.caption(wording.plain(average.error))
                else:
                    st.image(average.result, alt=f"Average picture of {name}", width="stretch")
                caption = f"**{wording.plain(wording.short(name))}** · {wording.count(counts[label], 'picture')}"
                st.markdown(caption, help=wording.whole(name))
        return None in known.values()

    polling.poll("averages", draw, None in found.values(), POLL_SECONDS)


def _button(label: str, dataset: DatasetIndex, read: Callable[[DatasetIndex], Edit | str], is_busy: bool) -> None:
    """Draws the button of a form and, once it was pressed, what is missing.

    Typed text only reaches the server with the press itself, so the fields are read then, and the button can't be
    disabled while they look empty.

    Args:
        label: of the button.
        dataset: the data set.
        read: returns the change that the form describes, or a sentence that says what is missing.
        is_busy: whether a version is being made already.
    """
    asked = (dataset.id, label)
    st.button(
        label,
        key="make_change",
        icon=":material/check:",
        disabled=is_busy,
        on_click=_press,
        args=(dataset, read, asked),
    )
    wanted = read(dataset)
    if st.session_state.get(INCOMPLETE) == asked and isinstance(wanted, str):
        st.warning(wanted, icon=":material/edit:")


def _press(dataset: DatasetIndex, read: Callable[[DatasetIndex], Edit | str], asked: tuple[str, str]) -> None:
    wanted = read(dataset)
    st.session_state[INCOMPLETE] = asked if isinstance(wanted, str) else None
    if not isinstance(wanted, str):
        _make(dataset, wanted)


def _make(dataset: DatasetIndex, edit: Edit) -> None:
    """Starts making the version."""
    store = session.dataset_store()
    job_views.start(
        DERIVE,
        dataset.name,
        lambda on_event, should_stop: make_version_in_subprocess(store, dataset, on_event, should_stop, [edit]),
        about=dataset.id,
    )


def _rename(dataset: DatasetIndex, is_busy: bool) -> None:
    left, right = st.columns(2)
    old = left.selectbox("Class", dataset.class_names, key=f"rename_{dataset.id}")
    right.text_input("New name", old, key=f"rename_to_{dataset.id}_{old}", max_chars=MAX_CLASS_NAME_LENGTH)
    _button("Rename", dataset, _read_rename, is_busy)


def _read_rename(dataset: DatasetIndex) -> Edit | str:
    old = st.session_state[f"rename_{dataset.id}"]
    new = st.session_state.get(f"rename_to_{dataset.id}_{old}", old).strip()
    return Edit(RENAME_CLASS, class_names=(old, new)) if new and new != old else "Type another name for the class."


def _merge(dataset: DatasetIndex, is_busy: bool) -> None:
    left, right = st.columns(2)
    merged = left.multiselect("Classes to merge", dataset.class_names, key=f"merge_{dataset.id}")
    first = merged[0] if merged else ""
    right.text_input(
        "Name of the merged class", first, key=f"merge_to_{dataset.id}_{first}", max_chars=MAX_CLASS_NAME_LENGTH
    )
    _button("Merge", dataset, _read_merge, is_busy)


def _read_merge(dataset: DatasetIndex) -> Edit | str:
    merged = st.session_state[f"merge_{dataset.id}"]
    if len(merged) < 2:
        return "Choose two or more classes."
    new = st.session_state.get(f"merge_to_{dataset.id}_{merged[0]}", merged[0]).strip()
    return Edit(MERGE_CLASSES, class_names=(*merged, new)) if new else "Type a name for the merged class."


def _leave_out(dataset: DatasetIndex, is_busy: bool) -> None:
    st.multiselect("Classes to leave out", dataset.class_names, key=f"leave_out_{dataset.id}")
    _button("Leave out", dataset, _read_leave_out, is_busy)


def _read_leave_out(dataset: DatasetIndex) -> Edit | str:
    chosen = st.session_state[f"leave_out_{dataset.id}"]
    if not chosen:
        return "Choose one or more classes."
    if len(dataset.class_names) - len(chosen) < 2:
        return "At least two classes have to remain."
    return Edit(LEAVE_OUT_CLASS, class_names=tuple(chosen))


def _take_fewer(dataset: DatasetIndex, is_busy: bool) -> None:
    most = max(dataset.distribution().totals)
    label, held_out = "Pictures of each class", "The usual share of them is held out for validation."
    if dataset.has_split:
        label, held_out = "Training pictures of each class", "The same share of the held-out pictures is kept."
    st.caption(f"For quick experiments: always the same few pictures of each class. {held_out}")
    st.number_input(label, 2, max(most, 2), min(QUICK, max(most, 2)), key=f"subset_{dataset.id}")
    _button("Take fewer", dataset, _read_take_fewer, is_busy)


def _read_take_fewer(dataset: DatasetIndex) -> Edit | str:
    return Edit(SUBSET, number=int(st.session_state[f"subset_{dataset.id}"]))


def _add(dataset: DatasetIndex, is_busy: bool) -> None:
    left, right = st.columns(2)
    name = left.selectbox(
        "To the class",
        dataset.class_names,
        key=f"add_to_{dataset.id}",
        accept_new_options=True,
        help="Choose one, or type the name of a new one.",
    )
    with right:
        files = st.file_uploader(
            "Pictures", type=pictures.PICTURE_TYPES, accept_multiple_files=True, key=_files_key(dataset)
        )
    st.button(
        f"Add {wording.count(len(files), 'picture')}" if files else "Add pictures",
        key="make_change",
        icon=":material/add_photo_alternate:",
        disabled=is_busy or not files,
        on_click=_start_adding,
        args=(dataset,),
    )
    if not name:
        st.caption("Choose a class, or type the name of a new one.")


def _files_key(dataset: DatasetIndex) -> str:
    """Returns the key of the field for pictures; it changes after each use, which empties the field."""
    return f"add_{dataset.id}_{st.session_state.get(FILES, 0)}"


def _start_adding(dataset: DatasetIndex) -> None:
    # Their current values: typed text may have arrived with the press itself.
    name, files = st.session_state[f"add_to_{dataset.id}"], st.session_state[_files_key(dataset)]
    if not name or not files:
        return
    store = session.dataset_store()
    own = [(file.name, file) for file in files]
    st.session_state[FILES] = st.session_state.get(FILES, 0) + 1
    job_views.start(
        DERIVE,
        dataset.name,
        lambda on_event, should_stop: add_pictures_in_subprocess(store, dataset.id, name, own, on_event, should_stop),
        about=dataset.id,
    )
