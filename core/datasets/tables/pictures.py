"""Finds the pictures of an archive by the names that a table gives them: a path, a name, a link or a number.

A table refers to the pictures beside or below it. A name that occurs in several folders never stands for a picture
outside the folder that the table or the cell refers to.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

from core.datasets.names import PICTURE_EXTENSIONS, fold_name
from core.datasets.splits import UNDECIDED, split_word

Folders = tuple[str, ...]
# Pictures of one name in more folders than this are only told apart by their full paths, to save time.
MAX_NAMESAKES = 100
# How a cell names a picture, the surest last: by a number without leading zeros, by its name without an extension
# or with another one, by its full name.
NUMBER, STEM, FULL_NAME = 1, 2, 3
# Files that pictures are made from: tables may still use their names.
ORIGINALS = PICTURE_EXTENSIONS | {"dcm", "dicom", "raw", "nef", "cr2", "arw", "dng", "npy", "nii", "mha", "svs", "eps"}
WHOLE_NUMBER = re.compile(r"(\d+)(?:\.0+)?")
# Label Studio puts eight letters before the name of an uploaded file.
UPLOADED = re.compile(r"[0-9a-f]{8}-(?=.)")
# The share of a table's rows that decides which folder the table refers to.
SCOPE_SHARE = 0.5
# How well folders agree, the worst first; the number of common folders is added.
SAME_NAME, WHOLE_PATH, SEEN_FROM_TABLE = 1, 1000, 2000
NO_PICTURES: tuple[int, ...] = ()


class Found(NamedTuple):
    """A picture that a cell names.

    Attributes:
        picture: its index.
        strength: `NUMBER`, `STEM` or `FULL_NAME`.
    """

    picture: int
    strength: int


class PictureNames:
    """The names of an archive's pictures.

    Args:
        paths: the folders and the name of each picture.
    """

    def __init__(self, paths: Sequence[Folders]) -> None:
        self.paths = paths
        fold = lru_cache(maxsize=10_000)(_folded_folders)
        self.folders = [fold(path[:-1]) for path in paths]
        self._named: dict[str, int | list[int]] = {}
        self._stems: dict[str, int | list[int]] = {}
        self._numbers: dict[str, int | list[int]] | None = None
        self._by_path: dict[Folders, int] | None = None
        for picture, path in enumerate(paths):
            name = fold_name(path[-1])
            _add(self._named, name, picture)
            _add(self._stems, name.rpartition(".")[0] or name, picture)

    def fitting(self, name: str) -> tuple[Sequence[int], int]:
        """Returns the pictures that fit a name without folders, and how surely."""
        if found := _get(self._named, name):
            return found, FULL_NAME
        if found := _get(self._stems, name):
            return found, STEM
        stem, _, extension = name.rpartition(".")
        if extension in ORIGINALS and (found := _get(self._stems, stem)):
            return found, STEM
        if number := WHOLE_NUMBER.fullmatch(stem if extension in ORIGINALS else name):
            return _get(self._all_numbers(), number[1].lstrip("0") or "0"), NUMBER
        return NO_PICTURES, NUMBER

    def at(self, path: Folders) -> int | None:
        """Returns the picture with this path, None if there is none or there are several."""
        if self._by_path is None:
            self._by_path = {}
            for picture, folders in enumerate(self.folders):
                name = fold_name(self.paths[picture][-1])
                for key in {(*folders, name), (*folders, name.rpartition(".")[0])}:
                    self._by_path[key] = -1 if key in self._by_path else picture
        found = self._by_path.get(path, -1)
        return None if found < 0 else found

    def split(self, picture: int) -> str:
        """Returns the split that a picture's folders suggest."""
        return _split_of(self.folders[picture])

    def _all_numbers(self) -> dict[str, int | list[int]]:
        if self._numbers is None:
            self._numbers = {}
            for stem, found in self._stems.items():
                if stem.isdecimal():
                    for picture in [found] if isinstance(found, int) else found:
                        _add(self._numbers, stem.lstrip("0") or "0", picture)
        return self._numbers


