"""One change of a data set, as requested and as recorded in the changed data set."""

from dataclasses import dataclass

from core.datasets.class_sizes import FEWEST_PICTURES
from core.errors import DatasetError

REMOVE, RELABEL, ADD, SUBSET = "remove", "relabel", "add", "subset"
RENAME_CLASS, MERGE_CLASSES, LEAVE_OUT_CLASS = "rename_class", "merge_classes", "leave_out_class"
KINDS = (REMOVE, RELABEL, RENAME_CLASS, MERGE_CLASSES, LEAVE_OUT_CLASS, SUBSET, ADD)


@dataclass(frozen=True)
class Edit:
    """One change of a data set.

    Attributes:
        kind: one of `KINDS`.
        paths: for `remove`, `relabel` and `add`: the pictures, as `Sample.path`.
        class_names: for `relabel` and `add`: the class they go to. `rename_class`: old and new name. `merge_classes`:
            two or more classes, then the name of the merged class. `leave_out_class`: the classes to leave out.
        number: for `subset`: how many pictures of each class to keep; training pictures, if the data set came with
            splits.
    """

    kind: str
    paths: tuple[str, ...] = ()
    class_names: tuple[str, ...] = ()
    number: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise DatasetError(f"Expected one of the changes {', '.join(KINDS)}. Received {self.kind!r}. Fix it.")
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


_EXPECTED_NAMES = {
    REMOVE: "Expected no class names.",
    SUBSET: "Expected no class names.",
    RELABEL: "Expected the name of one class.",
    ADD: "Expected the name of one class.",
    RENAME_CLASS: "Expected the old name of a class and its new one.",
    MERGE_CLASSES: "Expected the names of two or more classes to merge and the new name.",
    LEAVE_OUT_CLASS: "Expected the names of the classes to leave out.",
}
