"""What can be wrong with a data set: the kinds of faults, single faults, and what they come to."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from core.wording.coded import Reason


@dataclass(frozen=True)
class IssueKind:
    """A kind of fault that a picture can have.

    Attributes:
        name: what it is called in code and files, such as `near_duplicate`.
        title: what it is called before people.
        severity: `fault` (mend it), `warning` (look at it) or `hint` (may well be right as it is).
        explanation: what it is, why it matters and what to do, in a sentence or two.
    """

    name: str
    title: str
    severity: str
    explanation: str


KINDS: dict[str, IssueKind] = {
    kind.name: kind
    for kind in (
        IssueKind(
            "corrupt",
            "Unreadable files",
            "fault",
            "These files are damaged or are no pictures, so they are not part of the data set. Repair them and import "
            "again, or do without them.",
        ),
        IssueKind(
            "label_conflict",
            "Copies in two classes",
            "fault",
            "The same picture lies in more than one class, so one of them must be wrong and teaches the model a "
            "contradiction. Move each to the right class, or remove the wrong one.",
        ),
        IssueKind(
            "leak",
            "Copies in train and validation",
            "fault",
            "These validation or test pictures are also among the training pictures, so the accuracy looks better "
            "than it is. Remove one of the two.",
        ),
        IssueKind(
            "duplicate",
            "Exact copies",
            "warning",
            "The very same file is here more than once, so it counts more than others. Keep one of them.",
        ),
        IssueKind(
            "near_duplicate",
            "Near copies",
            "warning",
            "Nearly the same picture is here more than once: saved again, resized, brightened or barely cropped. "
            "It counts more than others. Keep one of them.",
        ),
        IssueKind(
            "suspect_label",
            "Doubtful labels",
            "warning",
            "A model trained on the other pictures is sure that these belong to another class. Look at them, and "
            "correct those that are wrong.",
        ),
        IssueKind(
            "blank",
            "Blank pictures",
            "warning",
            "One plain colour, with nothing on it to learn from. Remove them.",
        ),
        IssueKind(
            "tiny",
            "Tiny pictures",
            "warning",
            "So few pixels that little can be seen, far fewer than the others have. Replace them by larger ones, or "
            "remove them.",
        ),
        IssueKind(
            "dark",
            "Very dark pictures",
            "warning",
            "Nearly black all over. Remove them if you can't tell what they show.",
        ),
        IssueKind(
            "bright",
            "Very bright pictures",
            "warning",
            "Nearly white all over. Remove them if you can't tell what they show.",
        ),
        IssueKind(
            "blurry",
            "Blurry pictures",
            "hint",
            "Out of focus, or enlarged from something small: there are no sharp edges in them, unlike in the others. "
            "Remove them if you can't tell what they show.",
        ),
        IssueKind(
            "odd_shape",
            "Odd shapes",
            "hint",
            "Much wider or taller than the others. Pictures are made square for the training, which distorts these "
            "badly. Crop them, or remove them.",
        ),
        IssueKind(
            "outlier",
            "Unlike all others",
            "hint",
            "Nothing else in the data set looks like these. Remove those that don't belong here, and get more of "
            "those that do.",
        ),
    )
}


@dataclass(frozen=True)
class Issue:
    """Something that is wrong, or may be, with one picture.

    Attributes:
        kind: one of `KINDS`.
        path: `Sample.path` of the picture; of a corrupt one, which is no sample, its name in the archive.
        detail: what it is in this picture, such as being a copy of a certain one; see `core.wording.issues`.
        score: how bad it is among its kind, 0-1, worst highest.
        group: `Sample.group` where it is about copies, else empty.
    """

    kind: str
    path: str
    detail: Reason
    score: float
    group: str = ""

    def __post_init__(self) -> None:
        texts = (self.kind, self.path, self.group)
        is_sound = all(isinstance(text, str) for text in texts) and isinstance(self.detail, Reason)
        if self.kind not in KINDS or not is_sound:
            raise ValueError(f"Expected an issue of a known kind about a picture. Received {self.kind!r}.")
        if not isinstance(self.score, int | float) or not math.isfinite(self.score):
            raise ValueError(f"Expected a finite score. Received {self.score!r}.")

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Reads an issue of its values; its detail may be the words that older versions wrote.

        Raises:
            KeyError: there is no detail.
            TypeError: a value lacks, or there is one too many.
            ValueError: a value can't be right.
        """
        return cls(**{**values, "detail": Reason.from_json(values["detail"])})


@dataclass(frozen=True)
class Advice:
    """Something about the data set as a whole.

    Attributes:
        kind: `leak`, `label_conflict`, `imbalance`, `few_pictures`, `small_validation` or `small_pictures`.
        parameters: what its words need, as JSON has it; see `core.wording.issues`.
    """

    kind: str
    parameters: Mapping[str, Any]

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Reads advice of its values, which in older versions were its words.

        Raises:
            KeyError: a value lacks.
            ValueError: a value can't be right.
        """
        kind = values["kind"]
        parameters = {"text": values["text"]} if "text" in values else values["parameters"]
        if not isinstance(kind, str) or not isinstance(parameters, dict):
            raise ValueError(f"Expected advice. Received {values!r}.")
        if not isinstance(parameters.get("text", ""), str):
            raise ValueError(f"Expected words of advice. Received {parameters!r}.")
        return cls(kind, parameters)


@dataclass(frozen=True)
class Audit:
    """What was found in a data set.

    Attributes:
        dataset_id: the data set.
        num_pictures: how many were looked at.
        issues: what is wrong with single pictures, in the order of `KINDS` and the worst first.
        advice: what there is to say about the whole.
        seconds: how long it took.
    """

    dataset_id: str
    num_pictures: int
    issues: tuple[Issue, ...]
    advice: tuple[Advice, ...]
    seconds: float

    def of_kind(self, kind: str) -> tuple[Issue, ...]:
        """Returns the issues of a kind, worst first."""
        return tuple(issue for issue in self.issues if issue.kind == kind)

    def counts(self) -> dict[str, int]:
        """Returns how many issues there are of each kind that occurs, in the order of `KINDS`."""
        found = [issue.kind for issue in self.issues]
        return {kind: found.count(kind) for kind in KINDS if kind in found}
