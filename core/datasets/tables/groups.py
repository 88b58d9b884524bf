"""Tables with the same columns, treated as one: their columns are judged over all of them."""

import csv
from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence

from core.datasets.archives.members import TableFile
from core.datasets.names import escape_label
from core.datasets.tables.cells import column_word, is_number, is_yes
from core.datasets.tables.columns import (
    LABEL_WORDS,
    MOST_SHOWN,
    ONE_HOT_SHARE,
    UNKNOWN,
    ColumnProfile,
    FileColumn,
    LabelColumn,
    apart,
    choose_file_columns,
    choose_label_columns,
    column_name,
    find_column,
    label_rank,
    most_values,
)
from core.datasets.tables.pictures import (
    NUMBER,
    Found,
    PictureNames,
    TablePictures,
    looks_like_file,
    split_of_name,
)
from core.datasets.tables.rows import TableRows
from core.datasets.tables.splits import find_split_column
from core.files.encodings import fits, guess_encoding

# How many rows of a table are read to find the column that names the pictures, and the folder it means.
ROWS_TO_JUDGE, ROWS_TO_NARROW = 2000, 200
# In wider tables, only the first columns may name pictures.
MOST_FILE_COLUMNS = 50
NO_PICTURE = -1
# Words in the names of tables that show how to submit an answer, such as `sample_submission.csv`.
FORM_WORDS = ("submission", "submit", "sample_sub", "samplesub", "sample_solution", "samplesolution")


