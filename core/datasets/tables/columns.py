"""Finds the columns of a table that name the pictures and hold their classes and splits.

The decision depends on what the columns hold over the whole table. Their names are weak evidence.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from core.datasets.tables.cells import column_word, is_mark, is_number
from core.datasets.tables.pictures import FULL_NAME, STEM, looks_like_file

# fmt: off
# Names of class columns, the likeliest first: class names go before class numbers.
LABEL_WORDS = (
    "label", "labels", "class", "classes", "class_name", "classname", "category", "category_name", "target", "breed",
    "species", "diagnosis", "dx", "choice", "emotion", "class_label", "image_label", "label_name", "ground_truth",
    "class_id", "label_id", "category_id", "class_index", "y",
)
# A column called `Finding Labels` or `masterCategory` holds classes too: its last word counts.
LABEL_ENDS = frozenset({"label", "labels", "class", "classes", "category", "categories", "display"})
LABEL_SUFFIXES = frozenset({"name", "id", "index", "idx", "code", "number", "num"})
# Names of columns with other facts about pictures.
OTHER_WORDS = frozenset({
    "width", "height", "w", "h", "x", "y_min", "y_max", "x_min", "x_max", "xmin", "ymin", "xmax", "ymax", "x1",
    "y1", "x2", "y2", "bbox", "box", "size", "bytes", "filesize", "file_size", "depth", "channels", "date", "time",
    "timestamp", "created_at", "updated_at", "annotator", "annotation_id", "lead_time", "url", "link", "md5",
    "sha1", "sha256", "hash", "source", "license", "licence", "caption", "description", "text", "index", "idx",
    "id", "uid", "uuid", "row", "no", "number", "count", "fold", "folds", "split", "subset", "partition", "phase",
    "is_valid", "path", "format", "extension", "latitude", "longitude", "lat", "lon", "confidence", "score",
    "probability", "weight", "comment", "comments", "note", "notes", "remark", "remarks", "age", "patient_age",
    "year", "month", "day", "user", "author", "rights", "title",
})
OTHER_PREFIXES = ("unnamed",)
# What is counted or measured of pictures, in whole numbers.
MEASURES = frozenset({
    "age", "patient_age", "year", "month", "day", "count", "score", "weight", "width", "height", "size", "depth",
    "fold",
})
# Names of columns that name pictures.
FILE_WORDS = frozenset({
    "file", "files", "filename", "file_name", "fname", "filepath", "file_path", "image", "images", "image_id",
    "image_name", "image_path", "image_file", "img", "img_name", "img_path", "path", "picture", "photo", "id",
    "id_code", "url", "uri", "gcs_uri", "name", "image_index",
})
INDEX_WORDS = frozenset({"", "index", "idx", "row", "row_number", "no", "nr", "number", "unnamed_0", "unnamed"})
OTHER_FILES = frozenset({"mask", "masks", "segmentation", "seg", "thumbnail", "thumb", "depth", "overlay"})
# fmt: on
# Up to this many different numbers may be classes if the column's name doesn't suggest them.
MOST_NUMBERED_CLASSES = 20
MOST_VALUES, FEWEST_VALUES, ALL_VALUES = 20_000, 200, 400_000
# Another column is considered too if it names this share of the pictures that the best one names.
NEARLY_ALL = 0.5
# The share of rows with one class that makes a table one-hot.
ONE_HOT_SHARE = 0.8
# How many columns are compared to see whether they say the same.
MOST_SHOWN = 12
CALLED_SO, UNKNOWN, UNLIKELY = 1, 2, 3


@dataclass
class FileColumn:
    """How well a column names pictures, over some rows of its tables.

    Attributes:
        column: its index.
        found: the picture that each row names, None if it names none.
        strengths: how surely, for the named pictures.
        num_digits: how many of them are named by digits only.
        num_strange: how many cells look like file names that no picture has.
        is_running: whether it counts the rows: 0, 1, 2.
    """

    column: int
    found: list[int | None] = field(default_factory=list)
    strengths: list[int] = field(default_factory=list)
    num_digits: int = 0
    num_strange: int = 0
    is_running: bool = True
    _last: int | None = None

    @property
    def num_named(self) -> int:
        """How many different pictures it names."""
        return len({picture for picture in self.found if picture is not None})

    @property
    def strength(self) -> int:
        """How most of the pictures are named: 0 for digits that count the rows, 1 for other digits."""
        if not self.strengths:
            return 0
        usual = sorted(self.strengths)[len(self.strengths) // 2]
        if usual == FULL_NAME:
            return 3
        if usual == STEM and self.num_digits * 2 < len(self.strengths):
            return 2
        return 0 if self.is_running else 1

    def add(self, cell: str, found: tuple[int, int] | None) -> None:
        """Counts a row."""
        self._watch(cell)
        self.found.append(found[0] if found else None)
        if found:
            self.strengths.append(found[1])
            self.num_digits += cell.strip().isdecimal()
        else:
            self.num_strange += looks_like_file(cell)

    def extend(self, other: "FileColumn") -> None:
        """Counts the rows of another table too."""
        self.found += other.found
        self.strengths += other.strengths
        self.num_digits += other.num_digits
        self.num_strange += other.num_strange
        self.is_running &= other.is_running

    @property
    def is_of_other_files(self) -> bool:
        """Whether it names files, and hardly any picture."""
        return self.num_strange * 2 > len(self.found)

    def _watch(self, cell: str) -> None:
        text = cell.strip()
        number = int(text) if text.isdecimal() and len(text) < 10 else None
        if number is None or (self._last is not None and number <= self._last) or (self._last is None and number > 1):
            self.is_running = False
        self._last = number


def choose_file_columns(columns: Sequence[FileColumn], names: Sequence[str]) -> list[int]:
    """Returns the column that names the pictures; several if they fit equally well, none if no column names two.

    Full names beat names without their extension, and those beat numbers.

    Args:
        columns: all columns of the table.
        names: their names.
    """
    most = max((column.num_named for column in columns), default=0)
    if most < 2:
        return []
    near = [column for column in columns if column.num_named >= max(2, most * NEARLY_ALL)]
    near = [column for column in near if column.strength > 1 or not _holds_other_numbers(names[column.column])]
    if not near:
        return []
    strengths = {column.column: _strength(column, names) for column in near}
    strength = max(strengths.values())
    best = sorted(
        (column for column in near if strengths[column.column] == strength), key=lambda column: -column.num_named
    )
    groups: list[FileColumn] = []
    for column in best:
        if not any(_name_the_same(column, other) for other in groups):
            groups.append(column)
    if len(groups) > 1:
        words = {column.column: column_word(names[column.column]) for column in groups}
        groups = [column for column in groups if OTHER_FILES.isdisjoint(words[column.column].split("_"))] or groups
        if strength < 2:
            # Numbers may fit by chance, so prefer a column whose name suggests files.
            groups = [column for column in groups if words[column.column] in FILE_WORDS] or groups
    return [column.column for column in groups]


def _strength(column: FileColumn, names: Sequence[str]) -> int:
    """Returns how surely a column names pictures: one that counts the rows may do so, unless it is called an index."""
    is_index = any(names) and column_word(names[column.column]) in INDEX_WORDS
    return column.strength if is_index else max(column.strength, 1)


def _holds_other_numbers(name: str) -> bool:
    """Whether the numbers in a column of this name are ages, classes or the like, that name pictures by chance."""
    word = column_word(name)
    return word in MEASURES or label_tier(name) == CALLED_SO


def _name_the_same(one: FileColumn, other: FileColumn) -> bool:
    return all(a == b for a, b in zip(one.found, other.found, strict=True) if a is not None and b is not None)


@dataclass
class ColumnProfile:
    """What a column holds, over all rows that name a picture.

    Attributes:
        most_values: how many different values are counted.
        values: how often each of them occurs, for the first `most_values` only.
        num_filled: number of rows in which it isn't empty.
        is_many: whether there are more different values than were counted.
    """

    most_values: int = MOST_VALUES
    values: dict[str, int] = field(default_factory=dict)
    num_filled: int = 0
    is_many: bool = False

    def add(self, cell: str) -> None:
        """Counts a cell."""
        if not cell:
            return
        self.num_filled += 1
        if cell in self.values:
            self.values[cell] += 1
        elif len(self.values) < self.most_values:
            self.values[cell] = 1
        else:
            self.is_many = True

    @property
    def is_constant(self) -> bool:
        """Whether it says the same for all pictures, or nothing."""
        return len(self.values) < 2

    @property
    def is_unique(self) -> bool:
        """Whether it says something different for nearly every picture."""
        return self.is_many or len(self.values) * 2 > self.num_filled

    @property
    def is_numeric(self) -> bool:
        """Whether it holds nothing but numbers."""
        return all(is_number(value) for value in self.values)

    @property
    def is_measure(self) -> bool:
        """Whether it holds measurements, such as widths: too many different numbers for classes."""
        return self.is_numeric and (self.is_many or len(self.values) > MOST_NUMBERED_CLASSES)

    @property
    def is_fraction(self) -> bool:
        """Whether it holds numbers that aren't whole."""
        return self.is_numeric and any(not re.fullmatch(r"[-+]?\d+([.,]0+)?", value.strip()) for value in self.values)

    @property
    def is_marks(self) -> bool:
        """Whether it holds nothing but yes and no."""
        return not self.is_many and all(is_mark(value) for value in self.values)


