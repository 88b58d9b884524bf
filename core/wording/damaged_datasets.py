"""What is wrong with a data set whose record can't be used, and what can be done, in words."""

from pathlib import Path
from typing import Protocol

REASONS = {
    "missing": "its record is missing",
    "unreadable": "its record is damaged",
    "other_version": "it was made by a newer version of the studio",
}


class Damaged(Protocol):
    """The parts of a `core.datasets.store.damaged.DamagedDataset` that the words need."""

    @property
    def id(self) -> str:
        """Name of its folder."""

    @property
    def reason(self) -> str:
        """One of `REASONS`."""

    @property
    def num_pictures(self) -> int:
        """How many files are in its folder of pictures."""

    @property
    def pictures(self) -> Path:
        """Folder of its pictures."""


def damaged_dataset(found: Damaged) -> str:
    """Returns what is wrong with a data set and what can be done."""
    wrong = f"The data set {found.id} can't be used: {REASONS[found.reason]}."
    if found.reason == "other_version":
        return f"{wrong} Use that version, or delete the data set."
    if not found.num_pictures:
        return f"{wrong} Its pictures are gone: delete it, and import the original again."
    return (
        f"{wrong} Import the original again, which repairs it if its content is the same. Without the original:"
        f" its {found.num_pictures:,} pictures are in {found.pictures}, but their classes were in the record; sort"
        " copies of them into one folder per class, import that, then delete this data set."
    )
