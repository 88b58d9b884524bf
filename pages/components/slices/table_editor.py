"""An editor for the user's table: pictures with their values, filled one by one or many at once, then saved."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from core.datasets.attributes.own_attributes import OwnAttributes, read_attributes
from core.datasets.attributes.table_edits import (
    LONGEST_VALUE,
    TableEdits,
    as_rows,
    choices,
    edited,
    save_edits,
    with_column,
)
from core.datasets.index import DatasetIndex
from core.datasets.sample import Sample
from core.errors import CoreError
from core.wording.lists import listed
from pages.components import wording
from pages.components.shared import pictures, tables
from pages.components.shell import session

PER_PAGE = 50
SIDE, ROW_HEIGHT = 96, 56
# Columns of the editor; those of the user's own have their names behind `OWN`.
TICKED, PICTURE, NAME, CLASS, OWN = "ticked", "picture", "name", "class", "own:"
# Which pictures are filled at once.
ONLY_TICKED, THIS_PAGE, ALL_LISTED = "ticked", "page", "all"
RESULTS, EVERY = "results", "every"


@dataclass
class Draft:
    """What was changed in a session and isn't saved yet, and what of it the browser's editor was given.

    The editor keeps its own changes to the rows that it was given as long as its key stays. So it is given the same
    rows until others are to be shown; then it gets a new key, and rows with all changes.

    Attributes:
        edits: the changes.
        ticked: pictures with a tick, as `Sample.path`.
        given: the changes in the rows that the editor was given.
        given_ticks: the ticks in them.
        shows: what tells these rows from others; empty for new rows.
        times: how often rows were given, which is part of the editor's key.
        error: of the last press, to be shown.
    """

    edits: TableEdits = field(default_factory=TableEdits)
    ticked: frozenset[str] = frozenset()
    given: TableEdits = field(default_factory=TableEdits)
    given_ticks: frozenset[str] = frozenset()
    shows: tuple[object, ...] = ()
    times: int = 0
    error: str = ""


def show(dataset: DatasetIndex, paths: Sequence[str]) -> None:
    """Draws the editor.

    Args:
        dataset: the data set.
        paths: the pictures that the results are about, as `Sample.path`; they are listed first.
    """
    st.fragment(_show)(dataset, tuple(paths))


def draft_of(dataset: DatasetIndex) -> Draft:
    """Returns the changes of this session to a data set's table."""
    found: Draft = st.session_state.setdefault(f"table_draft_{dataset.id}", Draft())
    return found


def take(draft: Draft, shown: Sequence[str], changes: Mapping[int, Mapping[str, Any]]) -> None:
    """Notes what was changed in the editor.

    Args:
        draft: the changes until now.
        shown: the pictures in its rows, as `Sample.path`.
        changes: by row, the changed cells by the editor's column.
    """
    for row, cells in changes.items():
        path = shown[int(row)]
        for name, value in cells.items():
            if name == TICKED:
                draft.ticked = draft.ticked | {path} if value else draft.ticked - {path}
            elif name.startswith(OWN):
                draft.edits = draft.edits.with_cells(name.removeprefix(OWN), value, [path])


def _show(dataset: DatasetIndex, paths: tuple[str, ...]) -> None:
    with session.errors_shown():
        stored = read_attributes(dataset)
        draft = draft_of(dataset)
        if st.session_state.pop(f"table_saved_{dataset.id}", False):
            # The groups above are others now.
            st.rerun()
        table = edited(stored, draft.edits)
        _column_form(dataset, draft, table)
        if table.columns:
            listed_samples = _filter(dataset, paths)
            samples = pictures.page_of(listed_samples, PER_PAGE, f"table_page_{dataset.id}_{len(listed_samples)}")
            _fill_form(dataset, draft, table, listed_samples, samples)
            _editor(dataset, draft, stored, table, samples)
        if draft.error:
            st.error(wording.plain(draft.error), icon=":material/error:")
        _save_row(dataset, draft, table)


