"""The class and the split of each picture, and how its folders give them."""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from os.path import commonprefix

from core.datasets.class_names import in_order
from core.datasets.folders.tree import Folders, wrapping_depth
from core.datasets.layouts.options import AS_FOUND, ReadingOptions
from core.datasets.names import fold_name, trim_name
from core.datasets.splits import SPLITS, TRAIN, UNDECIDED, split_word
from core.errors import DatasetError
from core.wording.coded import Note, Reason
from core.wording.readings import EXPECTED, IN_TERMINAL, question

CLASS_FOLDERS, INNER_FOLDERS, TABLE, FILE_NAMES = "class_folders", "inner_folders", "csv", "file_names"
LAYOUTS = (CLASS_FOLDERS, INNER_FOLDERS, TABLE, FILE_NAMES)
# Given rather than detected: each picture lies in one folder, its class, whatever its name.
GIVEN_CLASSES = "given_classes"
# Given too: no picture has a class. Nothing can be trained on such a data set, but a model can be adapted to it.
UNLABELLED = "unlabelled"
# Asks for the question, with all the ways in which a source can be read.
ASK = "ask"
OUTSIDE = Reason("outside")
OUTER, INNER, GIVEN = Note("outer_folders"), Note("inner_folders"), Note("given")
SHOWN_CLASSES = 4
# What the folder around the classes is called where other pictures lie beside it, as in a project's repository.
DATA_FOLDERS = frozenset({"data", "dataset", "datasets", "images", "imgs", "pictures", "photos"})


@dataclass(frozen=True)
class Assignment:
    """A picture's class and split.

    Attributes:
        class_name: empty if the picture has none and is left out.
        split: `train`, `validation`, `test` or empty.
        reason: why it has no class; None if it has one, or if a note covers all such pictures.
    """

    class_name: str
    split: str = UNDECIDED
    reason: Reason | None = None


@dataclass(frozen=True)
class Example:
    """A picture to look at to see whether a way to read a source is right.

    Attributes:
        picture: its index.
        class_name: the class it would get; empty if it is left out.
        cells: its row in a table; empty if no table gives the classes.
        name: its path in the source, safe to show; empty at first.
        thumbnail: a small JPEG; empty at first, and if the picture can't be read.
    """

    picture: int
    class_name: str
    cells: tuple[str, ...]
    name: str = ""
    thumbnail: bytes = b""


@dataclass(frozen=True)
class LayoutCandidate:
    """One way to understand the layout of an archive.

    Attributes:
        name: one of `LAYOUTS`.
        told_by: where the classes come from; see `core.wording.readings`.
        class_names: the classes it gives, sorted.
        counts: how many pictures each of them has.
        assignments: one for each picture; empty where only the choice matters.
        notes: on pictures that it leaves out.
        options: the options with which an import reads the source this way.
        examples: a few pictures with their classes, and with their rows if a table gives them.
    """

    name: str
    told_by: Note
    class_names: tuple[str, ...]
    counts: tuple[int, ...]
    assignments: tuple[Assignment, ...] = ()
    notes: tuple[Note, ...] = ()
    options: ReadingOptions = AS_FOUND
    examples: tuple[Example, ...] = ()

    def summary(self) -> str:
        """Returns its classes in words, such as `2 classes: cats (10), dogs (12)`."""
        shown = [f"{name} ({count:,})" for name, count in zip(self.class_names, self.counts, strict=True)]
        if len(shown) > SHOWN_CLASSES:
            shown = [*shown[: SHOWN_CLASSES - 1], f"{len(shown) - SHOWN_CLASSES + 1:,} more"]
        classes = "1 class" if len(self.class_names) == 1 else f"{len(self.class_names):,} classes"
        return f"{classes}: {', '.join(shown)}"


