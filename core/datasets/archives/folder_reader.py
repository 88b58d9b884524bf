"""The files of a folder on this machine. Links aren't followed, so nothing outside the folder gets in."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from core.datasets.archives.members import CHUNK_BYTES, DamagedMember, Member, Members, may_be_taken
from core.datasets.archives.unmarked_names import UTF8, NameEncoding, Names, find_encoding
from core.datasets.names import has_picture_name
from core.errors import DatasetError, Stopped
from core.files.encodings import fits
from core.files.user_files import Found, open_file, walk
from core.images.signatures import HEAD_BYTES, picture_format
from core.progress import ShouldStop, never_stop
from core.settings import ImportLimits

# Ratio of all files to the possible pictures among them. It only keeps the search from taking hours.
MOST_LOOKED_AT = 10
FILES_BETWEEN_LOOKS = 1000


def folder_members(
    folder: Path, limits: ImportLimits, should_stop: ShouldStop = never_stop, encoding: str = ""
) -> Members:
    """Returns the files of a folder and its folders, in the order of their names.

    Only possible pictures count towards the limits. Nothing is kept in memory: the folder is walked twice.
    Names that aren't UTF-8, as left by some programs that unpack old archives, are read like names in archives.

    Args:
        folder: the folder.
        limits: what it may hold.
        should_stop: asked now and then while files are counted.
        encoding: encoding of names that aren't UTF-8; guessed by default.

    Raises:
        DatasetError: there are more files than allowed, or the folder can't be read.
        Stopped: `should_stop` said so.
    """
    num_files = num_taken = num_bytes = 0
    names = Names()
    try:
        for found in walk(folder):
            num_files += 1
            names.add(_raw_name(found))
            num_taken += may_be_taken(found.name, found.problem)
            num_bytes += _claimed_bytes(found, limits)
            if num_taken > limits.entries or num_files > MOST_LOOKED_AT * limits.entries:
                most = limits.entries if num_taken > limits.entries else MOST_LOOKED_AT * limits.entries
                raise DatasetError(f"{folder.name} holds more than {most:,} files. Split it into smaller data sets.")
            if num_files % FILES_BETWEEN_LOOKS == 0 and should_stop():
                raise Stopped
    except OSError as error:
        raise DatasetError(
            f"The folder {folder} can't be looked into: {error.strerror}. Check its path and its permissions."
        ) from error
    odd = [raw for raw in names.collected if not fits(raw, UTF8)]
    found_encoding = find_encoding(names.collected, encoding, folder.name) if odd else NameEncoding()
    receipt = found_encoding.receipt(folder.name, sorted(odd))
    return Members(num_files, num_bytes, map(partial(_member, found_encoding), walk(folder)), receipt=receipt)


def _claimed_bytes(found: Found, limits: ImportLimits) -> int:
    """Returns how much of an import's limit a file takes. Sizes in a folder can be trusted."""
    if found.size > limits.entry_bytes or not may_be_taken(found.name, found.problem):
        return 0
    return found.size if has_picture_name(found.name) or begins_like_a_picture(found.path) else 0


def begins_like_a_picture(path: Path) -> bool:
    """Whether a file can be read and begins like a picture."""
    try:
        with open_file(path) as file:
            return bool(picture_format(file.read(HEAD_BYTES) or b""))
    except OSError:
        return False


def _raw_name(found: Found) -> bytes:
    """Returns a name as the system stores it; empty where that isn't bytes, as on Windows."""
    try:
        return found.name.encode(UTF8, "surrogateescape")
    except UnicodeEncodeError:
        return b""


def _member(encoding: NameEncoding, found: Found) -> Member:
    name, problem = found.name, None
    if encoding.codec != UTF8 and (raw := _raw_name(found)):
        name, problem = encoding.decode(raw)
    return Member(name, found.size, 0, found.problem or problem, partial(file_chunks, found.path))


def file_chunks(path: Path, follow_links: bool = False) -> Iterator[bytes]:
    """Yields the bytes of a file, `CHUNK_BYTES` or fewer at a time.

    Raises:
        DamagedMember: it can't be read, or is no longer a file.
    """
    try:
        with open_file(path, follow_links) as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk
    except OSError as error:
        raise DamagedMember("unreadable", why=error.strerror) from error
