"""Folders of pictures without a class: the questions of a competition, examples, extra pictures."""

import re
from collections.abc import Iterable, Mapping, Sequence
from os.path import commonprefix

from core.datasets.folders.tree import Folders, by_folder, class_folders, wrapping_depth
from core.datasets.names import fold_name, trim_name
from core.datasets.splits import TEST, TRAIN, split_word

FEWEST_CLASSES = 2
WITHOUT_LABELS = r"un_?labell?ed|no_labels?|without_labels?|unsup|unsupervised"
BESIDE_TRAIN = (
    rf"{WITHOUT_LABELS}|(?:to_)?predict|predictions?|preds?|inference|samples?|examples?|extras?|submissions?"
)
KIND = r"(?:_?(?:set|data|images?|imgs?|pictures?|pics|photos?|predictions?))?_?\d*"
NO_CLASS = re.compile(rf"(?:{WITHOUT_LABELS}){KIND}")
NO_CLASS_BESIDE_TRAIN = re.compile(rf"(?:{BESIDE_TRAIN}){KIND}")

Inside = Mapping[str, Sequence[Folders]]


def find_unlabelled(folders: Iterable[Folders], whatever_called: bool = False) -> list[Folders]:
    """Returns the folders of a source whose pictures have no class.

    They are recognised by their names and by what is beside them: a train folder with class folders inside, or class
    folders.

    Args:
        folders: folders that pictures lie in.
        whatever_called: whether all folders beside a train folder count if they have no class folders themselves.
    """
    paths = list(dict.fromkeys(folders))
    depth = wrapping_depth(paths)
    inside = by_folder(paths, depth)
    if len(inside) < FEWEST_CLASSES:
        return []
    around = next(path[:depth] for path in paths if len(path) > depth)
    words = _split_words(inside)
    train = [name for name, word in words.items() if word == TRAIN and len(class_folders(inside[name])) > 1]
    if train:
        known = set().union(*(map(fold_name, class_folders(inside[name])) for name in train))
        found = [name for name in inside if name not in train and _is_unlabelled(name, words[name], inside, known)]
        if whatever_called:
            found += [name for name in inside if not words[name] and len(class_folders(inside[name])) < FEWEST_CLASSES]
        return [(*around, name) for name in dict.fromkeys(found)] + [
            (*around, name, *path) for name, word in words.items() if word for path in _in_classes(inside[name])
        ]
    return [(*around, name) for name in _beside_classes(inside, words)]


def _split_words(inside: Inside) -> dict[str, str]:
    """Returns the split that each folder's name suggests, ignoring a common beginning: `seg_train`, `seg_pred`."""
    beginning = _common_beginning(inside)
    return {name: split_word(name) or split_word(name[beginning:]) for name in inside}


def _common_beginning(names: Iterable[str]) -> int:
    return commonprefix(list(names)).rfind("_") + 1  # noqa: RUF071 (letters are compared, not folders)


def _is_unlabelled(name: str, word: str, inside: Inside, known: set[str]) -> bool:
    """Whether a folder beside a train folder holds pictures without a class. `known` are the classes in the latter."""
    classes = set(map(fold_name, class_folders(inside[name])))
    if word:
        # Keras wants unlabelled pictures in one folder inside the test folder, whatever that is called.
        return not classes or (word == TEST and len(classes) == 1 and classes.isdisjoint(known))
    return _is_called(name[_common_beginning(inside) :], NO_CLASS_BESIDE_TRAIN) or _is_called(
        name, NO_CLASS_BESIDE_TRAIN
    )


def _in_classes(folders: Sequence[Folders]) -> list[Folders]:
    """Returns the unlabelled ones among the class folders of a split."""
    depth = wrapping_depth(folders)
    inside = by_folder(folders, depth)
    around = next((path[:depth] for path in folders if len(path) > depth), ())
    return [(*around, name) for name in _beside_classes(inside, dict.fromkeys(inside, ""))]


def _beside_classes(inside: Inside, words: Mapping[str, str]) -> list[str]:
    """Returns the folders beside class folders that aren't classes: `unlabeled`, or `test` without folders inside."""
    found = [
        name
        for name, paths in inside.items()
        if _is_called(name, NO_CLASS) or (words[name] not in ("", TRAIN) and not any(paths))
    ]
    are_classes = len(inside) - len(found) >= FEWEST_CLASSES and not any(
        words[name] for name in inside if name not in found
    )
    return found if are_classes else []


def _is_called(name: str, pattern: re.Pattern[str]) -> bool:
    return bool(pattern.fullmatch(re.sub(r"[\s_-]+", "_", fold_name(trim_name(name)))))
