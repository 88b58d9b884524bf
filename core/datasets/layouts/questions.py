"""What a user is asked when a source can be read in more than one way."""

from collections.abc import Sequence
from dataclasses import asdict

from core.datasets.layouts.layout import AmbiguousLayout, LayoutCandidate
from core.datasets.layouts.similar_classes import SIMILAR_KEPT
from core.wording.coded import Note


def ask(ways: Sequence[LayoutCandidate], name: str) -> AmbiguousLayout:
    """Returns the question of which of several ways is meant.

    Args:
        ways: the ways, each with the options that choose it.
        name: the source's name.
    """
    every = [asdict(way.options) for way in ways]
    differing = [option for option in every[0] if len({options[option] for options in every}) > 1]
    if differing == ["similar_classes"]:
        (note,) = (note for note in ways[0].notes if note.code == SIMILAR_KEPT)
        rules = [[way.options.similar_classes, len(way.class_names)] for way in ways]
        return AmbiguousLayout([Note("similar_classes", {"name": name, **note.parameters, "ways": rules})], ways)
    choices = [
        [{option: options[option] for option in differing if options[option]}, way.summary()]
        for way, options in zip(ways, every, strict=True)
    ]
    return AmbiguousLayout([Note("several_ways", {"name": name, "ways": choices})], ways)
