"""Classes told from a CSV that lies beside the pictures, such as `labels.csv` with a column of files and one of labels.

Nothing is expected of a table but that one of its columns names pictures of the archive: by path or by bare name, with
or without its extension. Names are only compared, never opened.
"""

import codecs
import csv
import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from core.datasets.archives.members import CHUNK_BYTES, TableFile
from core.datasets.folders.tree import Folders
from core.datasets.layouts.file_names import labelled_splits
from core.datasets.layouts.layout import TABLE, Assignment, LayoutCandidate, make_candidate
from core.datasets.names import escape_label, fold_name
from core.datasets.splits import UNDECIDED, split_word
from core.wording.coded import Note, Reason

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
MARKS = YES | NO
# So many different numbers may be classes in a column that isn't called like one.
MOST_NUMBERED_CLASSES = 20
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
DELIMITERS = ",;\t|"
MAX_COLUMNS = 200
# In characters, as much as `csv` takes for one field. What goes on for longer without the end of a row is no table.
MAX_ROW_LENGTH = 128 * 1024
# Ten times as many as there may be pictures. A table of nothing but empty lines would take for ever.
MAX_LINES = 2_000_000
# Pictures of one name in more folders than this aren't told apart by a table: that would take for ever.
MAX_NAMESAKES = 100
# So many rows are looked at to find out which column names the pictures.
ROWS_TO_JUDGE = 2000


@dataclass(frozen=True)
class _Labels:
    """What a table says: its name, the column that it says it in, and the class and split of each picture it names."""

    name: str
    column: str
    pictures: tuple[int, ...]
    labels: tuple[str, ...]
    splits: tuple[str, ...]


def read_tables(paths: Sequence[Folders], tables: Sequence[TableFile]) -> LayoutCandidate | None:
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
    classes, own_splits = [""] * len(paths), [UNDECIDED] * len(paths)
    for table in chosen:
        for picture, label, split in zip(table.pictures, table.labels, table.splits, strict=True):
            classes[picture], own_splits[picture] = label, split
    splits = _splits(paths, classes, own_splits)
    reason = Reason("no_class", {"tables": [table.name for table in chosen]})
    assignments = [
        Assignment(label, split) if label else Assignment("", reason=reason)
        for label, split in zip(classes, splits, strict=True)
    ]
    told_by = Note("table", {"tables": [table.name for table in chosen], "label_column": chosen[0].column})
    return make_candidate(TABLE, told_by, assignments)


def _splits(paths: Sequence[Folders], labels: Sequence[str], own: list[str]) -> list[str]:
    """Returns the split of each picture: the tables' own, else the one its folders say."""
    found = {split for split, label in zip(own, labels, strict=True) if label}
    if "train" in found and len(found - {UNDECIDED}) > 1:
        return own
    return labelled_splits([path[:-1] for path in paths], labels)


def _choose(found: Sequence[_Labels]) -> list[_Labels]:
    """Returns the table that says most, and those that say the same of other pictures: `train.csv` and `test.csv`."""
    ordered = sorted(found, key=lambda table: (-len(table.pictures), table.name))
    chosen: list[_Labels] = []
    taken: set[int] = set()
    for table in ordered:
        if not chosen or (table.column == chosen[0].column and taken.isdisjoint(table.pictures)):
            chosen.append(table)
            taken.update(table.pictures)
    if len({label for table in chosen for label in table.labels}) < 2:
        return []
    return sorted(chosen, key=lambda table: table.name)


def _read_table(table: TableFile, pictures: "_Pictures") -> _Labels | None:
    """Returns what a table says, None if it is none, or has no column of pictures or none of classes."""
    try:
        rows = _Rows(table.data)
        return _read_rows(table, rows, pictures) if rows.width else None
    except csv.Error:
        return None


def _read_rows(table: TableFile, rows: "_Rows", pictures: "_Pictures") -> _Labels | None:
    table_split = _split_of_name(table.parts[-1])
    files = _file_column(rows, pictures)
    if files is None:
        return None
    names = rows.take_header(files, pictures)
    header = [_column_word(cell) for cell in names]
    split_column = next((number for number, word in enumerate(header) if word in SPLIT_COLUMNS), None)
    label_of = _labeller(header, names, rows, {files, split_column})
    if label_of is None:
        return None
    column, of_row = label_of
    said: dict[int, tuple[str, str]] = {}
    known: dict[str, str] = {}  # so that a class of a million rows is one string
    for row in rows:
        split = split_word(row[split_column].strip()) if split_column is not None else table_split
        number = pictures.find(row[files], split or table_split)
        label = escape_label(" ".join(_text(of_row(row)).split()))
        if number is not None and label:
            said.setdefault(number, (known.setdefault(label, label), split))
    if not said:
        return None
    labels, splits = zip(*said.values(), strict=True)
    return _Labels(escape_label("/".join(table.parts)), escape_label(column), tuple(said), labels, splits)


