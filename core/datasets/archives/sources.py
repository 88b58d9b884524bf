"""Finds the members of what a user names: a zip, a tar, a folder or the parts of a download."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from core.datasets.archives.folder_reader import folder_members
from core.datasets.archives.members import Members
from core.datasets.archives.parts import joined, lone_part, parts_beside, unlike_parts
from core.datasets.archives.tar_reader import tar_members
from core.datasets.archives.zip_reader import zip_members
from core.datasets.names import escape_label
from core.errors import DatasetError
from core.files.user_files import is_folder, open_file
from core.images.signatures import HEAD_BYTES, file_kind
from core.progress import ShouldStop
from core.settings import ImportLimits
from core.wording.file_kinds import file_kind as kind_in_words

LONGEST_PATH = 300


@contextmanager
def open_members(
    source: Path | BinaryIO, name: str, limits: ImportLimits, should_stop: ShouldStop, encoding: str = ""
) -> Iterator[tuple[Members, int]]:
    """Yields the members of a source and its size in bytes, 0 for a folder.

    Args:
        source: the archive's path, an open archive, or a folder. Parts of the same download beside it are included.
        name: what the source is called in messages.
        limits: limits on what it may claim.
        should_stop: asked now and then.
        encoding: encoding of names that don't declare one; guessed by default.

    Raises:
        DatasetError: the source can't be read or claims too much.
        Stopped: `should_stop` said so.
    """
    if isinstance(source, Path) and is_folder(source):
        yield folder_members(source, limits, should_stop, encoding), 0
        return
    parts = parts_beside(source) if isinstance(source, Path) else []
    with ExitStack() as stack:
        if len(parts) > 1:
            opened = [_open_archive(part, part.name, limits, should_stop, encoding) for part in parts]
            found = [stack.enter_context(part) for part in opened]
            together = joined([(part.name, members) for part, (members, _) in zip(parts, found, strict=True)], limits)
            if together is not None:
                yield together, sum(size for _, size in found)
                return
        members, size = stack.enter_context(_open_archive(source, name, limits, should_stop, encoding))
        members.notes.extend([unlike_parts(name, parts)] if len(parts) > 1 else lone_part(name))
        yield members, size


@contextmanager
def _open_archive(
    source: Path | BinaryIO, name: str, limits: ImportLimits, should_stop: ShouldStop, encoding: str
) -> Iterator[tuple[Members, int]]:
    """Yields the members of an archive and its size in bytes."""
    if not isinstance(source, Path):
        yield _archive_members(source, name, limits, should_stop, encoding), source.seek(0, 2)
    else:
        try:
            file = open_file(source)
        except OSError as error:
            raise DatasetError(
                f"Expected a zip file or a folder at {_shortened(source)}. It can't be opened: {error.strerror}. Check "
                "the path."
            ) from error
        with file:
            yield _archive_members(file, name, limits, should_stop, encoding), file.seek(0, 2)


def _shortened(path: Path) -> str:
    text = escape_label(str(path))
    return text if len(text) <= LONGEST_PATH else f"{text[: LONGEST_PATH // 2]}...{text[-LONGEST_PATH // 2 :]}"


def _archive_members(
    file: BinaryIO, name: str, limits: ImportLimits, should_stop: ShouldStop, encoding: str
) -> Members:
    try:
        file.seek(0)
        head = file.read(HEAD_BYTES) or b""
        kind = file_kind(head)
        if kind == "zip":
            return zip_members(file, name, limits, encoding)
        if kind in ("gzip", "tar"):
            return tar_members(file, name, limits, should_stop, encoding)
    except OSError as error:
        raise DatasetError(f"{name} can't be read: {error.strerror}. Copy it to another disk and try again.") from error
    raise DatasetError(
        f"Expected a zip of pictures in class folders. {name} is {kind_in_words(kind)}. Make a zip of the "
        "folders and choose that."
    )
