"""What users need to check an import at a glance: a few pictures of each class, and what was left out and why."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from core.datasets.index import DatasetIndex
from core.datasets.sample import Sample, Skipped
from core.wording.coded import Reason

PICTURES_PER_CLASS = 6


@dataclass(frozen=True)
class LeftOut:
    """Files that were left out for one kind of reason.

    Attributes:
        reason: the reason for the first of them; others may differ in their parameters.
        example: the name of the first of them.
        count: how many there are.
    """

    reason: Reason
    example: str
    count: int


def random_pictures(dataset: DatasetIndex, label: int, count: int = PICTURES_PER_CLASS) -> list[Sample]:
    """Returns a random choice of a class's pictures, the same one each time.

    They are random because the first ones of a class are often the only ones that anybody has looked at.
    """
    own = [sample for sample in dataset.samples if sample.label == label]
    return random.Random(f"{dataset.id}:{label}").sample(own, min(count, len(own)))


def left_out_by_reason(skipped: Sequence[Skipped]) -> list[LeftOut]:
    """Returns the files that were left out, counted by kind of reason, the most frequent first."""
    first: dict[str, Skipped] = {}
    counts: dict[str, int] = {}
    for item in skipped:
        first.setdefault(item.reason.code, item)
        counts[item.reason.code] = counts.get(item.reason.code, 0) + 1
    ordered = sorted(counts, key=lambda code: -counts[code])
    return [LeftOut(first[code].reason, first[code].name, counts[code]) for code in ordered]
