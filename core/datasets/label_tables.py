"""Classes told from a CSV that lies beside the pictures, such as `labels.csv` with a column of files and one of labels.

Nothing is expected of a table but that one of its columns names pictures of the archive: by path or by bare name, with
or without its extension. Names are only compared, never opened.
"""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from core.datasets.file_names import labelled_splits
from core.datasets.index import UNDECIDED
from core.datasets.layout import TABLE, Folders, Place, Reading, make_reading, split_word
from core.datasets.names import escape_label, fold_name

# fmt: off
# What columns of classes are called, the likeliest first: names go before numbers.
LABEL_WORDS = (
    "label", "labels", "class", "class_name", "classname", "category", "category_name", "target", "breed",
    "species", "diagnosis", "dx", "tag", "tags", "class_label", "image_label", "label_name", "type",
    "class_id", "label_id", "category_id", "class_index", "y",
)
# fmt: on
SPLIT_COLUMNS = {"split", "set", "subset", "partition", "data_set", "dataset", "data_split", "usage", "phase"}
YES, NO = frozenset(("1", "1.0", "true", "yes")), frozenset(("0", "0.0", "false", "no", ""))
# So many different numbers may be classes in a column that isn't called like one.
MOST_NUMBERED_CLASSES = 20
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
DELIMITERS = ",;\t|"
MAX_COLUMNS = 200
# Pictures of one name in more folders than this aren't told apart by a table: that would take for ever.
MAX_NAMESAKES = 100
# So many rows are looked at to find out which column names the pictures.
ROWS_TO_JUDGE = 2000
NO_CLASS = "no class for it"


@dataclass(frozen=True)
class TableFile:
    """A CSV as it lay in the archive: the parts of its name and its bytes."""

    parts: tuple[str, ...]
    data: bytes


@dataclass(frozen=True)
class _Row:
    """What a table says of one picture: its number, its class and its split."""

    picture: int
    label: str
    split: str


@dataclass(frozen=True)
class _Labels:
    """What a whole table says: its name, the column that it says it in, and its rows."""

    name: str
    column: str
    rows: tuple[_Row, ...]


def read_tables(paths: Sequence[Folders], tables: Sequence[TableFile]) -> Reading | None:
    """Reads the class of each picture out of the tables.

    Args:
        paths: of each picture, its folders and its name.
        tables: the tables that came along.

    Returns:
        None if no table tells two classes apart.
    """
    pictures = _Pictures(paths)
    found = [labels for table in tables if (labels := _read_table(table, pictures))]
    chosen = _choose(found)
    if not chosen:
        return None
    said = {row.picture: row for labels in reversed(chosen) for row in labels.rows}
    labels = [said[number].label if number in said else "" for number in range(len(paths))]
    splits = _splits(paths, labels, said)
    names = " and ".join(labels.name for labels in chosen)
    reason = f"{names} {'says' if len(chosen) == 1 else 'say'} {NO_CLASS}"
    places = [
        Place(label, split) if label else Place("", reason=reason) for label, split in zip(labels, splits, strict=True)
    ]
    column = f"column {chosen[0].column}" if chosen[0].column else "second column"
    return make_reading(TABLE, f"The {column} of {names} has the class of each picture.", places)


def _splits(paths: Sequence[Folders], labels: Sequence[str], said: dict[int, _Row]) -> list[str]:
    """Returns the split of each picture: the tables' own, else the one its folders say."""
    own = [said[number].split if number in said else UNDECIDED for number in range(len(paths))]
    found = {split for split, label in zip(own, labels, strict=True) if label}
    if "train" in found and len(found - {UNDECIDED}) > 1:
        return own
    return labelled_splits([path[:-1] for path in paths], labels)


def _choose(found: Sequence[_Labels]) -> list[_Labels]:
    """Returns the table that says most, and those that say the same of other pictures: `train.csv` and `test.csv`."""
    ordered = sorted(found, key=lambda labels: (-len(labels.rows), labels.name))
    chosen: list[_Labels] = []
    taken: set[int] = set()
    for labels in ordered:
        numbers = {row.picture for row in labels.rows}
        if not chosen or (labels.column == chosen[0].column and not numbers & taken):
            chosen.append(labels)
            taken |= numbers
    if len({row.label for labels in chosen for row in labels.rows}) < 2:
        return []
    return sorted(chosen, key=lambda labels: labels.name)


def _read_table(table: TableFile, pictures: "_Pictures") -> _Labels | None:
    """Returns what a table says, None if it has no column of pictures or none of classes."""
    rows = _parse(table.data)
    if not rows:
        return None
    table_split = _split_of_name(table.parts[-1])
    files = _file_column(rows, pictures)
    if files is None:
        return None
    header: Sequence[str] = [_column_word(cell) for cell in rows[0]]
    if not pictures.named(rows[0][files]):
        names, rows = rows[0], rows[1:]
    else:  # the first row names a picture, so the table has no header
        header, names = [""] * len(header), [""] * len(header)
    split_column = next((number for number, word in enumerate(header) if word in SPLIT_COLUMNS), None)
    label_of = _labeller(header, names, rows, {files, split_column})
    if label_of is None:
        return None
    column, of_row = label_of
    said: dict[int, _Row] = {}
    for row in rows:
        split = split_word(row[split_column].strip()) if split_column is not None else table_split
        number = pictures.find(row[files], split or table_split)
        label = escape_label(" ".join(_text(of_row(row)).split()))
        if number is not None and label:
            said.setdefault(number, _Row(number, label, split))
    return _Labels(escape_label("/".join(table.parts)), escape_label(column), tuple(said.values())) if said else None


