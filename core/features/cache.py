"""The feature cache as files: what is in it, and how it is kept small. `feature_space` reads and writes its rows.

A space is one way of computing features; a shard in it is an array and, beside it, a list of its pictures. A shard
without its list doesn't exist. So a space can be emptied, lists first, while others read it: processes that opened it
before keep the files they have mapped, later ones find fewer rows and compute them again. The space's folder stays, so
that writers can continue. Arrays that are being written have no list yet, so arrays without a list are left alone for
an hour.
"""

import json
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from core.files import durable
from core.settings import Settings

# A space used within this time may still be in use, by this or another process: it is only emptied on request.
IN_USE_SECONDS = 3600.0
KEY = "key.json"
LISTING = ".digests.json"
ARRAY = ".npy"


@dataclass(frozen=True)
class Listing:
    """The list of the pictures in a shard.

    Attributes:
        digests: of the pictures, in the order of the rows; None for a damaged row.
        checksums: of the rows; None in a list of an older version.
    """

    digests: list[str | None]
    checksums: list[int] | None


def read_listing(path: Path) -> Listing:
    """Reads a shard's list.

    Raises:
        OSError: it can't be read.
        ValueError, TypeError, RecursionError: it is damaged.
    """
    values = json.loads(path.read_bytes())
    # In the oldest version a list held nothing but digests.
    listing = Listing(**values) if isinstance(values, dict) else Listing(values, None)
    digests, checksums = listing.digests, listing.checksums
    if not isinstance(digests, list) or not all(digest is None or isinstance(digest, str) for digest in digests):
        raise ValueError("Expected a list of digests.")
    if checksums is not None and (not isinstance(checksums, list) or len(checksums) != len(digests)):
        raise ValueError("Expected a checksum for each digest.")
    return listing


def write_listing(path: Path, digests: Sequence[str | None], checksums: Sequence[int] | None) -> None:
    """Writes a shard's list atomically.

    Raises:
        OSError: it can't be written; the old list is unchanged.
    """
    durable.write(path, json.dumps({"digests": list(digests), "checksums": checksums}).encode())


@dataclass(frozen=True)
class CacheEntry:
    """What the cache holds for one way of computing features.

    Attributes:
        name: of its folder.
        backbone: name of the network; empty for plain pixels.
        boundary: name of the point in the network that the features come from.
        image_size: side of the pictures in pixels; 0 if unknown.
        view: number of the augmented version of the pictures; 0 for the originals.
        num_pictures: how many pictures have features here.
        num_bytes: size on disk.
        last_used: when it was last opened or written, in seconds since 1970.
    """

    name: str
    backbone: str
    boundary: str
    image_size: int
    view: int
    num_pictures: int
    num_bytes: int
    last_used: float


def cache_summary(settings: Settings) -> list[CacheEntry]:
    """Returns what the cache holds, most recently used first."""
    entries = [_entry(folder) for folder in _spaces(settings)]
    return sorted((entry for entry in entries if entry.num_bytes), key=lambda entry: entry.last_used, reverse=True)


def clear_cache(settings: Settings) -> int:
    """Empties the cache, including what was just used. No run may be active.

    Returns:
        How many bytes were freed.
    """
    return sum(_empty(folder) for folder in _spaces(settings))


def evict(settings: Settings, limit_bytes: int, keep: Collection[str] = ()) -> list[CacheEntry]:
    """Empties the least recently used spaces until the cache is small enough.

    Spaces used within the last hour stay, so the cache may remain larger than the limit. Leftovers of killed processes
    are removed from all spaces.

    Args:
        settings: where the cache is.
        limit_bytes: how large it may be.
        keep: names of spaces to leave alone, however long ago they were used.

    Returns:
        The emptied spaces.
    """
    entries = cache_summary(settings)
    too_many = sum(entry.num_bytes for entry in entries) - limit_bytes
    evicted = []
    for entry in reversed(entries):
        if too_many <= 0:
            break
        if entry.name in keep or entry.last_used > time.time() - IN_USE_SECONDS:
            continue
        too_many -= _empty(settings.features / entry.name)
        evicted.append(entry)
    for folder in _spaces(settings):
        _sweep(folder)
    return evicted


@dataclass(frozen=True)
class _File:
    path: Path
    num_bytes: int
    modified: float


def _spaces(settings: Settings) -> Iterator[Path]:
    yield from (path for path in durable.paths_in(settings.features) if path.is_dir())


def _files(folder: Path) -> list[_File]:
    """Returns a space's files, skipping any that vanish meanwhile."""
    found = []
    for path in durable.paths_in(folder):
        with suppress(OSError):
            facts = path.stat()
            found.append(_File(path, facts.st_size, facts.st_mtime))
    return found


def _entry(folder: Path) -> CacheEntry:
    key = _key(folder)
    files = _files(folder)
    return CacheEntry(
        name=folder.name,
        backbone=str(key.get("backbone", "")),
        boundary=str(key.get("boundary", "unknown")),
        image_size=_whole(key.get("image_size")),
        view=_whole(key.get("view")),
        num_pictures=_num_pictures(files),
        num_bytes=sum(file.num_bytes for file in files if file.path.name != KEY),
        # The key is rewritten when the space is opened.
        last_used=max((file.modified for file in files), default=0.0),
    )


def _key(folder: Path) -> dict[str, object]:
    try:
        key = json.loads((folder / KEY).read_text())
    except (OSError, ValueError):
        return {}
    return key if isinstance(key, dict) else {}


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _num_pictures(files: list[_File]) -> int:
    digests: set[str | None] = set()
    for file in files:
        if file.path.name.endswith(LISTING):
            with suppress(OSError, ValueError, TypeError, RecursionError):
                digests.update(read_listing(file.path).digests)
    return len(digests - {None})


def _empty(folder: Path) -> int:
    """Deletes a space's shards and the leftovers of ended processes; returns how many bytes were freed."""
    files = [file for file in _files(folder) if file.path.name != KEY]
    lists = [file for file in files if file.path.name.endswith(LISTING)]
    listed = {file.path.name.removesuffix(LISTING) for file in lists}
    arrays = [file for file in files if file not in lists and file.path.stem in listed]
    return _delete([*lists, *arrays]) + _sweep(folder)


def _sweep(folder: Path) -> int:
    """Deletes half-written files of ended processes; returns how many bytes were freed."""
    files = [file for file in _files(folder) if file.path.name != KEY and not file.path.name.endswith(LISTING)]
    paths = [path for path in durable.paths_in(folder) if path.name.endswith(LISTING)]
    listed = {path.name.removesuffix(LISTING) for path in paths}
    old = time.time() - IN_USE_SECONDS
    return _delete([file for file in files if file.path.stem not in listed and file.modified < old])


def _delete(files: Sequence[_File]) -> int:
    freed = 0
    for file in files:
        # Windows keeps a file that is mapped; without its list it is removed another time.
        with suppress(OSError):
            file.path.unlink()
            freed += file.num_bytes
    return freed
