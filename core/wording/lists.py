"""Several names in one sentence."""

from collections.abc import Sequence

# A sentence doesn't name thousands of classes.
MOST_LISTED = 12


def listed(names: Sequence[str], most: int = MOST_LISTED) -> str:
    """Returns `cat, dog and fox`; of more than `most` names, the first ones and how many more."""
    if len(names) > most:
        names = [*names[: most - 1], f"{len(names) - most + 1:,} more"]
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def counted(number: int, noun: str) -> str:
    """Returns `1 picture`, `1,200 pictures`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
