"""A table from the user that says more about pictures than their class, kept in the data set's folder."""

import csv
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from filelock import FileLock

from core.datasets.archives.members import TableFile
from core.datasets.index import DatasetIndex
from core.datasets.names import escape_label, fold_name
from core.datasets.tables.cells import column_word, label_of
from core.datasets.tables.groups import TableGroup, open_groups
from core.datasets.tables.pictures import PictureNames
from core.errors import DatasetError
from core.files import durable
from core.files.encodings import guess_encoding

ATTRIBUTES_NAME = "attributes.json"
# The table before the last change, to go back to.
FORMER_NAME = "attributes.former.json"
# A row takes about a hundred bytes, and a data set may have 20,000 pictures.
MOST_MEGABYTES = 10
MOST_COLUMNS = 50


@dataclass(frozen=True)
class OwnAttributes:
    """What a table says about the pictures of a data set.

    Attributes:
        file_name: of the table, safe to show; empty if it was made in the studio.
        columns: names of its columns, without the one that names the pictures.
        values: for pictures by their `Sample.path`, the value in each column, empty if there is none.
        num_rows: how many rows the table has.
        num_strange: how many of them name no picture of the data set.
        num_ambiguous: how many of them give a name that several pictures have.
        num_contradicted: how many pictures were left out because several rows say different things about them.
        choices: for columns that were made in the studio, the values to choose from.
    """

    file_name: str
    columns: tuple[str, ...]
    values: Mapping[str, tuple[str, ...]]
    num_rows: int
    num_strange: int = 0
    num_ambiguous: int = 0
    num_contradicted: int = 0
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_table(dataset: DatasetIndex, file_name: str, data: bytes) -> OwnAttributes:
    """Reads a CSV with a column of file names and further columns.

    Args:
        dataset: whose pictures it names, as an import matches the names in tables.
        file_name: of the table.
        data: its bytes, in any encoding and with any separator that an import understands.

    Raises:
        DatasetError: it isn't such a table.
    """
    name = escape_label(re.split(r"[\\/]", file_name)[-1])
    _check_bytes(name, data)
    names = PictureNames([tuple(sample.name.split("/")) for sample in dataset.samples])
    try:
        groups = open_groups([TableFile((name,), data)], names)
        if not groups:
            raise csv.Error("no columns")
        return _read(dataset, groups[0], names, name)
    except csv.Error as error:
        raise DatasetError(
            f"Expected a table with a column of file names and further columns. {name} isn't one. Save it as CSV."
        ) from error


def save_attributes(dataset: DatasetIndex, attributes: OwnAttributes) -> None:
    """Keeps a table with a data set, in place of an earlier one, atomically. There is a way back to the earlier one.

    Raises:
        DatasetError: the data set was deleted meanwhile, or the disk refuses.
    """
    with _locked(dataset):
        _keep_former(dataset)
        durable.write(dataset.folder / ATTRIBUTES_NAME, _content(attributes))


def change_attributes(dataset: DatasetIndex, change: Callable[[OwnAttributes | None], OwnAttributes]) -> None:
    """Changes the table that is kept with a data set: as it is now, not as it was when a page showed it.

    Args:
        dataset: the data set.
        change: returns the new table for the present one, if there is one.

    Raises:
        DatasetError: as for `save_attributes`, or the present table can't be read.
    """
    with _locked(dataset):
        changed = change(read_attributes(dataset))
        _keep_former(dataset)
        durable.write(dataset.folder / ATTRIBUTES_NAME, _content(changed))


def remove_attributes(dataset: DatasetIndex) -> None:
    """Removes the table that is kept with a data set, if there is one. There is a way back to it.

    Raises:
        DatasetError: the data set was deleted meanwhile, or the disk refuses.
    """
    with _locked(dataset):
        _keep_former(dataset)
        (dataset.folder / ATTRIBUTES_NAME).unlink(missing_ok=True)


def bring_back_former(dataset: DatasetIndex) -> None:
    """Exchanges a data set's table for the one before the last change, so that doing it twice changes nothing.

    Raises:
        DatasetError: there is none, the data set was deleted meanwhile, or the disk refuses.
    """
    with _locked(dataset):
        former = _read_file(dataset, FORMER_NAME)
        if former is None:
            raise DatasetError(f"There is no former table about the pictures of {dataset.name} to go back to.")
        if not _keep_former(dataset):
            (dataset.folder / FORMER_NAME).unlink()
        durable.write(dataset.folder / ATTRIBUTES_NAME, _content(former))


def read_attributes(dataset: DatasetIndex) -> OwnAttributes | None:
    """Returns the table that is kept with a data set; None if there is none.

    Raises:
        DatasetError: it can't be read.
    """
    return _read_file(dataset, ATTRIBUTES_NAME)


def read_former(dataset: DatasetIndex) -> OwnAttributes | None:
    """Returns the table before the last change; None if there was none, or if it can't be read."""
    try:
        return _read_file(dataset, FORMER_NAME)
    except DatasetError:
        return None