class AmbiguousLayout(DatasetError):  # noqa: N818 (a question to the user)
    """An archive that can be read in more than one way.

    Its message is meant for a terminal; a page makes its own words of the notes.

    Attributes:
        notes: what isn't clear and what to do about it, see `core.wording.readings.question`.
        candidates: the ways, the likelier first. Importing with the `options` of one chooses it.
        columns: of a table that isn't understood, or that may be read otherwise, for the user to name the right ones:
            in `ReadingOptions` they are called as here. Empty if there is no such table.
    """

    def __init__(
        self, notes: Sequence[Note], candidates: Sequence[LayoutCandidate], columns: Sequence[str] = ()
    ) -> None:
        super().__init__(question(notes, IN_TERMINAL))
        self.notes = tuple(notes)
        self.candidates = tuple(candidates)
        self.columns = tuple(columns)


def make_candidate(
    name: str, told_by: Note, assignments: Iterable[Assignment], notes: Sequence[Note] = ()
) -> LayoutCandidate:
    """Returns a candidate with its classes counted.

    Spaces at the ends of their names are ignored, and so is how accents are composed.
    """
    found = list(assignments)
    words = {assignment.class_name for assignment in found}
    tidied = {word: unicodedata.normalize("NFC", trim_name(word)) for word in words}
    assigned = tuple(
        assignment
        if tidied[assignment.class_name] == assignment.class_name
        else replace(assignment, class_name=tidied[assignment.class_name])
        for assignment in found
    )
    counts = Counter(assignment.class_name for assignment in assigned if assignment.class_name)
    names = in_order(counts)
    notes = (*notes, *_note_on_spaces(tidied))
    return LayoutCandidate(
        name, told_by, names, tuple(counts[word] for word in names), assigned, notes, ReadingOptions(layout=name)
    )


def _note_on_spaces(tidied: Mapping[str, str]) -> tuple[Note, ...]:
    """Returns a note on classes that became one because spaces at the ends of names don't count."""
    spellings = Counter(tidied.values())
    names = {tidied[word] for word in tidied if trim_name(word) != word and spellings[tidied[word]] > 1}
    return (
        (Note("spaces_left_aside", {"names": list(in_order(names)[:SHOWN_CLASSES]), "count": len(names)}),)
        if names
        else ()
    )


def read_layout(folders: Sequence[Folders]) -> list[Assignment]:
    """Finds the class and split of each picture by the outermost folders that differ.

    It understands class folders; train, validation and test folders with class folders inside; class folders with
    train, validation and test folders inside; and any of these in wrapping folders.

    Args:
        folders: the folders that each picture lies in, outermost first.

    Returns:
        An assignment for each picture.

    Raises:
        DatasetError: there are validation or test folders but no train folder.
    """
    splits, inner = take_splits(folders)
    check_train(splits)
    start = wrapping_depth([path for path in inner if path is not None])
    names = [path[start] if path is not None and len(path) > start else "" for path in inner]
    return _placed(names, splits)


def read_inner_folders(folders: Sequence[Folders]) -> list[Assignment] | None:
    """Finds the class and split of each picture by the folder it lies in, ignoring last folders that all share.

    Returns:
        An assignment for each picture; None if pictures lie in the outermost folders too and others don't repeat those.

    Raises:
        DatasetError: there are validation or test folders but no train folder.
    """
    splits, inner = take_splits(folders)
    check_train(splits)
    start = wrapping_depth([path for path in inner if path is not None])
    below = [path[start:] if path is not None else () for path in inner]
    while len({trim_name(path[-1]) for path in below if path}) == 1:
        below = [path[:-1] for path in below]
    if any(len(path) == 1 for path in below):
        around = _around_the_same(below)
        if not around:
            return _inside_data(below, splits)
        return _placed([path[int(path[0] in around)] if path else "" for path in below], splits)
    return _placed([path[-1] if path else "" for path in below], splits)


