"""Why tables don't give the classes: which columns they have, what was tried, and what to do."""

from collections.abc import Sequence

from core.datasets.archives.members import TableFile
from core.datasets.layouts.label_tables import LabelTables
from core.datasets.layouts.options import ReadingOptions
from core.datasets.names import escape_label
from core.datasets.tables.columns import ColumnProfile, FileColumn, column_name, find_column
from core.datasets.tables.groups import TableGroup
from core.wording.coded import Note

SHOWN_COLUMNS = 8
SHOWN_TABLES = 3
MAX_CELL_LENGTH = 60
EXPECTED_TABLE = "Expected a CSV with a column of picture file names and one of classes."


def explain_tables(labels: LabelTables) -> str:
    """Returns why no table gives the classes of the pictures, in sentences; empty if there is no table.

    Args:
        labels: the tables and the pictures.
    """
    groups, options = labels.groups, labels.options
    if not labels.tables:
        return ""
    if not groups:
        return f"{_names(labels.tables)} can't be read as a table. {EXPECTED_TABLE}"
    group = _explained(labels)
    wanted = (
        ("--file-column", options.file_column),
        ("--label-column", options.label_column),
        ("--split-column", options.split_column),
    )
    for flag, column in wanted:
        if column and not any(find_column(other.names, column) is not None for other in groups):
            return f"{_table(group)} has no column {column}. {_columns(group)} Name one of them with {flag}."
    if group.is_form:
        return (
            f"{_table(group)} is called a submission, so it was taken for a form to fill in, not for the truth. "
            f"{EXPECTED_TABLE} Rename it if it holds the classes, or name its column with --label-column."
        )
    files = group.file_columns(options.file_column)
    return (
        _no_labels(group, files[0], options) if files and _num_named(group) else _no_files(group, labels.paths, options)
    )


def columns_to_name(labels: LabelTables) -> tuple[str, ...]:
    """Returns what the columns of the table that `explain_tables` explains are called in `ReadingOptions`.

    Those without a name, or with one that others have too, go by their numbers.
    """
    if not labels.groups:
        return ()
    names = _explained(labels).names
    return tuple(name if name and names.count(name) == 1 else str(number) for number, name in enumerate(names, 1))


def _explained(labels: LabelTables) -> TableGroup:
    truths = [group for group in labels.groups if not group.is_form]
    return max(truths or labels.groups, key=_num_named)


def unused_tables(labels: LabelTables) -> tuple[Note, ...]:
    """Returns notes on tables about pictures that weren't understood, if no table gives the classes."""
    if labels.candidates:
        return ()
    found = [group for group in labels.groups if not group.is_form and group.is_about_pictures]
    return tuple(_unused(group) for group in found[:SHOWN_TABLES])


def _unused(group: TableGroup) -> Note:
    files = group.file_columns()
    if files:
        count = len({picture for _, _, picture in group.named_rows(files[0])})
        column = column_name(group.names, files[0])
        return Note("table_without_classes", {"name": _table(group), "column": column, "count": count})
    best = _best(group, "")
    return Note("table_of_others", {"name": _table(group), "column": column_name(group.names, best.column)})


def _no_files(group: TableGroup, paths: Sequence[tuple[str, ...]], options: ReadingOptions) -> str:
    """Returns the message that no column names the pictures."""
    best = _best(group, options.file_column)
    fitting = sum(picture is not None for picture in best.found)
    cell = _example(group, best.column)
    picture = "/".join(paths[0]) if paths else ""
    return (
        f"{_table(group)} isn't understood: no column names the pictures. {_columns(group)} File names were looked for "
        f"in {column_name(group.names, best.column)}: {fitting:,} of {len(best.found):,} rows name a picture, the "
        f"first one says {cell}, and a picture is called {picture}. Name the right column with --file-column, or fix "
        "the names."
    )


def _no_labels(group: TableGroup, files: int, options: ReadingOptions) -> str:
    """Returns the message that no column holds classes."""
    rows = sum(table.num_rows for table in group.tables)
    named = sum(1 for _ in group.named_rows(files))
    profiles = group.profiles(files)
    wanted = find_column(group.names, options.label_column) if options.label_column else None
    columns = [column for column in range(group.width) if column != files] if wanted is None else [wanted]
    whys = [f"{column_name(group.names, column)} ({_why_no_classes(profiles[column])})" for column in columns]
    listed = _listed(whys)
    return (
        f"{_table(group)} isn't understood: no column gives two or more classes. {_columns(group)} The files are "
        f"in {column_name(group.names, files)}: {named:,} of {rows:,} rows name a picture. Not taken for classes: "
        f"{listed}. Name the right column with --label-column."
    )


def _why_no_classes(profile: ColumnProfile) -> str:
    if not profile.values:
        return "empty"
    if profile.is_constant:
        return f"always {_short(next(iter(profile.values)))}"
    if profile.is_measure or profile.is_fraction:
        return "many different numbers" if profile.is_measure else "fractions"
    if profile.is_unique:
        return "different in most rows"
    return "not named like classes"


def _best(group: TableGroup, wanted: str) -> FileColumn:
    evidence = group.file_evidence()
    column = find_column(group.names, wanted) if wanted else None
    if column is not None and column < len(evidence):
        return evidence[column]
    return max(evidence, key=lambda column: (column.num_named, column.num_strange, -column.column))


def _num_named(group: TableGroup) -> int:
    return max((column.num_named for column in group.file_evidence()), default=0)


def _example(group: TableGroup, column: int) -> str:
    return next((_short(row[column]) for row in group.tables[0].rows if row[column]), "nothing")


def _table(group: TableGroup) -> str:
    more = len(group.tables) - 1
    return f"{group.tables[0].name} (and {more:,} more with the same columns)" if more else group.tables[0].name


def _columns(group: TableGroup) -> str:
    if not any(group.names):
        return f"It has {group.width:,} columns without names."
    return f"Its columns are {_listed([_short(name) or 'one without a name' for name in group.names])}."


def _listed(names: Sequence[str]) -> str:
    if len(names) > SHOWN_COLUMNS:
        names = [*names[: SHOWN_COLUMNS - 1], f"{len(names) - SHOWN_COLUMNS + 1:,} more"]
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def _names(tables: Sequence[TableFile]) -> str:
    return _listed([escape_label("/".join(table.parts)) for table in tables])


def _short(cell: str) -> str:
    text = escape_label(" ".join(cell.split()))
    return text if len(text) <= MAX_CELL_LENGTH else f"{text[:MAX_CELL_LENGTH]}..."
