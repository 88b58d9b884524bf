"""What a user is asked when a source can be read in more than one way."""

from collections.abc import Sequence
from dataclasses import asdict

from core.datasets.layouts.layout import AmbiguousLayout, LayoutCandidate
from core.datasets.layouts.similar_classes import SIMILAR_KEPT
from core.wording.dataset_notes import listed_groups

NUMBERS = {2: "two", 3: "three", 4: "four"}


def ask(ways: Sequence[LayoutCandidate], name: str) -> AmbiguousLayout:
    """Returns the question of which of several ways is meant.

    Args:
        ways: the ways, each with the options that choose it.
        name: the source's name.
    """
    every = [asdict(way.options) for way in ways]
    differing = [option for option in every[0] if len({options[option] for options in every}) > 1]
    if differing == ["similar_classes"]:
        return AmbiguousLayout(_about_similar_classes(ways, name), ways)
    if differing == ["layout"]:
        what = "Choose a layout"
        choices = [f"{way.name}, {way.summary()}" for way in ways]
    else:
        what = "Choose one"
        choices = [f"{_flags(options, differing)}, {way.summary()}" for way, options in zip(ways, every, strict=True)]
    number = NUMBERS.get(len(ways), f"{len(ways):,}")
    return AmbiguousLayout(f"{name} can be read in {number} ways. {what}: {'; or '.join(choices)}.", ways)


def _flags(options: dict[str, str], names: Sequence[str]) -> str:
    return " ".join(f"--{name.replace('_', '-')} {options[name]}" for name in names if options[name])


def _about_similar_classes(ways: Sequence[LayoutCandidate], name: str) -> str:
    (note,) = (note for note in ways[0].notes if note.code == SIMILAR_KEPT)
    choices = [f"--similar-classes {way.options.similar_classes} for {len(way.class_names):,}" for way in ways]
    return (
        f"{name} has classes whose names differ only by case, accents or width: {listed_groups(**note.parameters)}. "
        f"Choose {' or '.join(choices)} classes."
    )
