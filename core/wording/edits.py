"""Changes of data sets, in words."""

from collections.abc import Callable, Sequence
from typing import Protocol

from core.wording.lists import counted, listed


class Change(Protocol):
    """The parts of a `core.datasets.edit.Edit` that the words need."""

    @property
    def kind(self) -> str:
        """One of `WORDS`."""

    @property
    def paths(self) -> Sequence[str]:
        """The pictures that were changed."""

    @property
    def class_names(self) -> Sequence[str]:
        """The classes involved."""

    @property
    def number(self) -> int:
        """How many pictures of each class a subset keeps."""


def describe_edit(change: Change) -> str:
    """Returns what was done in a few words, such as `7 pictures removed`."""
    return WORDS[change.kind](change, counted(len(change.paths), "picture"))


def describe_edits(changes: Sequence[Change]) -> str:
    """Returns what was done, such as `7 pictures removed, 3 pictures relabelled as cat`."""
    return ", ".join(map(describe_edit, changes))


WORDS: dict[str, Callable[[Change, str], str]] = {
    "remove": lambda change, pictures: f"{pictures} removed",
    "relabel": lambda change, pictures: f"{pictures} relabelled as {change.class_names[0]}",
    "add": lambda change, pictures: f"{pictures} added to {change.class_names[0]}",
    "rename_class": lambda change, _: f"{change.class_names[0]} renamed to {change.class_names[1]}",
    "merge_classes": lambda change, _: f"{listed(change.class_names[:-1])} merged into {change.class_names[-1]}",
    "leave_out_class": lambda change, _: f"{listed(change.class_names)} left out",
    "subset": lambda change, _: f"a subset of {change.number:,} pictures a class",
}