def _column_form(dataset: DatasetIndex, draft: Draft, table: OwnAttributes) -> None:
    keys = f"table_column_{dataset.id}", f"table_values_{dataset.id}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("Column", key=keys[0], placeholder="light", width=200, max_chars=LONGEST_VALUE)
        st.text_input("Its values, separated by commas", key=keys[1], placeholder="day, night", width=320)
        st.button(
            "Add the column",
            key=f"table_add_{dataset.id}",
            icon=":material/add:",
            help="To a column that is there already, its further values are added.",
            on_click=_add_column,
            args=(draft, table, *keys),
        )


def _filter(dataset: DatasetIndex, paths: tuple[str, ...]) -> list[Sample]:
    """Draws the choice of pictures, and returns them in the order of their names."""
    words = {RESULTS: f"Those of these results ({len(paths):,})", EVERY: f"All ({len(dataset.samples):,})"}
    with st.container(horizontal=True):
        scope = st.selectbox(
            "Pictures", list(words), key=f"table_scope_{dataset.id}", format_func=words.__getitem__, width=260
        )
        label = st.selectbox(
            "Class",
            range(len(dataset.class_names)),
            key=f"table_class_{dataset.id}",
            index=None,
            placeholder="All classes",
            format_func=lambda label: dataset.class_names[label],
            width=260,
        )
    own = set(paths)
    return [
        sample
        for sample in sorted(dataset.samples, key=lambda sample: sample.name)
        if (scope == EVERY or sample.path in own) and label in (None, sample.label)
    ]


def _fill_form(
    dataset: DatasetIndex, draft: Draft, table: OwnAttributes, every: Sequence[Sample], shown: Sequence[Sample]
) -> None:
    key = f"table_fill_{dataset.id}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        column = st.selectbox("Fill the column", table.columns, key=f"{key}_column", width=200)
        own = choices(table, column)
        # Another column has other values, so it has a field of its own.
        value_key = f"{key}_value_{table.columns.index(column)}_{'chosen' if own else 'typed'}"
        if own:
            st.selectbox("with", own, key=value_key, index=None, placeholder="Nothing: empty them", width=200)
        else:
            st.text_input("with", key=value_key, max_chars=LONGEST_VALUE, width=200)
        here = {sample.path for sample in every}
        targets = {
            ONLY_TICKED: [path for path in sorted(draft.ticked) if path in here],
            THIS_PAGE: [sample.path for sample in shown],
            ALL_LISTED: [sample.path for sample in every],
        }
        words = {ONLY_TICKED: "the ticked ones", THIS_PAGE: "all on this page", ALL_LISTED: "all listed"}
        which = st.selectbox(
            "in",
            list(words),
            key=f"{key}_which",
            format_func=lambda which: f"{words[which]} ({len(targets[which]):,})",
            width=220,
        )
        st.button(
            "Fill",
            key=key,
            icon=":material/format_color_fill:",
            disabled=not targets[which],
            on_click=_fill,
            args=(draft, column, value_key, targets[which]),
        )


