"""Where a data set comes from, what was made of it, and what differs between two of them."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Comparison:
    """What differs between two data sets. Pictures are named by their `Sample.path`.

    Attributes:
        removed: pictures that only the old one has.
        added: pictures that only the new one has.
        relabelled: pictures of both that are of another class in the new one, those of `renamed` classes left out.
        renamed: classes that only the old one has and that went as a whole into one of the new one.
        before: number of pictures of each class of the old one.
        after: number of pictures of each class of the new one.
    """

    removed: tuple[str, ...]
    added: tuple[str, ...]
    relabelled: tuple[str, ...]
    renamed: Mapping[str, str]
    before: Mapping[str, int]
    after: Mapping[str, int]
