"""What can be wrong with a data set: kinds of issues, single issues, and the audit that collects them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from core.wording.coded import Reason


@dataclass(frozen=True)
class IssueKind:
    """A kind of issue that a picture can have. Its words are in `core.wording.issues`.

    Attributes:
        name: its name in code and files, such as `near_duplicate`.
        severity: `fault` (fix it), `warning` (look at it) or `hint` (may well be fine).
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
    """Something that is, or may be, wrong with one picture.

    Attributes:
        kind: one of `KINDS`.
        path: `Sample.path` of the picture; for a corrupt one, which isn't a sample, its name in the archive.
        detail: what is wrong with this picture, such as which one it is a copy of; see `core.wording.issues`.
        score: severity within its kind, 0-1, worst highest.
        group: `Sample.group` if it is about copies, else empty.
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
        """Makes an issue from JSON values; its detail may be a sentence of an older version.

        Raises:
            KeyError: there is no detail.
            TypeError: a value is missing, or there is an extra one.
            ValueError: a value is invalid.
        """
        return cls(**{**values, "detail": Reason.from_json(values["detail"])})


@dataclass(frozen=True)
class Advice:
    """A finding about the data set as a whole.

    Attributes:
        kind: `leak`, `label_conflict`, `imbalance`, `few_pictures`, `small_validation` or `small_pictures`.
        parameters: parameters of its words, as JSON values; see `core.wording.issues`.
    """

    kind: str
    parameters: Mapping[str, Any]

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Makes advice from JSON values, which in older versions were a sentence.

        Raises:
            KeyError: a value is missing.
            ValueError: a value is invalid.
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
        num_pictures: how many were checked.
        issues: issues of single pictures, in the order of `KINDS`, worst first.
        advice: findings about the whole.
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
