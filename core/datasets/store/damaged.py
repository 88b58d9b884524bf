"""Data sets whose record can't be used, and what is known about them."""

from dataclasses import dataclass
from pathlib import Path

from core.datasets.store.manifest import MANIFEST_NAME, UNREADABLE, ManifestError, read_manifest

PICTURES_FOLDER = "pictures"


@dataclass(frozen=True)
class DamagedDataset:
    """A data set whose record can't be used.

    Attributes:
        id: name of its folder.
        reason: `missing`, `unreadable` or `other_version`.
        folder: its folder.
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


def find_damaged(datasets: Path) -> list[DamagedDataset]:
    """Returns the data sets in a folder whose record can't be used, by their ids.

    A folder with neither a record nor pictures isn't a data set.
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
        # A copy of another data set's folder contains that one's record.
        return "" if read_manifest(folder).id == folder.name else UNREADABLE
    except ManifestError as error:
        return error.reason


def _num_files(folder: Path) -> int:
    try:
        return sum(not path.name.startswith(".") for path in folder.iterdir())
    except OSError:
        return 0