def take_over_attributes(parent: DatasetIndex, paths: Collection[str], folder: Path) -> None:
    """Writes what a data set's table says about the pictures of a version into the version's folder.

    A table that can't be read is left out: the page of the data set says so, and it is no reason to make no version.

    Args:
        parent: the data set.
        paths: the pictures that the version has of it, as `Sample.path`, which is the same in all versions.
        folder: the version's folder.

    Raises:
        OSError: the disk refuses.
    """
    try:
        attributes = read_attributes(parent)
    except DatasetError:
        return
    if attributes is None:
        return
    values = {path: attributes.values[path] for path in paths if path in attributes.values}
    own = OwnAttributes(
        attributes.file_name, attributes.columns, values, num_rows=len(values), choices=attributes.choices
    )
    durable.write(folder / ATTRIBUTES_NAME, _content(own))


def _content(attributes: OwnAttributes) -> bytes:
    return json.dumps(asdict(attributes)).encode()


def _keep_former(dataset: DatasetIndex) -> bool:
    """Keeps a copy of the present table to go back to. Returns whether there is one that can be read."""
    try:
        present = read_attributes(dataset)
    except DatasetError:
        return False
    if present is not None:
        durable.write(dataset.folder / FORMER_NAME, _content(present))
    return present is not None


@contextmanager
def _locked(dataset: DatasetIndex) -> Iterator[None]:
    """Locks the table against changes in another tab, and turns disk errors into words."""
    try:
        if not dataset.folder.is_dir():  # the lock would create the folder again
            raise FileNotFoundError(2, "No such file or directory")
        with FileLock(dataset.folder / f".{ATTRIBUTES_NAME}.lock"):
            yield
    except OSError as error:
        raise _not_written(dataset, error) from error


def _read_file(dataset: DatasetIndex, name: str) -> OwnAttributes | None:
    try:
        values = json.loads((dataset.folder / name).read_bytes())
        rows = {str(path): tuple(map(str, row)) for path, row in values.pop("values").items()}
        columns = tuple(map(str, values.pop("columns")))
        choices = {str(column): tuple(map(str, own)) for column, own in values.pop("choices", {}).items()}
        if any(len(row) != len(columns) for row in rows.values()):
            raise ValueError("rows that are shorter than others")
        return OwnAttributes(columns=columns, values=rows, choices=choices, **values)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DatasetError(
            f"The table about the pictures of {dataset.name} can't be read. Remove it, or upload it again."
        ) from error


def _read(dataset: DatasetIndex, group: TableGroup, names: PictureNames, name: str) -> OwnAttributes:
    table = group.tables[0]
    _check_columns(name, group.names)
    found = group.file_columns()
    if not found:
        raise DatasetError(
            f"Expected a column with file names of the pictures of {dataset.name}. None of the columns of {name} "
            "names two of them. Add one, with the names that the pictures had when they were imported."
        )
    files = found[0]
    rows: dict[int, set[tuple[str, ...]]] = {}
    num_named = 0
    for _, row, picture in group.named_rows(files):
        num_named += 1
        rows.setdefault(picture, set()).add(tuple(label_of(cell) for at, cell in enumerate(row) if at != files))
    ambiguous = sum(_is_of_several(row[files], names) and table.find(row[files]) is None for row in table.rows)
    return OwnAttributes(
        name,
        tuple(escape_label(column) for at, column in enumerate(group.names) if at != files),
        {dataset.samples[picture].path: own.pop() for picture, own in rows.items() if len(own) == 1},
        table.num_rows,
        table.num_rows - num_named - ambiguous,
        ambiguous,
        sum(len(own) > 1 for own in rows.values()),
    )


def _is_of_several(cell: str, names: PictureNames) -> bool:
    """Whether several pictures have the name that a cell gives."""
    return len(names.fitting(fold_name(re.split(r"[\\/]", cell.strip())[-1]))[0]) > 1


def _check_bytes(name: str, data: bytes) -> None:
    if len(data) > MOST_MEGABYTES * 1_000_000:
        raise DatasetError(
            f"Expected a table of up to {MOST_MEGABYTES} MB. {name} has {len(data) / 1e6:,.0f} MB. "
            "Keep the column of file names and those to compare by."
        )
    if b"\0" in data and not guess_encoding(data).startswith("utf-16"):
        raise DatasetError(f"Expected a table as text. {name} is of another kind. Save it as CSV.")


def _check_columns(name: str, columns: Sequence[str]) -> None:
    if not all(columns):
        raise DatasetError(f"Expected a first row with a name for each column. {name} has none. Add it.")
    if len(columns) > MOST_COLUMNS + 1:
        raise DatasetError(
            f"Expected up to {MOST_COLUMNS} columns beside the file names. {name} has {len(columns) - 1:,}. "
            "Keep those to compare by."
        )
    words = [column_word(column) or column for column in columns]
    twice = next((column for column, word in zip(columns, words, strict=True) if words.count(word) > 1), None)
    if twice is not None:
        raise DatasetError(f"Expected columns with different names. {name} has several called {twice}. Rename them.")


def _not_written(dataset: DatasetIndex, error: OSError) -> DatasetError:
    return DatasetError(
        f"The table about the pictures of {dataset.name} couldn't be changed in {dataset.folder} ({error.strerror}). "
        "Was the data set deleted, or is the disk full?"
    )
