"""Classes from the beginnings of file names: `cat.12.jpg`, `dog (3).png`, `american_bulldog_101.jpg`."""

from collections import Counter
from collections.abc import Sequence

from core.datasets.folders.tree import Folders
from core.datasets.layouts.layout import FILE_NAMES, Assignment, LayoutCandidate, make_candidate, take_splits
from core.datasets.names import fold_name
from core.datasets.splits import TRAIN, UNDECIDED, split_word
from core.wording.coded import Note, Reason

DIGITS = "0123456789"
SEPARATORS = " ._-("
# What cameras, scanners and programs begin file names with, whatever the picture shows.
# fmt: off
GENERIC = frozenset({
    "img", "imag", "image", "images", "dsc", "dscn", "dscf", "dcim", "pxl", "photo", "photos", "pic",
    "picture", "screenshot", "screen", "frame", "frames", "mvi", "sam", "p", "s", "scan", "file", "untitled",
    "gopr", "gp", "thumb", "video", "sample", "crop", "page", "mask", "label", "figure", "fig",
})
# fmt: on
# A stray file or two doesn't turn the names of a thousand pictures into a coincidence.
LABELLED_SHARE = 0.98
MISNAMED = Reason("misnamed")


def read_file_names(paths: Sequence[Folders]) -> LayoutCandidate | None:
    """Reads the class of each picture from its name: the part before the final number.

    Folders without any such name don't count, such as the unlabelled test pictures of a competition.

    Args:
        paths: the folders and the name of each picture.

    Returns:
        None if the names don't follow one pattern.
    """
    parted = [part_name(path[-1]) for path in paths]
    separators = Counter(separator for label, separator in parted if label)
    if not separators:
        return None
    usual = separators.most_common(1)[0][0]
    labels = [label if separator == usual else "" for label, separator in parted]
    folders = [path[:-1] for path in paths]
    labelled_folders = {folder for folder, label in zip(folders, labels, strict=True) if label}
    is_inside = [folder in labelled_folders for folder in folders]
    if sum(map(bool, labels)) < LABELLED_SHARE * sum(is_inside):
        return None
    splits = labelled_splits(folders, labels)
    assignments = [
        Assignment(label, split) if label else Assignment("", reason=MISNAMED)
        for label, split in zip(labels, splits, strict=True)
    ]
    example = next(path[-1] for path, label in zip(paths, labels, strict=True) if label)
    told_by = Note("file_names", {"beginning": part_name(example)[0], "example": example})
    return make_candidate(FILE_NAMES, told_by, assignments)


def part_name(name: str) -> tuple[str, str]:
    """Returns the class that a file name begins with and what separates it from the number; both may be empty."""
    stem = name.rpartition(".")[0] or name
    before = stem.removesuffix(")").rstrip(DIGITS)
    if len(before) == len(stem.removesuffix(")")):
        return "", ""
    label = before.rstrip(SEPARATORS)
    is_class = any(char.isalpha() for char in label) and fold_name(label) not in GENERIC and not split_word(label)
    return (label, before[len(label) :]) if is_class else ("", "")


def labelled_splits(folders: Sequence[Folders], labels: Sequence[str]) -> list[str]:
    """Returns the split of each picture by its folders; none if all pictures with a class are in one split."""
    splits, _ = take_splits(folders)
    found = {split for split, label in zip(splits, labels, strict=True) if label}
    return splits if TRAIN in found and len(found) > 1 else [UNDECIDED] * len(folders)