def _parse(data: bytes) -> list[list[str]]:
    """Returns the rows of a CSV, all as wide as the first; none if it isn't one."""
    text = _decode(data)
    first = text.lstrip().partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    if not first.count(delimiter):
        return []
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True):
            width = len(rows[0]) if rows else len(row)
            if width > MAX_COLUMNS:
                return []
            if any(row):
                rows.append((row + [""] * width)[:width])
    except csv.Error:
        return []
    return rows


def _decode(data: bytes) -> str:
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def _file_column(rows: Sequence[Sequence[str]], pictures: "_Pictures") -> int | None:
    """Returns the column that names the most pictures, None if none names two."""
    sample = rows[:ROWS_TO_JUDGE]
    best, most = None, 1
    for column in range(len(rows[0])):
        named = len({row[column] for row in sample if pictures.named(row[column])})
        if named > most:
            best, most = column, named
    return best


def _labeller(
    header: Sequence[str], names: Sequence[str], rows: Sequence[Sequence[str]], taken: set[int | None]
) -> tuple[str, Callable[[Sequence[str]], str]] | None:
    """Returns the name of the column of classes and a function from a row to its class; None if there is no such."""
    free = [number for number in range(len(header)) if number not in taken]
    for word in LABEL_WORDS:
        for number in free:
            if header[number] == word:
                return names[number].strip(), lambda row, number=number: row[number]
    if len(free) == 1 and not _is_measure(rows, free[0]):
        return names[free[0]].strip(), lambda row: row[free[0]]
    marks = [number for number in free if {row[number].strip().casefold() for row in rows} <= YES | NO]
    if len(marks) > 1 and all(sum(_is_yes(row[number]) for number in marks) == 1 for row in rows):
        first, last = names[marks[0]].strip(), names[marks[-1]].strip()
        return f"{first} to {last}", lambda row: next(names[number] for number in marks if _is_yes(row[number]))
    return None


def _is_measure(rows: Sequence[Sequence[str]], column: int) -> bool:
    """Whether a column holds numbers of something, such as ages or widths: too many different ones for classes."""
    values = {row[column].strip() for row in rows}
    return len(values) > MOST_NUMBERED_CLASSES and all(value.replace(".", "", 1).isdigit() for value in values if value)


def as_cell(text: str) -> str:
    """Returns a text as a CSV is to have it: a spreadsheet would take it for a formula if it began like one."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _text(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS) else cell


def _is_yes(cell: str) -> bool:
    return cell.strip().casefold() in YES


def _column_word(cell: str) -> str:
    return re.sub(r"[\s-]+", "_", fold_name(cell).strip())


def _split_of_name(name: str) -> str:
    """Returns the split that a table's name speaks of, such as `train` for `train_labels.csv`."""
    words: Iterable[str] = re.split(r"[\W_]+", fold_name(name))
    return next((split for word in words if (split := split_word(word))), UNDECIDED)


def _path(cell: str) -> Folders:
    text = fold_name(cell.strip()).replace("\\", "/")
    return tuple(part for part in text.split("/") if part not in ("", ".", ".."))


class _Pictures:
    """The pictures of an archive, found by what a table calls them."""

    def __init__(self, paths: Sequence[Folders]) -> None:
        self._paths = [tuple(fold_name(part) for part in path) for path in paths]
        self._splits = [next((split for part in path[:-1] if (split := split_word(part))), "") for path in paths]
        # By name, and by folder and name: each with and without the extension.
        self._named: defaultdict[Folders, list[int]] = defaultdict(list)
        for number, path in enumerate(self._paths):
            stem = path[-1].rpartition(".")[0]
            for name in {path[-1], stem} - {""}:
                self._named[(name,)].append(number)
                if len(path) > 1:
                    self._named[(path[-2], name)].append(number)

    def find(self, cell: str, split: str = UNDECIDED) -> int | None:
        """Returns the picture that a cell names, None if there is none or more than one.

        Args:
            cell: a path, or a name with or without its extension.
            split: where several fit, the one that lies in a folder of this split is meant.
        """
        parts = _path(cell)
        found = self._fitting(parts)
        if 1 < len(found) <= MAX_NAMESAKES:
            shared = {number: self._num_shared(number, parts) for number in found}
            most = max(shared.values())
            found = [number for number in found if shared[number] == most]
        if 1 < len(found) <= MAX_NAMESAKES and split:
            found = [number for number in found if self._splits[number] == split]
        return found[0] if len(found) == 1 else None

    def named(self, cell: str) -> bool:
        """Whether a cell names a picture, or several."""
        return bool(self._fitting(_path(cell)))

    def _fitting(self, parts: Folders) -> Sequence[int]:
        return self._named.get(parts[-2:]) or self._named.get(parts[-1:], ())

    def _num_shared(self, number: int, parts: Folders) -> int:
        """Returns how many folders the picture's path and a table's path have in common, counted from their ends."""
        shared = 0
        for own, said in zip(reversed(self._paths[number][:-1]), reversed(parts[:-1]), strict=False):
            if own != said:
                break
            shared += 1
        return shared
