"""Names of data sets."""

import re
from collections.abc import Iterable

from core.datasets.names import escape_label
from core.errors import DatasetError

MAX_LENGTH = 100
ARCHIVE_SUFFIXES = (".tar.gz", ".tgz", ".tar", ".zip")
VERSION = re.compile(r"(.*), version (\d+)")


def clean_name(title: str) -> str:
    """Returns a typed name, tidied.

    Raises:
        DatasetError: nothing is left of it.
    """
    cleaned = escape_label(" ".join(title.split()))[:MAX_LENGTH]
    if not cleaned:
        raise DatasetError("Expected a name for the data set. Received an empty one. Type a name.")
    return cleaned


def without_suffix(file_name: str) -> str:
    """Returns the name of an archive without its extension."""
    for suffix in ARCHIVE_SUFFIXES:
        if file_name.lower().endswith(suffix) and len(file_name) > len(suffix):
            return file_name[: -len(suffix)]
    return file_name


def free_name(title: str, taken: Iterable[str]) -> str:
    """Returns the title, with a number appended if another data set has it."""
    taken = set(taken)
    number = 2
    free = title
    while free in taken:
        free = f"{title} ({number})"
        number += 1
    return free


def version_name(title: str, taken: Iterable[str]) -> str:
    """Returns the name of the next version of a data set: "Pets, version 2", "Pets, version 3", ..."""
    match = VERSION.fullmatch(title)
    base = match[1] if match else title
    others = (VERSION.fullmatch(other) for other in taken)
    numbers = [int(other[2]) for other in others if other and other[1] == base]
    return f"{base}, version {max(numbers, default=1) + 1}"
