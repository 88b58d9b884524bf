"""One change of a data set, as it is asked for and as the changed one records it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.datasets.class_sizes import FEWEST_PICTURES
from core.errors import DatasetError

REMOVE, RELABEL, ADD, SUBSET = "remove", "relabel", "add", "subset"
RENAME_CLASS, MERGE_CLASSES, LEAVE_OUT_CLASS = "rename_class", "merge_classes", "leave_out_class"
KINDS = (REMOVE, RELABEL, RENAME_CLASS, MERGE_CLASSES, LEAVE_OUT_CLASS, SUBSET, ADD)
# Of thousands of classes, a sentence names some.
MOST_LISTED = 12


@dataclass(frozen=True)
class Edit:
    """One change of a data set.

    Attributes:
        kind: one of `KINDS`.
        paths: the pictures that it is about, as `Sample.path`: of `remove`, `relabel` and `add`.
        class_names: `relabel` and `add`: the class they go to. `rename_class`: old and new name. `merge_classes`: two
            or more classes and then the name of what becomes of them. `leave_out_class`: those that are left out.
        number: of `subset`: how many pictures of each class are kept; of those to train with, where the data set came
            with splits.
    """

    kind: str
    paths: tuple[str, ...] = ()
    class_names: tuple[str, ...] = ()
    number: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise DatasetError(f"Expected a change out of {', '.join(KINDS)}. Received {self.kind!r}. Fix it.")
        if self.kind in (REMOVE, RELABEL, ADD) and not self.paths:
            raise DatasetError("Expected pictures to change. Received none. Choose at least one.")
        wanted = {
            RELABEL: (1, 1),
            ADD: (1, 1),
            RENAME_CLASS: (2, 2),
            MERGE_CLASSES: (3, None),
            LEAVE_OUT_CLASS: (1, None),
        }
        fewest, most = wanted.get(self.kind, (0, 0))
        if len(self.class_names) < fewest or (most is not None and len(self.class_names) > most):
            raise DatasetError(f"{_EXPECTED_NAMES[self.kind]} Received {len(self.class_names)}. Fix their number.")
        if self.kind == SUBSET and self.number < FEWEST_PICTURES:
            raise DatasetError(
                f"Expected {FEWEST_PICTURES} or more pictures of each class to keep. Received {self.number}. Keep more."
            )

    def describe(self) -> str:
        """Returns what was done in a few words, such as "7 pictures removed"."""
        pictures = "1 picture" if len(self.paths) == 1 else f"{len(self.paths):,} pictures"
        return _DESCRIPTIONS[self.kind](self, pictures)


_EXPECTED_NAMES = {
    REMOVE: "Expected no class names.",
    SUBSET: "Expected no class names.",
    RELABEL: "Expected the name of one class.",
    ADD: "Expected the name of one class.",
    RENAME_CLASS: "Expected the old name of a class and its new one.",
    MERGE_CLASSES: "Expected the names of two or more classes to merge and the new name.",
    LEAVE_OUT_CLASS: "Expected the names of the classes to leave out.",
}

_DESCRIPTIONS: dict[str, Callable[[Edit, str], str]] = {
    REMOVE: lambda edit, pictures: f"{pictures} removed",
    RELABEL: lambda edit, pictures: f"{pictures} relabelled as {edit.class_names[0]}",
    ADD: lambda edit, pictures: f"{pictures} added to {edit.class_names[0]}",
    RENAME_CLASS: lambda edit, _: f"{edit.class_names[0]} renamed to {edit.class_names[1]}",
    MERGE_CLASSES: lambda edit, _: f"{listed(edit.class_names[:-1])} merged into {edit.class_names[-1]}",
    LEAVE_OUT_CLASS: lambda edit, _: f"{listed(edit.class_names)} left out",
    SUBSET: lambda edit, _: f"a subset of {edit.number:,} pictures a class",
}


def listed(names: Sequence[str]) -> str:
    """Returns names as a sentence lists them; of many, the first and how many more there are."""
    if len(names) > MOST_LISTED:
        names = [*names[: MOST_LISTED - 1], f"{len(names) - MOST_LISTED + 1:,} more"]
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
