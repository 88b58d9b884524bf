"""What can be wrong with a data set: the kinds of faults, single faults, and what they come to."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from core.wording.coded import Reason


@dataclass(frozen=True)
class IssueKind:
    """A kind of fault that a picture can have. Its words are in `core.wording.issues`.

    Attributes:
        name: what it is called in code and files, such as `near_duplicate`.
        severity: `fault` (mend it), `warning` (look at it) or `hint` (may well be right as it is).
    """

    name: str
    severity: str


KINDS: dict[str, IssueKind] = {
    kind.name: kind
    for kind in (
        IssueKind("corrupt", "fault"),
        IssueKind("label_conflict", "fault"),
        IssueKind("leak", "fault"),
        IssueKind("duplicate", "warning"),
        IssueKind("near_duplicate", "warning"),
        IssueKind("suspect_label", "warning"),
        IssueKind("blank", "warning"),
        IssueKind("tiny", "warning"),
        IssueKind("dark", "warning"),
        IssueKind("bright", "warning"),
        IssueKind("blurry", "hint"),
        IssueKind("odd_shape", "hint"),
        IssueKind("outlier", "hint"),
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
