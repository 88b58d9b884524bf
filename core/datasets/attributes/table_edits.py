"""Changes to a data set's own table that are made picture by picture: new columns, and values of cells."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from core.datasets.attributes.own_attributes import MOST_COLUMNS, OwnAttributes, change_attributes
from core.datasets.index import DatasetIndex
from core.datasets.tables.cells import column_word, label_of
from core.errors import DatasetError

FEWEST_CHOICES, MOST_CHOICES = 2, 10
LONGEST_VALUE = 100
# Of the column with the pictures in a downloaded table, whichever isn't a column of the user's own.
FILE_COLUMNS = ("file", "file name", "picture", "picture file", "path")

Row = Mapping[str, str]


@dataclass(frozen=True)
class TableEdits:
    """Changes to a table that aren't saved yet. They hold for whatever the table is when they are.

    Attributes:
        choices: for new columns, and columns with further values, the values to choose from.
        cells: for pictures by their `Sample.path`, the new values by column; empty for none.
    """

    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    cells: Mapping[str, Row] = field(default_factory=dict)

    @property
    def num_cells(self) -> int:
        """How many cells are changed."""
        return sum(map(len, self.cells.values()))

    def with_cells(self, column: str, value: str | None, paths: Iterable[str]) -> "TableEdits":
        """Returns the changes, and that these pictures have this value in a column.

        Args:
            column: its name.
            value: made safe to show, and cut off if it is too long; None or empty for no value.
            paths: the pictures, as `Sample.path`.
        """
        text = label_of(value or "")[:LONGEST_VALUE]
        changed = {path: {**self.cells.get(path, {}), column: text} for path in paths}
        return replace(self, cells={**self.cells, **changed})


def blank() -> OwnAttributes:
    """Returns a table that says nothing yet."""
    return OwnAttributes("", (), {}, 0)


def with_column(edits: TableEdits, attributes: OwnAttributes, name: str, values: Iterable[str]) -> TableEdits:
    """Returns changes with a new column, or with further values to choose from in a column.

    Args:
        edits: the changes until now.
        attributes: the table with these changes.
        name: of the column.
        values: to choose from.

    Raises:
        DatasetError: it has no name, or too few or too many values, or there are too many columns.
    """
    own = label_of(name)[:LONGEST_VALUE].strip()
    word = column_word(own) or own
    if not own:
        raise DatasetError("Expected a name for the column, such as camera. Received none. Type one.")
    known = next((column for column in attributes.columns if (column_word(column) or column) == word), None)
    if known is None and len(attributes.columns) >= MOST_COLUMNS:
        raise DatasetError(f"Expected up to {MOST_COLUMNS} columns. The table has as many. Use one of them.")
    before = choices(attributes, known) if known is not None else ()
    every = tuple(dict.fromkeys(filter(None, (*before, *(label_of(value)[:LONGEST_VALUE] for value in values)))))
    if not FEWEST_CHOICES <= len(every) <= MOST_CHOICES:
        raise DatasetError(
            f"Expected {FEWEST_CHOICES} to {MOST_CHOICES} different values for the column {known or own}. "
            f"Received {len(every)}. Separate them by commas."
        )
    return replace(edits, choices={**edits.choices, known or own: every})


def choices(attributes: OwnAttributes, column: str) -> tuple[str, ...]:
    """Returns the values to choose from in a column; none if it has so many that they are typed instead."""
    at = attributes.columns.index(column)
    found = {row[at] for row in attributes.values.values() if row[at]}
    every = tuple(dict.fromkeys((*attributes.choices.get(column, ()), *sorted(found))))
    return every if len(every) <= MOST_CHOICES else ()


def edited(attributes: OwnAttributes | None, edits: TableEdits) -> OwnAttributes:
    """Returns a table with changes.

    Args:
        attributes: the table; None if there is none yet.
        edits: its changes. A column of theirs that the table has lost meanwhile is added again.
    """
    table = attributes or blank()
    named = [*table.columns, *edits.choices, *(column for cells in edits.cells.values() for column in cells)]
    columns = tuple(dict.fromkeys(named))
    empty = ("",) * (len(columns) - len(table.columns))
    values = {path: (*row, *empty) for path, row in table.values.items()}
    for path, cells in edits.cells.items():
        row = dict(zip(columns, values.get(path, ("",) * len(columns)), strict=True)) | dict(cells)
        values[path] = tuple(row[column] for column in columns)
    values = {path: row for path, row in values.items() if any(row)}
    # How an upload was read is no longer true of it.
    return OwnAttributes(
        table.file_name, columns, values, num_rows=len(values), choices={**table.choices, **edits.choices}
    )


def save_edits(dataset: DatasetIndex, edits: TableEdits) -> None:
    """Applies changes to the table that is kept with a data set, as it is now.

    Raises:
        DatasetError: the table can't be read or written.
    """
    change_attributes(dataset, lambda present: edited(present, edits))


def as_rows(dataset: DatasetIndex, attributes: OwnAttributes) -> list[tuple[str, ...]]:
    """Returns a table with a row for each picture of a data set, as it can be uploaded again.

    Args:
        dataset: the data set.
        attributes: its table.
    """
    empty = ("",) * len(attributes.columns)
    rows = [(sample.name, *attributes.values.get(sample.path, empty)) for sample in dataset.samples]
    return [(_file_column(attributes.columns), *attributes.columns), *rows]


def _file_column(columns: Collection[str]) -> str:
    taken = {column_word(column) for column in columns}
    further = (f"file {number}" for number in range(2, MOST_COLUMNS + 2))
    return next(name for name in (*FILE_COLUMNS, *further) if column_word(name) not in taken)
