"""The split that a table gives each picture: a column of `train` and `test`, or of yes and no."""

from collections.abc import Callable, Sequence

from core.datasets.names import fold_name
from core.datasets.splits import TEST, TRAIN, UNDECIDED, VALIDATION, split_word
from core.datasets.tables.cells import column_word, is_yes
from core.datasets.tables.columns import CALLED_SO, ColumnProfile, label_tier

# fmt: off
SPLIT_WORDS = frozenset({
    "split", "splits", "set", "subset", "partition", "data_set", "dataset", "data_split", "usage", "use", "ml_use",
    "phase", "split_name", "set_name", "split_set", "dataset_split", "train_test", "train_val", "train_or_test",
})
SPLIT_ENDS = frozenset({"split", "subset", "partition", "use"})
# What yes and no mean in a column of this name.
YES_NO_WORDS = {
    **dict.fromkeys(("is_valid", "is_val", "is_validation", "valid", "val", "validation"), (VALIDATION, TRAIN)),
    **dict.fromkeys(("is_test", "is_testing", "test", "is_holdout", "holdout"), (TEST, TRAIN)),
    **dict.fromkeys(("is_train", "is_training", "train", "training"), (TRAIN, VALIDATION)),
}
# Words for splits in tables, in addition to those in folder names.
CELL_WORDS = {
    "publictest": VALIDATION, "public_test": VALIDATION, "public test": VALIDATION,
    "privatetest": TEST, "private_test": TEST, "private test": TEST,
    "trn": TRAIN, "tr": TRAIN, "vld": VALIDATION, "tst": TEST, "te": TEST, "holdout": TEST,
}
UNASSIGNED = frozenset(("unassigned", "none", "undecided", ""))
# fmt: on


def find_split_column(names: Sequence[str], profiles: Sequence[ColumnProfile], taken: int) -> int | None:
    """Returns the column that gives splits, by what it holds; None if no column does."""
    fitting = [
        column
        for column, profile in enumerate(profiles)
        if column != taken
        and profile.values
        and label_tier(names[column]) != CALLED_SO
        and (_holds_splits(profile) or _says_yes_or_no(names[column], profile))
    ]
    return min(fitting, key=lambda column: (not is_called_split(names[column]), column), default=None)


def unread_split_column(names: Sequence[str], profiles: Sequence[ColumnProfile], taken: int) -> int | None:
    """Returns a column that is named like one of splits but holds numbers or unknown words; None if there is none."""
    for column, profile in enumerate(profiles):
        word = column_word(names[column])
        is_meant = word in SPLIT_WORDS - {"use", "usage", "set", "dataset", "data_set"} or word.endswith("_split")
        if column != taken and is_meant and not profile.is_constant and not profile.is_unique:
            return column
    return None


def is_called_split(name: str) -> bool:
    """Whether a column of this name gives splits."""
    word = column_word(name)
    return word in SPLIT_WORDS or word.rpartition("_")[2] in SPLIT_ENDS or word in YES_NO_WORDS


def split_reader(name: str, profile: ColumnProfile) -> Callable[[str], str]:
    """Returns a function that reads the split from a cell of the column with this name."""
    if _says_yes_or_no(name, profile):
        yes, no = YES_NO_WORDS[column_word(name)]
        return lambda cell: (yes if is_yes(cell) else no) if cell.strip() else UNDECIDED
    return cell_split


def cell_split(cell: str) -> str:
    """Returns the split that a cell names; empty if it names none."""
    word = fold_name(cell).strip()
    return CELL_WORDS.get(word) or split_word(word)


def _holds_splits(profile: ColumnProfile) -> bool:
    splits = {cell_split(value) for value in profile.values if value.strip().casefold() not in UNASSIGNED}
    return not profile.is_many and bool(splits) and UNDECIDED not in splits


def _says_yes_or_no(name: str, profile: ColumnProfile) -> bool:
    return column_word(name) in YES_NO_WORDS and profile.is_marks