def most_values(width: int) -> int:
    """Returns how many different values of a column are counted in a table of this width, to limit memory."""
    return min(MOST_VALUES, max(FEWEST_VALUES, ALL_VALUES // max(width, 1)))


@dataclass(frozen=True)
class LabelColumn:
    """A column that may hold the classes, or several that each mark one.

    Attributes:
        columns: one index, or those of a one-hot table.
        name: its name in options and messages.
        tier: `CALLED_SO`, `UNKNOWN` or `UNLIKELY`.
    """

    columns: tuple[int, ...]
    name: str
    tier: int

    @property
    def is_one_hot(self) -> bool:
        """Whether each of several columns marks a class."""
        return len(self.columns) > 1


def column_name(names: Sequence[str], column: int) -> str:
    """Returns an unambiguous name for a column: its header, or its number from 1."""
    name = names[column]
    return name if name and names.count(name) == 1 else str(column + 1)


def find_column(names: Sequence[str], wanted: str) -> int | None:
    """Returns the column with this header or number from 1, None if there is none."""
    word = wanted.strip()
    for fold in (str, column_word):
        fitting = [column for column, name in enumerate(names) if name and fold(name) == fold(word)]
        if fitting:
            return fitting[0]
    return int(word) - 1 if word.isdecimal() and 0 < int(word) <= len(names) else None


def label_tier(name: str) -> int:
    """Returns how likely a column with this name is to hold classes."""
    word = column_word(name)
    parts = word.split("_")
    while len(parts) > 1 and parts[-1] in LABEL_SUFFIXES:
        parts.pop()
    if word in LABEL_WORDS or parts[-1] in LABEL_ENDS:
        return CALLED_SO
    if word in OTHER_WORDS or word.startswith(OTHER_PREFIXES):
        return UNLIKELY
    return UNKNOWN


def label_rank(name: str, profile: ColumnProfile) -> tuple[bool, int]:
    """Returns a rank among columns that say the same: the lowest is shown, names before numbers."""
    word = column_word(name)
    return profile.is_numeric, LABEL_WORDS.index(word) if word in LABEL_WORDS else len(LABEL_WORDS)


def choose_label_columns(
    names: Sequence[str],
    profiles: Sequence[ColumnProfile],
    taken: Iterable[int],
    one_hot: LabelColumn | None,
    every: bool = False,
) -> list[LabelColumn]:
    """Returns the equally likely columns that may hold the classes; none if no column may.

    Args:
        names: names of the columns.
        profiles: what the columns hold.
        taken: columns that hold something else.
        one_hot: columns that each mark a class, if there are any.
        every: whether to include less likely ones too, after the others.
    """
    marked = set(one_hot.columns) if one_hot else set()
    free = [column for column in range(len(names)) if column not in taken and column not in marked]
    fitting = [LabelColumn((column,), column_name(names, column), label_tier(names[column])) for column in free]
    likely = [label for label in fitting if _may_be_classes(profiles[label.columns[0]], label.tier)]
    likely += [one_hot] if one_hot else []
    if not likely:
        # A few pictures may well have a class each if the column's name says so.
        likely = [
            label
            for label in fitting
            if label.tier == CALLED_SO
            and not profiles[label.columns[0]].is_constant
            and not _is_measured(label, profiles)
        ]
    if every:
        return sorted((label for label in likely if label.tier < UNLIKELY), key=lambda label: label.tier)
    best = min((label.tier for label in likely), default=UNLIKELY)
    return [label for label in likely if label.tier == best < UNLIKELY]


def _may_be_classes(profile: ColumnProfile, tier: int) -> bool:
    if profile.is_constant or profile.is_unique:
        return False
    if tier == CALLED_SO:
        return not (profile.is_measure and profile.is_fraction)
    return not profile.is_measure and not profile.is_fraction


def _is_measured(label: LabelColumn, profiles: Sequence[ColumnProfile]) -> bool:
    profile = profiles[label.columns[0]]
    return profile.is_measure and profile.is_fraction


def apart(labels: Sequence[LabelColumn], say_the_same: Callable[[LabelColumn, LabelColumn], bool]) -> list[LabelColumn]:
    """Returns columns that group pictures differently: the first of those that say the same."""
    chosen: list[LabelColumn] = []
    for label in labels:
        if not any(say_the_same(label, other) for other in chosen):
            chosen.append(label)
    return chosen
