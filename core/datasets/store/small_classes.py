"""Classes of a source that are too small to learn from: all are reported at once, and left out if the user agrees."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from core.datasets.class_sizes import FEWEST_PICTURES, Picture, SmallClass, find_small_classes
from core.datasets.layouts.layout import GIVEN_CLASSES, AmbiguousLayout, LayoutCandidate
from core.datasets.layouts.options import LEAVE_OUT, ReadingOptions
from core.datasets.sample import Skipped
from core.errors import DatasetError
from core.wording import reasons as words
from core.wording.coded import Note

SHOWN_NAMES = 5
FEWEST_CLASSES = 2


@dataclass(frozen=True)
class Reading:
    """How a source is read.

    Attributes:
        name: its name in messages.
        candidate: the way to read its classes.
        options: the user's decisions.
        refused: by class label, one of its pictures that couldn't be used.
    """

    name: str
    candidate: LayoutCandidate
    options: ReadingOptions
    refused: Mapping[int, Skipped] = field(default_factory=dict)


def find_left_out(reading: Reading, pictures: Iterable[Picture]) -> set[int]:
    """Returns the labels of the classes that are left out because they are too small.

    Args:
        reading: how the source is read.
        pictures: the pictures available for the data set.

    Raises:
        AmbiguousLayout: there are such classes, and the user hasn't decided to leave them out.
        DatasetError: fewer than two classes would be left.
    """
    class_names = reading.candidate.class_names
    small = find_small_classes(len(class_names), pictures)
    if not small:
        return set()
    can_go_on = len(class_names) - len(small) >= FEWEST_CLASSES
    if can_go_on and reading.options.lone_classes == LEAVE_OUT:
        return {item.label for item in small}
    text = " ".join(_sentences(reading, small))
    if reading.candidate.name == GIVEN_CLASSES:
        raise DatasetError(f"{text} Add some, or leave {_them(small)} out.")
    if not can_go_on:
        raise DatasetError(f"{text} Add some: without {_them(small)}, there are no two classes to tell apart.")
    raise AmbiguousLayout(
        f"{text} Add some, or leave {_them(small)} out: --lone-classes {LEAVE_OUT}.", [_without(reading, small)]
    )


def note_on_left_out(class_names: Sequence[str], left_out: Iterable[int]) -> tuple[Note, ...]:
    """Returns a note on classes that are left out, if there are any."""
    names = [class_names[label] for label in sorted(left_out)]
    return (Note("lone_classes_left_out", {"names": names[:SHOWN_NAMES], "count": len(names)}),) if names else ()


def _without(reading: Reading, small: Sequence[SmallClass]) -> LayoutCandidate:
    """Returns the way to go on without the small classes."""
    candidate = reading.candidate
    left_out = {item.label for item in small}
    kept = [label for label in range(len(candidate.class_names)) if label not in left_out]
    return replace(
        candidate,
        class_names=tuple(candidate.class_names[label] for label in kept),
        counts=tuple(candidate.counts[label] for label in kept),
        notes=(*candidate.notes, *note_on_left_out(candidate.class_names, left_out)),
        options=replace(candidate.options.completed_by(reading.options), lone_classes=LEAVE_OUT),
    )


def _sentences(reading: Reading, small: Sequence[SmallClass]) -> list[str]:
    few = [item for item in small if item.num_different < FEWEST_PICTURES]
    untrained = [item for item in small if item.num_different >= FEWEST_PICTURES]
    sentences = []
    if few:
        what = {0: "no picture", 1: "only one picture"}.get(few[0].num_different) if len(few) == 1 else ""
        what = f"{what or 'fewer than two different pictures'} that can be read"
        sentences = [_said(reading, few, what), "Each class needs at least two different ones, preferably twenty."]
        refused = next((reading.refused[item.label] for item in few if item.label in reading.refused), None)
        if refused:
            sentences.insert(1, f"{refused.name} was left out: {words.reason(refused.reason)}.")
    if untrained:
        sentences.append(_said(reading, untrained, "no picture in the train folder"))
    return sentences


def _said(reading: Reading, small: Sequence[SmallClass], what: str) -> str:
    names = [reading.candidate.class_names[item.label] for item in small]
    if len(names) == 1:
        return f"The class {names[0]} in {reading.name} has {what}."
    rest = len(names) - SHOWN_NAMES
    listed = f"{', '.join(names[:SHOWN_NAMES])} and {rest:,} more" if rest > 0 else ", ".join(names)
    return f"{len(names):,} classes in {reading.name} have {what}: {listed}."


def _them(small: Sequence[SmallClass]) -> str:
    return "the class" if len(small) == 1 else "these classes"