def _inside_data(folders: Sequence[Folders], splits: Sequence[str]) -> list[Assignment] | None:
    """Tells the classes by the folders inside one called `data`, beside which others hold pictures: `assets`, `plots`.

    Returns:
        A place for each picture, None where there is no such folder.
    """
    inside: defaultdict[str, list[Folders]] = defaultdict(list)
    for path in folders:
        if path:
            inside[path[0]].append(path[1:])
    around = [name for name, paths in inside.items() if fold_name(name) in DATA_FOLDERS and all(paths)]
    if len(around) != 1:
        return None
    depth = 1 + wrapping_depth(inside[around[0]])
    return _placed([path[depth] if path[:1] == (around[0],) and len(path) > depth else "" for path in folders], splits)


def _around_the_same(folders: Sequence[Folders]) -> set[str]:
    """Returns the outermost folders that only hold folders named like others beside them: `no, yes, more/{no,yes}`."""
    inside: defaultdict[str, set[str]] = defaultdict(set)
    for path in set(folders):
        if path:
            inside[path[0]].add(path[1] if len(path) > 1 else "")
    return {name for name, within in inside.items() if len(within) > 1 and within <= inside.keys() - {name}}


def _placed(names: Sequence[str], splits: Sequence[str]) -> list[Assignment]:
    return [
        Assignment(name, split) if name else Assignment("", reason=OUTSIDE)
        for name, split in zip(names, splits, strict=True)
    ]


def take_splits(folders: Sequence[Folders]) -> tuple[list[str], list[Folders | None]]:
    """Returns the split of each picture, and its folders without the one that gives it; None if that one is missing."""
    depth, prefix = _split_depth(folders)
    if depth is None:
        return [UNDECIDED] * len(folders), list(folders)
    splits = [split_word(path[depth][prefix:]) if len(path) > depth else UNDECIDED for path in folders]
    inner = [_without(path, depth) if split else None for path, split in zip(folders, splits, strict=True)]
    return splits, inner


def check_train(splits: Sequence[str]) -> None:
    """Refuses validation and test pictures without any to train on.

    Raises:
        DatasetError: there are none.
    """
    if any(splits) and TRAIN not in splits:
        raise DatasetError(f"{EXPECTED} Received {_name_splits(splits)} without train. Add a train folder.")


def _without(path: Folders, depth: int) -> Folders:
    """Returns the path without this folder, and without a folder of the same name that some unpackers put inside it."""
    end = depth + 1
    while len(path) > end and fold_name(path[end]) == fold_name(path[depth]):
        end += 1
    return path[:depth] + path[end:]


def _split_depth(folders: Sequence[Folders]) -> tuple[int | None, int]:
    """Returns the depth of the train, validation and test folders, None if there are none, and where their words begin.

    A single such word may be a class ("train, car, plane"), so two are required, with the same folders inside or over
    half of the pictures. A beginning that all folders at that depth share is ignored: `seg_train`, `seg_test`.
    """
    for depth in range(max((len(path) for path in folders), default=0)):
        names = Counter(path[depth] for path in folders if len(path) > depth)
        common = commonprefix(list(names))  # noqa: RUF071 (letters are compared, not folders)
        for prefix in (0, common.rfind("_") + 1):
            words: Counter[str] = Counter()
            for name, count in names.items():
                words[split_word(name[prefix:])] += count
            words.pop(UNDECIDED, None)
            if len(words) > 1 and (words.total() * 2 > len(folders) or _share_classes(folders, depth, prefix)):
                return depth, prefix
    return None, 0


def _share_classes(folders: Sequence[Folders], depth: int, prefix: int) -> bool:
    """Whether a train folder at this depth and a validation or test folder have several folders inside in common."""
    inside: dict[bool, set[str]] = {True: set(), False: set()}
    for path in set(folders):
        word = split_word(path[depth][prefix:]) if len(path) > depth else UNDECIDED
        if word:
            inside[word == TRAIN].update(fold_name(part) for part in _without(path, depth)[depth : depth + 1])
    return len(inside[True] & inside[False]) > 1


def _name_splits(splits: Iterable[str]) -> str:
    found = set(splits)
    return " and ".join(split for split in SPLITS if split in found)
