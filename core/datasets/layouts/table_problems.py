"""Why tables don't give the classes: which columns they have, what was tried, and what to do."""

from collections.abc import Sequence

from core.datasets.layouts.label_tables import LabelTables
from core.datasets.layouts.options import ReadingOptions
from core.datasets.names import escape_label
from core.datasets.tables.columns import ColumnProfile, FileColumn, column_name, find_column
from core.datasets.tables.groups import TableGroup
from core.wording.coded import Note

SHOWN_TABLES = 3
MAX_CELL_LENGTH = 60


def explain_tables(labels: LabelTables) -> tuple[Note, ...]:
    """Returns why no table gives the classes of the pictures and what to do; empty if there is no table.

    Args:
        labels: the tables and the pictures.

    Returns:
        Notes for `core.wording.readings.question`.
    """
    groups, options = labels.groups, labels.options
    if not labels.tables:
        return ()
    if not groups:
        return (Note("unreadable_tables", {"names": [escape_label("/".join(one.parts)) for one in labels.tables]}),)
    group = _explained(labels)
    wanted = {name: getattr(options, name) for name in ("file_column", "label_column", "split_column")}
    for name, column in wanted.items():
        if column and not any(find_column(other.names, column) is not None for other in groups):
            missing = {"table": _table(group), "column": column, "columns": _columns(group)}
            return (Note("no_such_column", missing), Note("name_column", {"option": name}))
    if group.is_form:
        return (Note("form", {"table": _table(group)}), Note("name_form"))
    files = group.file_columns(options.file_column)
    if files and _num_named(group):
        return (_no_labels(group, files[0], options), Note("name_labels"))
    return (_no_files(group, labels.paths, options), Note("name_files"))


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


def _no_files(group: TableGroup, paths: Sequence[tuple[str, ...]], options: ReadingOptions) -> Note:
    """Returns the note that no column names the pictures."""
    best = _best(group, options.file_column)
    return Note(
        "no_file_column",
        {
            "table": _table(group),
            "columns": _columns(group),
            "column": column_name(group.names, best.column),
            "fitting": sum(picture is not None for picture in best.found),
            "rows": len(best.found),
            "cell": _example(group, best.column),
            "picture": "/".join(paths[0]) if paths else "",
        },
    )


def _no_labels(group: TableGroup, files: int, options: ReadingOptions) -> Note:
    """Returns the note that no column holds classes."""
    profiles = group.profiles(files)
    wanted = find_column(group.names, options.label_column) if options.label_column else None
    columns = [column for column in range(group.width) if column != files] if wanted is None else [wanted]
    return Note(
        "no_label_column",
        {
            "table": _table(group),
            "columns": _columns(group),
            "column": column_name(group.names, files),
            "named": sum(1 for _ in group.named_rows(files)),
            "rows": sum(table.num_rows for table in group.tables),
            "others": [[column_name(group.names, column), *_why_no_classes(profiles[column])] for column in columns],
        },
    )


def _why_no_classes(profile: ColumnProfile) -> tuple[str, str]:
    """Returns why a column wasn't taken for classes, as a code, and its value if it always has the same one."""
    if not profile.values:
        return "empty", ""
    if profile.is_constant:
        return "constant", _short(next(iter(profile.values)))
    if profile.is_measure or profile.is_fraction:
        return ("measure" if profile.is_measure else "fraction"), ""
    return ("unique" if profile.is_unique else "other"), ""


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


def _columns(group: TableGroup) -> list[str]:
    return [_short(name) for name in group.names]


def _short(cell: str) -> str:
    text = escape_label(" ".join(cell.split()))
    return text if len(text) <= MAX_CELL_LENGTH else f"{text[:MAX_CELL_LENGTH]}..."
