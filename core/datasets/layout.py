"""Where the classes and splits of a data set are, told from the folders its pictures lie in."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.datasets.index import SPLITS, TEST, TRAIN, UNDECIDED, VALIDATION
from core.datasets.names import fold_name
from core.errors import DatasetError

SPLIT_WORDS = {
    "train": TRAIN,
    "training": TRAIN,
    "validation": VALIDATION,
    "valid": VALIDATION,
    "val": VALIDATION,
    "test": TEST,
    "testing": TEST,
}
EXPECTED = "Expected one folder of pictures a class, or train and validation folders with those inside."

Folders = tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """What a picture's folders say: `class_name` (empty: it lies outside the class folders) and `split`."""

    class_name: str
    split: str = UNDECIDED


def split_word(folder: str) -> str:
    """Returns the split that a folder of this name holds, empty if it is no such name. `Training_set` counts."""
    word = fold_name(folder).replace("-", "_").replace(" ", "_")
    return SPLIT_WORDS.get(word.removesuffix("_set").removesuffix("_data"), UNDECIDED)


def read_layout(folders: Sequence[Folders]) -> list[Place]:
    """Tells class and split of each picture.

    Understood are class folders; train, validation and test folders with class folders inside; class folders with
    train, validation and test folders inside; and any of them in wrapping folders.

    Args:
        folders: of each picture, the folders it lies in, outermost first.

    Returns:
        A place for each of them. Classes whose names differ only by case are one.

    Raises:
        DatasetError: there are validation or test folders but no train folder.
    """
    depth = _split_depth(folders)
    if depth is None:
        splits = [UNDECIDED] * len(folders)
        inner: list[Folders | None] = list(folders)
    else:
        splits = [split_word(path[depth]) if len(path) > depth else UNDECIDED for path in folders]
        inner = [
            path[:depth] + path[depth + 1 :] if split else None for path, split in zip(folders, splits, strict=True)
        ]
        if TRAIN not in splits:
            raise DatasetError(f"{EXPECTED} Received {_name_splits(splits)} without train. Add a train folder.")
    start = _class_depth([path for path in inner if path is not None])
    names = [path[start] if path is not None and len(path) > start else "" for path in inner]
    spelling = {fold_name(name): name for name in sorted(names, reverse=True)}
    return [
        Place(spelling[fold_name(name)], split if name else UNDECIDED)
        for name, split in zip(names, splits, strict=True)
    ]


def _split_depth(folders: Sequence[Folders]) -> int | None:
    """Returns how deep the train, validation and test folders lie, None if there are none.

    One such word alone may be a class ("train, car, plane"), so two are asked for, over half of the pictures.
    """
    for depth in range(max((len(path) for path in folders), default=0)):
        words = Counter(split_word(path[depth]) for path in folders if len(path) > depth)
        words.pop(UNDECIDED, None)
        if len(words) > 1 and words.total() * 2 > len(folders):
            return depth
    return None


def _class_depth(folders: Sequence[Folders]) -> int:
    """Returns how many wrapping folders lie around the class folders: one folder alone that holds further ones."""
    depth = 0
    while True:
        level = {fold_name(path[depth]) for path in folders if len(path) > depth}
        is_wrapping = len(level) == 1 and any(len(path) > depth + 1 for path in folders)
        if not is_wrapping:
            return depth
        depth += 1


def _name_splits(splits: Iterable[str]) -> str:
    found = set(splits)
    return " and ".join(split for split in SPLITS if split in found)
