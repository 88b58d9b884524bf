"""The rules for class names, the same wherever a user types one."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

from core.datasets.names import RefusedName, escape_label, fold_name, is_junk, split_name, trim_name
from core.datasets.splits import split_word
from core.errors import DatasetError

MAX_CLASS_NAME_LENGTH = 100
NUMBER = re.compile(r"(\d+)")


def tidy_class_name(name: str) -> str:
    """Returns typed text without superfluous spaces."""
    return " ".join(name.split())


def in_order(names: Iterable[str]) -> tuple[str, ...]:
    """Returns names as people sort them: numbers by their value, 1, 2, 10, and capitals before small letters."""
    return tuple(sorted(names, key=_place))


def _place(name: str) -> tuple[list[str | tuple[int, str]], str]:
    """Returns what a name is sorted by: words and numbers take turns, and those that count the same follow as text."""
    parts: list[str | tuple[int, str]] = list(NUMBER.split(name))
    for index in range(1, len(parts), 2):
        digits = str(parts[index]).lstrip("0")
        parts[index] = (len(digits), digits)
    return parts, name


def is_class_name(name: str) -> bool:
    """Whether a tidied name is a valid class name: not too long, and usable as a folder name."""
    return 0 < len(name) <= MAX_CLASS_NAME_LENGTH and _is_folder_name(name)


def check_class_name(name: str, class_names: Iterable[str]) -> str:
    """Returns a name for a new class, tidied.

    Args:
        name: what the user typed.
        class_names: the other classes. Where some of them differ only by case, as letters do, the new one may too.

    Raises:
        DatasetError: it isn't a valid folder name, or is too similar to another class's name.
    """
    class_names = tuple(class_names)
    name = escape_label(tidy_class_name(name))
    if not name or len(name) > MAX_CLASS_NAME_LENGTH:
        raise DatasetError(
            f"Expected a class name of 1 to {MAX_CLASS_NAME_LENGTH} characters. Received {len(name)}. Choose another."
        )
    if not is_class_name(name):
        raise DatasetError(
            f"The class name {name!r} can't be the name of a folder. Leave out slashes, and a dot at its beginning."
        )
    fold = fold_name if len(set(map(fold_name, class_names))) == len(class_names) else _compose
    for other in class_names:
        if fold(other) == fold(name):
            raise DatasetError(f"There is a class called {other} already. Choose another name, or merge the two.")
        if split_word(name) and split_word(other) not in ("", split_word(name)):
            raise DatasetError(
                f"Classes called {other} and {name} would be taken for splits of the data. Choose another name."
            )
    return name


def match_names(names: Iterable[str], known: Iterable[str]) -> dict[str, str]:
    """Returns for each class the known one that it is, compared as an import does: case and spaces at ends don't count.

    Args:
        names: classes to look for. Those that aren't known are missing from what is returned.
        known: classes that differ. Where two of either differ only by case, only exact names count.
    """
    wanted, others = _by_fold(names), _by_fold(known)
    exact = {name for group in others.values() for name in group}
    found = {name: name for group in wanted.values() for name in group if name in exact}
    for fold, group in wanted.items():
        if len(group) == len(others.get(fold, ())) == 1:
            found[group[0]] = others[fold][0]
    return found


def _by_fold(names: Iterable[str]) -> dict[str, list[str]]:
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        groups[fold_name(trim_name(name))].append(name)
    return groups


def _compose(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _is_folder_name(name: str) -> bool:
    try:
        parts = split_name(f"{name}/0")
    except RefusedName:
        return False
    return parts == (name, "0") and not is_junk(parts)
