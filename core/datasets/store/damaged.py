"""Data sets whose record can't be used: what is known of them, and what can be done."""

from dataclasses import dataclass
from pathlib import Path

from core.datasets.store.manifest import MANIFEST_NAME, MISSING, OTHER_VERSION, UNREADABLE, ManifestError, read_manifest

PICTURES_FOLDER = "pictures"
WORDS = {
    MISSING: "its record is missing",
    UNREADABLE: "its record is damaged",
    OTHER_VERSION: "it was made by a newer version of the studio",
}


@dataclass(frozen=True)
class DamagedDataset:
    """A data set whose record can't be used.

    Attributes:
        id: name of its folder.
        reason: `missing`, `unreadable` or `other_version`.
        folder: where it lies.
        num_pictures: how many files are in its folder of pictures.
    """

    id: str
    reason: str
    folder: Path
    num_pictures: int

    @property
    def pictures(self) -> Path:
        """Folder of its pictures."""
        return self.folder / PICTURES_FOLDER

    def describe(self) -> str:
        """Returns what is wrong with it and what can be done."""
        wrong = f"The data set {self.id} can't be used: {WORDS[self.reason]}."
        if self.reason == OTHER_VERSION:
            return f"{wrong} Use that version, or delete the data set."
        if not self.num_pictures:
            return f"{wrong} It has no pictures any more: delete it, and import the original again."
        return (
            f"{wrong} Import the original again, which puts it in order where its content is the same. Without the"
            f" original: its {self.num_pictures:,} pictures are in {self.pictures}, but which class each has was in the"
            " record; sort copies of them into a folder for each class, import that, then delete this data set."
        )


def find_damaged(datasets: Path) -> list[DamagedDataset]:
    """Returns the data sets in a folder whose record can't be used, by their ids.

    A folder that has neither a record nor pictures is none of the studio's.
    """
    found = []
    for folder in sorted(datasets.glob("[!.]*")):
        if (folder / MANIFEST_NAME).exists() or (folder / PICTURES_FOLDER).is_dir():
            reason = _reason(folder)
            if reason:
                found.append(DamagedDataset(folder.name, reason, folder, _num_files(folder / PICTURES_FOLDER)))
    return found


def _reason(folder: Path) -> str:
    try:
        # A copy of another data set's folder has its record.
        return "" if read_manifest(folder).id == folder.name else UNREADABLE
    except ManifestError as error:
        return error.reason


def _num_files(folder: Path) -> int:
    try:
        return sum(not path.name.startswith(".") for path in folder.iterdir())
    except OSError:
        return 0
