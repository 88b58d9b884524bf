"""One picture of a data set, and one file that was left out."""

from dataclasses import dataclass

from core.wording.coded import Reason


@dataclass(frozen=True)
class Sample:
    """One picture.

    Attributes:
        path: its file in the data set's folder, such as `pictures/00000012.jpg`.
        label: number of its class, from 0.
        split: `train`, `validation`, `test`, or empty if none was given.
        name: path in the archive it came from, escaped; for display only.
        digest: SHA-256 of its bytes, in hexadecimal.
        width: upright, in pixels.
        height: upright, in pixels.
        group: the same for all exact and near copies of a picture; empty if there are none.
    """

    path: str
    label: int
    split: str
    name: str
    digest: str
    width: int
    height: int
    group: str = ""

    def in_split(self, split: str) -> "Sample":
        """Returns the same picture in this split: like `replace`, but four times as fast."""
        return Sample(self.path, self.label, split, self.name, self.digest, self.width, self.height, self.group)


@dataclass(frozen=True)
class Skipped:
    """A file that was left out, and why."""

    name: str
    reason: Reason