class TablePictures:
    """The pictures that the cells of one table name.

    Args:
        names: names of all pictures.
        folders: folders of the table.
        split: the split that the table's own name suggests, such as `train` for `train.csv`.
    """

    def __init__(self, names: PictureNames, folders: Folders, split: str = UNDECIDED) -> None:
        self._names = names
        self._folders = tuple(fold_name(folder) for folder in folders)
        self._split = split
        self._scope: Folders = ()

    def narrow(self, columns: Sequence[Sequence[str]]) -> None:
        """Finds the folder that the table refers to: the innermost around it with half of the pictures it names.

        Args:
            columns: cells of the columns that may name pictures.
        """
        numbers = []
        for depth in range(len(self._folders) + 1):
            self._scope = self._folders[:depth]
            numbers.append(max((self._num_named(cells) for cells in columns), default=0))
        wanted = max(max(numbers) * SCOPE_SHARE, 1)
        depth = max((depth for depth, number in enumerate(numbers) if number >= wanted), default=0)
        self._scope = self._folders[:depth]

    def _num_named(self, cells: Iterable[str]) -> int:
        return len({found.picture for cell in cells if (found := self.find(cell))})

    def find(self, cell: str, split: str = UNDECIDED) -> Found | None:
        """Returns the picture that a cell names, None if there is none or more than one.

        Args:
            cell: a path, a link, or a name with or without its extension.
            split: if several fit, the one in a folder of this split is meant.
        """
        for path in _readings(cell):
            fitting, strength = self._names.fitting(path[-1])
            if fitting:
                picture = self._choose(fitting, path, split or self._split, cell)
                return None if picture is None else Found(picture, strength)
        return None

    def _choose(self, fitting: Sequence[int], path: Folders, split: str, cell: str) -> int | None:
        """Returns the picture that a cell's folders refer to, among those that fit its name."""
        if len(fitting) > MAX_NAMESAKES:
            return self._at(path)
        said = path[:-1]
        agreements = [self._agreement(picture, said, len(fitting) > 1) for picture in fitting]
        most = max(agreements)
        found = [picture for picture, own in zip(fitting, agreements, strict=True) if own == most > 0]
        if split and (len(found) > 1 or (most == SAME_NAME and said and len(fitting) > 1)):
            found = [picture for picture in found if self._names.split(picture) == split]
        elif most == SAME_NAME and said and len(fitting) > 1:
            return None
        if len(found) > 1:
            found = [picture for picture in found if self._is_spelt_so(picture, cell)]
        return found[0] if len(found) == 1 else None

    def _is_spelt_so(self, picture: int, cell: str) -> bool:
        """Whether the cell has the picture's name with the same capitals."""
        name = self._names.paths[picture][-1]
        return re.split(r"[\\/]", cell.strip())[-1] in (name, name.rpartition(".")[0])

    def _at(self, path: Folders) -> int | None:
        """Returns the picture whose full path a cell gives, as seen from the table or a folder around it."""
        for depth in range(len(self._folders), -1, -1):
            picture = self._names.at(self._folders[:depth] + path)
            if picture is not None:
                return picture
        return None

    def _agreement(self, picture: int, said: Folders, has_namesakes: bool) -> int:
        """Returns how well a picture's folders agree with those that a cell gives, 0 if the cell can't mean it.

        Best is a path as seen from the table, then from a folder around it, then one that gives all of the picture's
        folders, then one that gives some of them.
        """
        folders = self._names.folders[picture]
        depth = len(folders) - len(said)
        is_inside = folders[: len(self._scope)] == self._scope
        if 0 <= depth <= len(self._folders) and folders[depth:] == said and folders[:depth] == self._folders[:depth]:
            return SEEN_FROM_TABLE + depth if said or is_inside else 0
        if folders and said[-len(folders) :] == folders:
            return WHOLE_PATH
        says_other_split = has_namesakes and _split_of(said) not in (UNDECIDED, self._names.split(picture))
        if says_other_split or not is_inside:
            return 0
        return SAME_NAME + _num_shared(folders, said)


def looks_like_file(cell: str) -> bool:
    """Whether a cell looks like the name of a picture, whether or not it exists."""
    return any(path[-1].rpartition(".")[2] in ORIGINALS and "." in path[-1] for path in _readings(cell))


def split_of_name(name: str) -> str:
    """Returns the split that a table's name suggests, such as `train` for `train_labels.csv`."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)
    words: Iterable[str] = re.split(r"[\W_]+", fold_name(spaced))
    return next((split for word in words if (split := split_word(word))), UNDECIDED)


def _readings(cell: str) -> list[Folders]:
    """Returns the paths that a cell may mean, the likeliest first."""
    text = fold_name(cell.strip()).replace("\\", "/")
    texts = [text]
    if "://" in text:
        text = text.partition("://")[2]
        # A question mark may begin a query or belong to a name.
        texts = [unquote(re.split(r"[?#]", text, maxsplit=1)[0]), unquote(text)]
    elif "?d=" in text:
        texts = [unquote(text.partition("?d=")[2])]
    elif "%" in text:
        texts = [text, unquote(text)]
    paths = [path for text in texts if (path := tuple(part for part in text.split("/") if part not in ("", ".", "..")))]
    return paths + [(*path[:-1], UPLOADED.sub("", path[-1])) for path in paths if UPLOADED.match(path[-1])]


def _folded_folders(folders: Folders) -> Folders:
    return tuple(fold_name(folder) for folder in folders)


@lru_cache(maxsize=10_000)
def _split_of(folders: Folders) -> str:
    """Returns the split that folders are called by, else the one that the last word of a folder is: `cars_train`."""
    words = [*folders, *(re.split(r"[\W_]+", folder)[-1] for folder in folders)]
    return next((split for word in words if (split := split_word(word))), UNDECIDED)


def _num_shared(folders: Folders, said: Folders) -> int:
    """Returns how many folders two paths have in common, counted from their ends."""
    shared = 0
    for own, other in zip(reversed(folders), reversed(said), strict=False):
        if own != other:
            break
        shared += 1
    return shared


def _add(index: dict[str, int | list[int]], key: str, picture: int) -> None:
    """Adds a picture to those of a name. Most names have one: a list for each would take four times the memory."""
    known = index.get(key)
    if known is None:
        index[key] = picture
    elif isinstance(known, int):
        index[key] = [known, picture]
    else:
        known.append(picture)


def _get(index: dict[str, int | list[int]], key: str) -> Sequence[int]:
    found = index.get(key)
    return NO_PICTURES if found is None else (found,) if isinstance(found, int) else found
