"""What tables say about each picture: its class or classes, and its split."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from core.datasets.tables.cells import is_yes, label_of, parter
from core.datasets.tables.columns import LabelColumn, column_name
from core.datasets.tables.groups import OpenTable, TableGroup
from core.datasets.tables.splits import split_reader

# How many rows of a table are shown, of different classes if possible.
EXAMPLES = 5
# Saying the same for fewer pictures than this doesn't make a table a form.
FEWEST_FORM_PICTURES = 3


@dataclass
class TableLabels:
    """What tables say, by the chosen columns.

    Attributes:
        tables: how many pictures each of them labels, by file name.
        files: name of the column that names the pictures.
        label: the column of the classes.
        split: name of the column of splits; empty if there is none.
        encodings: encodings of the tables.
        num_rows: number of their rows.
        num_named: number of rows that name a picture.
        classes: the first class given for each named picture; empty if there is none.
        others: for each picture with several classes, all of them.
        splits: the split of each named picture.
        contradicted: pictures with several splits.
        forms: tables ignored as forms to fill in, with what they say for how many pictures.
        rows: the row cells of some pictures, to be shown.
    """

    files: str
    label: LabelColumn
    split: str = ""
    tables: Counter[str] = field(default_factory=Counter)
    encodings: set[str] = field(default_factory=set)
    num_rows: int = 0
    num_named: int = 0
    classes: dict[int, str] = field(default_factory=dict)
    others: dict[int, tuple[str, ...]] = field(default_factory=dict)
    splits: dict[int, str] = field(default_factory=dict)
    contradicted: set[int] = field(default_factory=set)
    forms: list[tuple[str, str, int]] = field(default_factory=list)
    rows: dict[int, tuple[str, ...]] = field(default_factory=dict)

    @property
    def num_labelled(self) -> int:
        """How many pictures have a class."""
        return sum(map(bool, self.classes.values()))

    @property
    def vocabulary(self) -> set[str]:
        """All classes that occur."""
        return {label for label in self.classes.values() if label}.union(*self.others.values())

    def say(self, picture: int, labels: tuple[str, ...], split: str) -> None:
        """Adds what a row says about a picture."""
        known = self.others.get(picture) or tuple(filter(None, (self.classes.get(picture, ""),)))
        merged = tuple(dict.fromkeys(known + labels))
        self.classes[picture] = merged[0] if merged else ""
        if len(merged) > 1:
            self.others[picture] = merged
        known_split = self.splits.get(picture, "")
        self.splits[picture] = known_split or split
        if known_split and split and known_split != split:
            self.contradicted.add(picture)

    def extend(self, other: "TableLabels") -> None:
        """Adds what further tables say."""
        for picture, label in other.classes.items():
            self.say(picture, other.others.get(picture) or ((label,) if label else ()), other.splits[picture])
        self.tables.update(other.tables)
        self.encodings |= other.encodings
        self.num_rows += other.num_rows
        self.num_named += other.num_named
        self.forms += other.forms
        self.rows = {**other.rows, **self.rows}


def read_labels(group: TableGroup, files: int, label: LabelColumn, split: int | None) -> TableLabels:
    """Reads what tables say.

    Args:
        group: the tables.
        files: the column that names the pictures.
        label: the column of the classes, or several that each mark one.
        split: the column of splits.
    """
    names = group.names
    said = TableLabels(column_name(names, files), label, "" if split is None else column_name(names, split))
    forms = _forms(group, files, label)
    said.forms = [(table.name, value, count) for table, (value, count) in forms.items()]
    read_split = None if split is None else split_reader(names[split], group.profiles(files)[split])
    read_row = _row_reader(group, files, label)
    shown: set[str] = set()
    spare: dict[int, tuple[str, ...]] = {}
    known: dict[str, str] = {}  # so that a class of a million rows is one string
    for table in group.tables:
        if table not in forms:
            said.num_rows += table.num_rows
            said.encodings.add(table.rows.encoding)
            said.tables[table.name] = 0
    for table, row, picture in group.named_rows(files):
        if table in forms:
            continue
        labels = tuple(known.setdefault(name, name) for name in read_row(row))
        said.num_named += 1
        said.tables[table.name] += picture not in said.classes
        if labels and len(shown) < EXAMPLES and labels[0] not in shown:
            shown.add(labels[0])
            said.rows[picture] = tuple(row)
        elif labels and len(spare) < EXAMPLES:
            spare[picture] = tuple(row)
        said.say(picture, labels, read_split(row[split]) if read_split and split is not None else table.split)
    said.rows = dict([*said.rows.items(), *spare.items()][:EXAMPLES])
    return said


def _row_reader(group: TableGroup, files: int, label: LabelColumn) -> Callable[[list[str]], tuple[str, ...]]:
    """Returns a function that reads the classes from a row."""
    if label.is_one_hot:
        marked = [(column, label_of(group.names[column]) or f"column {column + 1}") for column in label.columns]
        return lambda row: tuple(name for column, name in marked if is_yes(row[column]))
    column = label.columns[0]
    part = parter(group.profiles(files)[column].values)
    return lambda row: part(row[column])


def _forms(group: TableGroup, files: int, label: LabelColumn) -> dict[OpenTable, tuple[str, int]]:
    """Returns the tables that aren't the truth but the form of an answer, with what they say.

    Such a table says the same for every picture. So does one of a single class (`cats.csv`), and one of a batch in
    which nothing else happened, whose name is like those of the other batches.
    """
    constant = {table: value for table, value in _only_values(group, files, label) if value is not None}
    varied = {table.file_name for table in group.tables if table not in constant}
    forms = {}
    for table in group.tables:
        value, count = constant.get(table, ("", 0))
        is_of_batch = table.file_name in varied or (value and value.casefold() in table.file_name.casefold())
        is_made_up = table in constant and varied and not is_of_batch and count >= FEWEST_FORM_PICTURES
        if is_made_up:
            forms[table] = (value, count)
    return forms


def _only_values(
    group: TableGroup, files: int, label: LabelColumn
) -> Iterator[tuple[OpenTable, tuple[str, int] | None]]:
    """Yields each table with its only class and the number of rows that give it; None if it has several or none."""
    values: dict[OpenTable, Counter[str]] = {table: Counter() for table in group.tables}
    for table, row, _ in group.named_rows(files):
        own = values[table]
        if len(own) < 2:
            own["\0".join(row[column].strip() for column in label.columns)] += 1
    for table, own in values.items():
        (value, count), *more = own.most_common() or [("", 0)]
        yield table, None if more or not count else (label_of(value.replace("\0", " ")), count)
