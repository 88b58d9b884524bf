"""Classes of a source that are too small to learn from: all are reported at once, and left out if the user agrees."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from core.datasets.class_sizes import FEWEST_PICTURES, Picture, SmallClass, find_small_classes
from core.datasets.layouts.layout import GIVEN_CLASSES, UNLABELLED, AmbiguousLayout, LayoutCandidate
from core.datasets.layouts.options import LEAVE_OUT, ReadingOptions
from core.datasets.sample import Skipped
from core.errors import DatasetError
from core.wording.coded import Note
from core.wording.readings import question

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
    if reading.candidate.name == UNLABELLED:
        return set()
    class_names = reading.candidate.class_names
    small = find_small_classes(len(class_names), pictures)
    if not small:
        return set()
    can_go_on = len(class_names) - len(small) >= FEWEST_CLASSES
    if can_go_on and reading.options.lone_classes == LEAVE_OUT:
        return {item.label for item in small}
    notes = _notes(reading, small)
    text = question(notes, {})
    if reading.candidate.name == GIVEN_CLASSES:
        raise DatasetError(f"{text} Add some, or leave {_them(small)} out.")
    if not can_go_on:
        raise DatasetError(f"{text} Add some: without {_them(small)}, there are no two classes to tell apart.")
    notes.append(Note("leave_classes_out", {"count": len(small)}))
    raise AmbiguousLayout(notes, [_without(reading, small)])


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


def _notes(reading: Reading, small: Sequence[SmallClass]) -> list[Note]:
    few = [item for item in small if item.num_different < FEWEST_PICTURES]
    untrained = [item for item in small if item.num_different >= FEWEST_PICTURES]
    notes = []
    if few:
        notes.append(Note("few_pictures", {**_named(reading, few), "num_different": few[0].num_different}))
        refused = next((reading.refused[item.label] for item in few if item.label in reading.refused), None)
        if refused:
            notes.append(Note("file_left_out", {"name": refused.name, **refused.reason.as_json()}))
        notes.append(Note("two_needed"))
    if untrained:
        notes.append(Note("no_training_picture", _named(reading, untrained)))
    return notes


def _named(reading: Reading, small: Sequence[SmallClass]) -> dict[str, Any]:
    names = [reading.candidate.class_names[item.label] for item in small[:SHOWN_NAMES]]
    return {"source": reading.name, "names": names, "count": len(small)}


def _them(small: Sequence[SmallClass]) -> str:
    return "the class" if len(small) == 1 else "these classes"
