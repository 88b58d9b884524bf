"""What a user is asked where a source can be read in more than one way."""

from collections.abc import Sequence
from dataclasses import asdict

from core.datasets.layouts.layout import AmbiguousLayout, LayoutCandidate
from core.wording.dataset_notes import dataset_note

NUMBERS = {2: "two", 3: "three", 4: "four"}


def ask(ways: Sequence[LayoutCandidate], name: str) -> AmbiguousLayout:
    """Returns the question which of several ways is meant.

    Args:
        ways: them, each with options that lead to it.
        name: what the source is called.
    """
    every = [asdict(way.options) for way in ways]
    differing = [option for option in every[0] if len({options[option] for options in every}) > 1]
    if differing == ["layout"]:
        what = "Choose a layout"
        choices = [f"{way.name}, {way.summary()}" for way in ways]
    else:
        what = "Choose one"
        choices = [
            f"{_flags(options, differing)}, {way.summary()}{_notes(way)}"
            for way, options in zip(ways, every, strict=True)
        ]
    number = NUMBERS.get(len(ways), f"{len(ways):,}")
    return AmbiguousLayout(f"{name} can be read in {number} ways. {what}: {'; or '.join(choices)}.", ways)


def _flags(options: dict[str, str], names: Sequence[str]) -> str:
    return " ".join(f"--{name.replace('_', '-')} {options[name]}" for name in names if options[name])


def _notes(way: LayoutCandidate) -> str:
    notes = [dataset_note(note).removesuffix(".") for note in way.notes if note.code.startswith("similar_")]
    return "".join(f" ({note})" for note in notes)
