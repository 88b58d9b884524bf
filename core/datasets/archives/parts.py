"""Archives that come in parts: several zips of one download, each valid by itself, and pieces of one split archive."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

from core.datasets.archives.members import Member, Members, may_be_taken
from core.datasets.names import is_archive_piece, is_table
from core.errors import DatasetError
from core.files.user_files import is_file
from core.settings import ImportLimits
from core.wording.coded import Note
from core.wording.dataset_notes import dataset_note

# As Google Drive and Takeout name them: `pictures-20260102T030405Z-001.zip`.
TOGETHER = "parts_together"
PART = re.compile(r"(?P<download>.+)-(?P<number>\d{3})\.zip", re.IGNORECASE)


def parts_beside(source: Path) -> list[Path]:
    """Returns all parts of a zip's download that lie in the same folder, in order.

    Returns:
        The source alone if it isn't named like a part, or if there are no others.
    """
    match = PART.fullmatch(source.name)
    if match is None:
        return [source]
    try:
        beside = [path for path in source.parent.iterdir() if path.name != source.name and _is_of(path, match)]
    except OSError:
        return [source]
    return sorted([source, *beside], key=lambda path: path.name.casefold())


def _is_of(path: Path, part: re.Match[str]) -> bool:
    other = PART.fullmatch(path.name)
    return other is not None and other["download"] == part["download"] and is_file(path)


def download_name(name: str) -> str:
    """Returns the name of a part without its number."""
    match = PART.fullmatch(name)
    return match["download"] if match else name


def joined(parts: Sequence[tuple[str, Members]], limits: ImportLimits) -> Members | None:
    """Returns the files of all parts of a download.

    Args:
        parts: the name of each and its files, which have to be known in full.
        limits: how many files there may be.

    Returns:
        None if the parts don't belong to one download, in which each picture and table is in only one part.

    Raises:
        DatasetError: there are too many.
    """
    files = [list(members.items) for _, members in parts]
    names = [{member.name for member in part if _is_content(member)} for part in files]
    if len(set().union(*names)) < sum(map(len, names)):
        return None
    num_files = sum(map(len, files))
    if num_files > limits.entries:
        raise DatasetError(
            f"{' and '.join(name for name, _ in parts)} have {num_files:,} entries together. At most "
            f"{limits.entries:,} are taken. Import them one by one, from folders of their own."
        )
    return Members(
        num_files,
        sum(members.declared_bytes for _, members in parts),
        chain(*files),
        [_together([name for name, _ in parts]), *chain(*(members.notes for _, members in parts))],
        list(chain(*(members.receipt for _, members in parts))),
    )


def _is_content(member: Member) -> bool:
    return may_be_taken(member.name, member.problem) or is_table((member.name,))


def _together(names: Sequence[str]) -> Note:
    numbers = [int(match["number"]) for match in map(PART.fullmatch, names) if match]
    missing = sorted(set(range(1, max(numbers))) - set(numbers))
    return Note(TOGETHER, {"names": list(names), "missing": missing})


def unlike_parts(name: str, beside: Sequence[Path]) -> Note:
    """Returns a note on zips that are named like parts of one download but aren't."""
    return Note("unlike_parts", {"name": name, "others": [path.name for path in beside if path.name != name]})


def lone_part(name: str) -> list[Note]:
    """Returns a note if a file is named like one part of a download."""
    match = PART.fullmatch(name)
    if match is None:
        return []
    number = int(match["number"])
    other = f"{match['download']}-{2 if number == 1 else 1:03d}.zip"
    return [Note("lone_part", {"name": name, "number": number, "other": other})]


@contextmanager
def told_of_parts(name: str, is_alone: bool) -> Iterator[None]:
    """Explains that an archive that can't be used by itself is a piece or a part, if its name says so.

    Args:
        name: its name.
        is_alone: whether it is read without the other parts.
    """
    try:
        yield
    except DatasetError as error:
        if type(error) is not DatasetError:  # such as a question to the user
            raise
        if is_archive_piece(name):
            raise DatasetError(
                f"{name} is one piece of a split archive. Put all the pieces into one folder, unpack "
                "the first one with a program such as 7-Zip, and import the resulting folder."
            ) from error
        if notes := lone_part(name) if is_alone else []:
            raise DatasetError(" ".join([str(error), *map(dataset_note, notes)])) from error
        raise