def _editor(
    dataset: DatasetIndex, draft: Draft, stored: OwnAttributes | None, table: OwnAttributes, samples: Sequence[Sample]
) -> None:
    shown = tuple(sample.path for sample in samples)
    options = {column: choices(table, column) for column in table.columns}
    saved = [stored.values.get(path) for path in shown] if stored else []
    shows = (shown, table.columns, tuple(draft.edits.choices.items()), *saved)
    if draft.shows != shows:
        draft.given, draft.given_ticks, draft.shows, draft.times = draft.edits, draft.ticked, shows, draft.times + 1
    given = edited(stored, draft.given)
    columns: dict[str, list[Any]] = {
        TICKED: [path in draft.given_ticks for path in shown],
        PICTURE: [_data_url(dataset, sample) for sample in samples],
        NAME: [sample.name for sample in samples],
        CLASS: [dataset.class_names[sample.label] for sample in samples],
    }
    for column in table.columns:
        at = given.columns.index(column) if column in given.columns else None
        rows = [given.values.get(path) for path in shown]
        columns[OWN + column] = [row[at] or None if row and at is not None else None for row in rows]
    key = f"table_editor_{dataset.id}_{draft.times}"
    st.data_editor(
        columns,
        key=key,
        hide_index=True,
        disabled=[PICTURE, NAME, CLASS],
        row_height=ROW_HEIGHT,
        placeholder="",
        on_change=_changed,
        args=(draft, shown, key),
        alt="Pictures with their names, classes and values, to be edited",
        column_config={
            TICKED: st.column_config.CheckboxColumn("Tick", width=50),
            PICTURE: st.column_config.ImageColumn("Picture", width=80),
            NAME: st.column_config.TextColumn("File"),
            CLASS: st.column_config.TextColumn("Class"),
            **{OWN + column: _column(column, own) for column, own in options.items()},
        },
    )


def _column(name: str, own: Sequence[str]) -> Any:
    if own:
        return st.column_config.SelectboxColumn(wording.short(name), options=list(own))
    return st.column_config.TextColumn(wording.short(name), max_chars=LONGEST_VALUE)


def _data_url(dataset: DatasetIndex, sample: Sample) -> str | None:
    picture = pictures.sample_thumbnail(dataset, sample, SIDE)
    return f"data:image/jpeg;base64,{base64.b64encode(picture).decode()}" if picture else None


def _save_row(dataset: DatasetIndex, draft: Draft, table: OwnAttributes) -> None:
    if unsaved := _unsaved(draft.edits):
        st.warning(f"Not saved yet: {unsaved}. A reload would lose it.", icon=":material/edit_note:")
    with st.container(horizontal=True):
        for word, icon, act in (("Save", "save", _save), ("Discard", "undo", _discard)):
            st.button(
                word,
                key=f"table_{word}_{dataset.id}",
                type="primary" if word == "Save" else "secondary",
                icon=f":material/{icon}:",
                disabled=not unsaved,
                on_click=act,
                args=(dataset, draft),
            )
        st.download_button(
            "Download as CSV",
            lambda: tables.rows_as_csv(as_rows(dataset, table)),
            file_name="attributes.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
            type="tertiary",
            key=f"table_csv_{dataset.id}",
        )


def _unsaved(edits: TableEdits) -> str:
    columns = [wording.plain(wording.short(column)) for column in edits.choices]
    parts = [f"the values to choose from in {listed(columns)}"] if columns else []
    if edits.num_cells:
        parts.append(wording.count(edits.num_cells, "value"))
    return listed(parts)


def _changed(draft: Draft, shown: Sequence[str], key: str) -> None:
    draft.error = ""
    take(draft, shown, st.session_state[key]["edited_rows"])


def _add_column(draft: Draft, table: OwnAttributes, name_key: str, values_key: str) -> None:
    values = st.session_state[values_key].split(",")
    try:
        draft.edits = with_column(draft.edits, table, st.session_state[name_key], values)
    except CoreError as error:
        draft.error = str(error)
        return
    draft.error = st.session_state[name_key] = st.session_state[values_key] = ""


def _fill(draft: Draft, column: str, value_key: str, paths: Sequence[str]) -> None:
    draft.edits = draft.edits.with_cells(column, st.session_state[value_key], paths)
    draft.ticked, draft.shows, draft.error = draft.ticked - set(paths), (), ""


def _save(dataset: DatasetIndex, draft: Draft) -> None:
    try:
        save_edits(dataset, draft.edits)
    except CoreError as error:
        draft.error = str(error)
        return
    _discard(dataset, draft)
    st.session_state[f"table_saved_{dataset.id}"] = True


def _discard(_: DatasetIndex, draft: Draft) -> None:
    draft.edits, draft.shows, draft.error = TableEdits(), (), ""