class OpenTable:
    """A table and the pictures it refers to.

    Attributes:
        name: path of its file in the source, safe to show.
        file_name: name without folders.
        is_form: whether its name suggests a form to fill in.
        rows: its rows.
        split: the split that its own name suggests.
        columns: how well each column names pictures.
        num_rows: how many rows it has.

    Raises:
        csv.Error: it isn't a table.
    """

    def __init__(self, table: TableFile, names: PictureNames, encoding: str) -> None:
        self.name = escape_label("/".join(table.parts))
        self.file_name = escape_label(table.parts[-1])
        self.is_form = any(word in self.file_name.casefold() for word in FORM_WORDS)
        self.split = split_of_name(table.parts[-1])
        self.rows = TableRows(table, encoding)
        self._pictures = TablePictures(names, table.parts[:-1], self.split)
        if not self.rows.width:
            raise csv.Error("no columns")
        self.columns = [FileColumn(column) for column in range(min(self.rows.width, MOST_FILE_COLUMNS))]
        num_lines = self._judge()
        if self.rows.names == [""] * self.rows.width and num_lines:
            self._take_header()
        self.num_rows = num_lines - self.rows.has_header

    def find(self, cell: str, split: str = "") -> Found | None:
        """Returns the picture that a cell names."""
        return self._pictures.find(cell, split)

    def best_column(self) -> FileColumn:
        """Returns the column that names the most pictures."""
        return max(self.columns, key=lambda column: (column.num_named, column.strength, -column.column))

    def _judge(self) -> int:
        """Counts the pictures that each column names, in rows from all over the table. Returns the number of rows."""
        num_rows, sample = self._sample()
        few = sample[:: max(len(sample) // ROWS_TO_NARROW, 1)]
        self._pictures.narrow([[row[column.column] for row in few] for column in self.columns])
        for row in sample:
            for column in self.columns:
                cell = row[column.column]
                column.add(cell, self.find(cell))
        return num_rows

    def _sample(self) -> tuple[int, list[list[str]]]:
        """Returns the number of rows, and some evenly spaced ones: not the first, which may be a header."""
        sample: list[list[str]] = []
        num_rows, step = 0, 1
        for num_rows, row in enumerate(self.rows, start=1):
            if num_rows > 1 and num_rows % step == 0:
                sample.append(row[: len(self.columns)])
                if len(sample) == ROWS_TO_JUDGE * 2:
                    sample = sample[1::2]
                    step *= 2
        return num_rows, sample

    def _take_header(self) -> None:
        """Takes the first row as a header, unless it names a picture or could name one."""
        first = next(iter(self.rows))
        cell = first[self.best_column().column]
        if not (looks_like_file(cell) or is_number(cell) or self.find(cell)):
            self.rows.take_header()


class TableGroup:
    """Tables with the same columns.

    Attributes:
        tables: the tables.
        names: names of the columns; empty strings if they have no header.
        is_form: whether their names suggest forms to fill in.
    """

    def __init__(self, tables: Sequence[OpenTable]) -> None:
        self.tables = tables
        self.is_form = tables[0].is_form
        self.names = tables[0].rows.names
        self.width = len(self.names)
        self._matches: dict[int, list[tuple[array[int], array[int]]]] = {}
        self._profiles: dict[int, list[ColumnProfile]] = {}

    def file_columns(self, wanted: str = "") -> list[int]:
        """Returns the column that names the pictures; several if they fit equally well, none if no column does."""
        if wanted:
            column = find_column(self.names, wanted)
            return [] if column is None else [column]
        columns = self.file_evidence()
        chosen = choose_file_columns(columns, self.names)
        # If a column of file names names no picture, a number hardly does.
        if chosen and columns[chosen[0]].strength < 2 and any(column.is_of_other_files for column in columns):
            return []
        return chosen

    def label_columns(
        self, files: int, wanted: str = "", split: int | None = None, every: bool = False
    ) -> list[LabelColumn]:
        """Returns the column that holds the classes; several if they are equally likely, none if no column may.

        Args:
            files: the column that names the pictures.
            wanted: the header or number of the column to use, or the name of a one-hot table.
            split: the column of splits.
            every: whether to include less likely columns too.
        """
        one_hot = self._one_hot(files, split)
        if wanted:
            if one_hot and column_word(one_hot.name) == column_word(wanted):
                return [one_hot]
            column = find_column(self.names, wanted)
            return [] if column is None else [LabelColumn((column,), column_name(self.names, column), UNKNOWN)]
        profiles = self.profiles(files)
        taken = {files} if split is None else {files, split}
        taken |= {column.column for column in self.file_evidence() if column.is_of_other_files}
        labels = choose_label_columns(self.names, profiles, taken, one_hot, every)
        if 1 < len(labels) <= MOST_SHOWN:
            labels.sort(key=lambda label: label_rank(self.names[label.columns[0]], profiles[label.columns[0]]))
            labels = apart(labels, lambda one, other: self._say_the_same(files, one, other))
            labels.sort(key=lambda label: (label.tier, label.columns))
        return labels

    def split_column(self, files: int, wanted: str = "") -> int | None:
        """Returns the column that gives splits; None if no column does."""
        return find_column(self.names, wanted) if wanted else find_split_column(self.names, self.profiles(files), files)

    def profiles(self, files: int) -> list[ColumnProfile]:
        """Returns what each column holds in the rows that name a picture."""
        if files not in self._profiles:
            profiles = [ColumnProfile(most_values(self.width)) for _ in range(self.width)]
            for _, row, _ in self.named_rows(files):
                for profile, cell in zip(profiles, row, strict=True):
                    profile.add(cell)
            self._profiles[files] = profiles
        return self._profiles[files]

    def named_rows(self, files: int) -> Iterator[tuple[OpenTable, list[str], int]]:
        """Yields the rows that name a picture, with their table and the picture."""
        if files not in self._matches:
            self._matches[files] = self._match(files)
        for table, (pictures, strengths) in zip(self.tables, self._matches[files], strict=True):
            for row, picture, _ in zip(table.rows, pictures, strengths, strict=True):
                if picture != NO_PICTURE:
                    yield table, row, picture

    def _match(self, files: int) -> list[tuple["array[int]", "array[int]"]]:
        """Returns the picture of each row, and how surely it is named: it belongs to the rows that name it best."""
        found = [_matches_of(table, files) for table in self.tables]
        best: dict[int, int] = {}
        counts = [0, 0]
        for pictures, strengths in found:
            for picture, strength in zip(pictures, strengths, strict=True):
                if picture != NO_PICTURE:
                    best[picture] = max(best.get(picture, 0), strength)
                    counts[strength == NUMBER] += 1
        least = NUMBER if counts[1] >= counts[0] else NUMBER + 1
        for pictures, strengths in found:
            for row, picture in enumerate(pictures):
                if picture != NO_PICTURE and (strengths[row] < best[picture] or strengths[row] < least):
                    pictures[row] = NO_PICTURE
        return found

    @property
    def is_about_pictures(self) -> bool:
        """Whether a column names pictures, or looks like names of pictures."""
        return any(column.num_named > 1 or column.is_of_other_files for column in self.file_evidence())

    def file_evidence(self) -> list[FileColumn]:
        """Returns how well each column names pictures, over all tables."""
        columns = [FileColumn(column) for column in range(min(self.width, MOST_FILE_COLUMNS))]
        for table in self.tables:
            for column, own in zip(columns, table.columns, strict=True):
                column.extend(own)
        return columns

    def _one_hot(self, files: int, split: int | None) -> LabelColumn | None:
        """Returns the columns of yes and no in which most rows have one yes."""
        profiles = self.profiles(files)
        marks = tuple(
            column
            for column, profile in enumerate(profiles)
            if column not in (files, split) and profile.is_marks and column_word(self.names[column]) not in LABEL_WORDS
        )
        if len(marks) < 2:
            return None
        numbers = [sum(is_yes(row[column]) for column in marks) for _, row, _ in self.named_rows(files)]
        # With two columns, exactly one is often set by chance. With more, several may be set on purpose.
        share = numbers.count(1) if len(marks) == 2 else len(numbers) - numbers.count(0)
        if share < ONE_HOT_SHARE * len(numbers):
            return None
        first, last = (column_name(self.names, column) for column in (marks[0], marks[-1]))
        return LabelColumn(marks, f"{first} to {last}", UNKNOWN)

    def _say_the_same(self, files: int, one: LabelColumn, other: LabelColumn) -> bool:
        """Whether two columns group the pictures in the same way."""
        if one.is_one_hot or other.is_one_hot:
            return False
        a, b = one.columns[0], other.columns[0]
        profiles = self.profiles(files)
        most = min(len(profiles[a].values), len(profiles[b].values))
        pairs: set[tuple[str, str]] = set()
        for _, row, _ in self.named_rows(files):
            if row[a] and row[b]:
                pairs.add((row[a], row[b]))
                if len(pairs) > most:
                    return False
        return len(pairs) == len(profiles[a].values) == len(profiles[b].values)


def open_groups(tables: Sequence[TableFile], names: PictureNames, encoding: str = "") -> list[TableGroup]:
    """Returns the tables that have rows and columns, grouped by equal columns.

    Args:
        tables: the tables of the source.
        names: names of the pictures.
        encoding: encoding of tables that don't state theirs; if empty, guessed over all of them.
    """
    encoding = encoding or _common_encoding(tables)
    groups: defaultdict[tuple[bool, tuple[str, ...]], list[OpenTable]] = defaultdict(list)
    for table in sorted(tables, key=lambda table: table.parts):
        try:
            opened = OpenTable(table, names, encoding)
        except csv.Error:
            continue
        key = tuple(map(column_word, opened.rows.names)) if opened.rows.has_names else ("",) * opened.rows.width
        groups[opened.is_form, key].append(opened)
    return [TableGroup(group) for group in groups.values()]


def _common_encoding(tables: Sequence[TableFile]) -> str:
    """Returns the encoding of the tables that aren't UTF-8; empty if each is judged by itself."""
    unsure = [table.data for table in tables if not fits(table.data, "utf-8")]
    return guess_encoding(b"\n".join(unsure)) if len(unsure) > 1 else ""


def _matches_of(table: OpenTable, files: int) -> tuple["array[int]", "array[int]"]:
    pictures, strengths = array("l"), array("b")
    for row in table.rows:
        found = table.find(row[files])
        pictures.append(found.picture if found else NO_PICTURE)
        strengths.append(found.strength if found else 0)
    return pictures, strengths