class _Rows:
    """The rows of a CSV that say something, all as wide as the first.

    They are read from the file's bytes each time they are gone through. A list of them would take up to a thousand
    times as much memory: a row that holds one letter is made as wide as the others.

    Attributes:
        width: how many columns there are; 0 where it is no table.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._encoding = _encoding(data)
        first = self._first_line()
        self._delimiter = max(DELIMITERS, key=first.count)
        self._num_skipped = 0
        width = len(next(self._records(), ())) if first.count(self._delimiter) else 0
        self.width = width if width <= MAX_COLUMNS else 0

    def __iter__(self) -> Iterator[list[str]]:
        """Yields the rows.

        Raises:
            csv.Error: it is no CSV after all, or is absurdly long.
        """
        width = self.width
        for row in islice(self._records(), self._num_skipped, None):
            yield (row + [""] * (width - len(row)))[:width]

    def take_header(self, files: int, pictures: "_Pictures") -> list[str]:
        """Returns the names of the columns, and leaves their row out from now on; empty ones where there is no header.

        Args:
            files: the column that names pictures. If the first row names one too, the table has no header.
            pictures: the pictures.
        """
        first = next(iter(self))
        if pictures.named(first[files]):
            return [""] * self.width
        self._num_skipped = 1
        return first

    def _first_line(self) -> str:
        """Returns the first line that isn't empty."""
        unread = [0]
        for line in self._lines(unread):
            unread[0] = 0
            if line.strip():
                return line.lstrip()
        return ""

    def _records(self) -> Iterator[list[str]]:
        unread = [0]
        for row in csv.reader(self._lines(unread), delimiter=self._delimiter, skipinitialspace=True):
            unread[0] = 0
            if any(row):
                yield row

    def _lines(self, unread: list[int]) -> Iterator[str]:
        """Yields lines; `unread` holds how many characters belong to a row that hasn't ended yet."""
        text = io.TextIOWrapper(io.BytesIO(self._data), self._encoding, newline="")
        for _ in range(MAX_LINES):
            line = text.readline(MAX_ROW_LENGTH + 1)
            unread[0] += len(line)
            if unread[0] > MAX_ROW_LENGTH:
                raise csv.Error("a row of absurd length")
            if not line:
                return
            yield line
        raise csv.Error("an absurd number of rows")


def _encoding(data: bytes) -> str:
    """Returns the encoding of a table: the first that fits all of it."""
    for encoding in ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            for start in range(0, len(data), CHUNK_BYTES):
                decoder.decode(data[start : start + CHUNK_BYTES])
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    return "latin-1"


def _file_column(rows: _Rows, pictures: "_Pictures") -> int | None:
    """Returns the column that names the most pictures, None if none names two."""
    named: list[set[str]] = [set() for _ in range(rows.width)]
    for row in islice(rows, ROWS_TO_JUDGE):
        for cells, cell in zip(named, row, strict=True):
            if cell not in cells and pictures.named(cell):
                cells.add(cell)
    most = max(map(len, named))
    return next(column for column, cells in enumerate(named) if len(cells) == most) if most > 1 else None


def _labeller(
    header: Sequence[str], names: Sequence[str], rows: _Rows, taken: set[int | None]
) -> tuple[str, Callable[[Sequence[str]], str]] | None:
    """Returns the name of the column of classes and a function from a row to its class; None if there is no such."""
    free = [number for number in range(len(header)) if number not in taken]
    for word in LABEL_WORDS:
        for number in free:
            if header[number] == word:
                return names[number].strip(), lambda row, number=number: row[number]
    if len(free) == 1 and not _is_measure(rows, free[0]):
        return names[free[0]].strip(), lambda row: row[free[0]]
    marks = _mark_columns(rows, free)
    if len(marks) > 1 and all(sum(_is_yes(row[number]) for number in marks) == 1 for row in rows):
        first, last = names[marks[0]].strip(), names[marks[-1]].strip()
        return f"{first} to {last}", lambda row: next(names[number] for number in marks if _is_yes(row[number]))
    return None


def _mark_columns(rows: _Rows, columns: Sequence[int]) -> list[int]:
    """Returns those of the columns that hold nothing but yes and no."""
    marks = list(columns)
    for row in rows:
        marks = [number for number in marks if not row[number] or row[number].strip().casefold() in MARKS]
        if not marks:
            break
    return marks


def _is_measure(rows: _Rows, column: int) -> bool:
    """Whether a column holds numbers of something, such as ages or widths: too many different ones for classes."""
    values: set[str] = set()
    for row in rows:
        value = row[column].strip()
        if value and not value.replace(".", "", 1).isdigit():
            return False
        if len(values) <= MOST_NUMBERED_CLASSES:
            values.add(value)
    return len(values) > MOST_NUMBERED_CLASSES


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
        return self._named.get(parts[-2:]) or self._named.get(parts[-1:]) or ()

    def _num_shared(self, number: int, parts: Folders) -> int:
        """Returns how many folders the picture's path and a table's path have in common, counted from their ends."""
        shared = 0
        for own, said in zip(reversed(self._paths[number][:-1]), reversed(parts[:-1]), strict=False):
            if own != said:
                break
            shared += 1
        return shared
