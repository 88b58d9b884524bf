"""The feature cache: the output of the frozen part of a network, computed once per picture and kept on disk.

A `FeatureSpace` is a folder for one way of computing features (backbone, weights, boundary, size, preprocessing,
decoder, and for augmented pictures the augmentation and its seed). A picture's features are found by the digest of its
file, so another head, more epochs or a data set with added pictures reuse what is there. Rows are written in shards:
first a memory-mapped array, then a list of digests beside it. A shard without its list doesn't exist, so a killed run
loses one shard at most and two runs can write at once.

Nothing on disk is trusted. The list holds a checksum of each row, which is compared when the row is first read: this
takes a second per gigabyte, whereas reading everything at each start would take a pass over the disk. Rows that don't
match and files that can't be read are treated as missing. So are folders deleted while in use: readers keep the files
they have mapped, writers create the folder again.
"""

import hashlib
import json
import mmap
import uuid
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from core.errors import RunError
from core.features.cache import ARRAY, KEY, LISTING, read_listing, write_listing
from core.files import durable

SHARD_BYTES = 64 * 1024**2
MAX_SHARD_ROWS = 1024
LAYOUT_VERSION = 1
# How often to write a shard that keeps being deleted before it can be mapped; after that it stays in memory.
ATTEMPTS = 5


class MissingRows(KeyError):  # noqa: N818 (not an error: the rows just have to be computed)
    """Rows that a space doesn't have, or no longer has.

    Attributes:
        digests: of the pictures whose rows are missing.
    """

    def __init__(self, digests: Sequence[str]) -> None:
        super().__init__(f"{len(digests)} rows are missing")
        self.digests = tuple(digests)


def space_name(key: Mapping[str, object]) -> str:
    """Returns the folder name of a way of computing."""
    text = json.dumps({**key, "layout": LAYOUT_VERSION}, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


@dataclass(eq=False)
class _Shard:
    """Rows on disk; a digest of None marks a dropped row.

    Attributes:
        listing: path of its list.
        digests: of the pictures, in the order of the rows.
        rows: `(len(digests), ...)`, memory-mapped.
        checksums: of the rows; None in a shard of an older version.
        num_bytes: size of its array's file.
        is_checked: which rows have been compared, `(len(digests),)`.
    """

    listing: Path
    digests: list[str | None]
    rows: np.ndarray
    checksums: list[int] | None
    num_bytes: int
    is_checked: np.ndarray

    @property
    def row_type(self) -> tuple[np.dtype, tuple[int, ...]]:
        return self.rows.dtype, self.rows.shape[1:]

    def has_shrunk(self) -> bool:
        """Returns whether the array's file was truncated, in which case reading the mapping would kill the process."""
        mapped = self.rows.base
        # The size of the mapped file itself, which stays whole even if its name is deleted or replaced.
        return isinstance(mapped, mmap.mmap) and mapped.size() < self.num_bytes

    def damaged(self, indices: np.ndarray, rows: np.ndarray) -> list[int]:
        """Returns the indices whose rows, just read, differ from what was written."""
        unchecked = np.flatnonzero(~self.is_checked[indices])
        if self.checksums is None:
            is_right = np.isfinite(rows[unchecked]).all(axis=tuple(range(1, rows.ndim)))
        else:
            is_right = [
                _checksum(self.digests[index], rows[number]) == self.checksums[index]
                for number, index in zip(unchecked, indices[unchecked], strict=True)
            ]
        is_right = np.array(is_right, bool)
        self.is_checked[indices[unchecked[is_right]]] = True
        return [int(index) for index in np.unique(indices[unchecked[~is_right]])]


@dataclass
class FeatureSpace:
    """Rows of features, one for each picture, by the pictures' digests.

    Attributes:
        folder: where its shards are.
        key: what the features depend on, stored beside them for inspection.
        damaged: digests whose rows on disk were found to be damaged.
        num_damaged_lists: how many shards were lost because their list is damaged.
    """

    folder: Path
    key: Mapping[str, object]
    damaged: set[str] = field(default_factory=set)
    num_damaged_lists: int = 0
    _locations: dict[str, tuple[_Shard, int]] = field(default_factory=dict)
    _shards: list[_Shard] = field(default_factory=list)
    _unusable: list[Path] = field(default_factory=list)

    @classmethod
    def open(
        cls,
        features: Path,
        key: Mapping[str, object],
        dtype: str | None = None,
        row_shape: tuple[int, ...] | None = None,
    ) -> "FeatureSpace":
        """Opens the space for a way of computing; it may be empty.

        Args:
            features: the folder of all spaces.
            key: everything the features depend on; JSON values.
            dtype: of its rows; by default that of most rows.
            row_shape: shape of a row; by default that of most rows.
        """
        space = cls(features / space_name(key), key)
        # The file's time says when the space was last used. On a full or read-only disk, reading still works.
        with suppress(OSError):
            space._write_key()
        for path in durable.paths_in(space.folder):
            if path.name.endswith(LISTING):
                space._load(path)
        space._settle(np.dtype(dtype) if dtype else None, row_shape)
        # Rows that another shard has too aren't lost.
        space.damaged -= space._locations.keys()
        return space

    def _write_key(self) -> None:
        durable.make_folder(self.folder)
        durable.write(self.folder / KEY, json.dumps(self.key, indent=1, default=str).encode())

    def _load(self, listing: Path) -> bool:
        """Loads a shard; returns whether it exists and can be used."""
        digests: list[str | None] = []
        try:
            listed = read_listing(listing)
            digests = listed.digests
            array = _array_path(listing)
            rows = np.lib.format.open_memmap(array, mode="r")
            if rows.ndim < 2 or len(rows) != len(digests):
                raise ValueError("an array that doesn't belong to its list")
            shard = _Shard(listing, digests, rows, listed.checksums, array.stat().st_size, np.zeros(len(rows), bool))
        except OSError:
            return False  # Just deleted, or not readable by this user: not damaged.
        except Exception:
            # NumPy raises all kinds of exceptions on a damaged header.
            self._unusable.append(listing)
            self.damaged.update(digest for digest in digests if digest is not None)
            self.num_damaged_lists += not digests
            return False
        self._add(shard)
        return True

    def _add(self, shard: _Shard) -> None:
        self._shards.append(shard)
        for index, digest in enumerate(shard.digests):
            if digest is not None:
                self._locations[digest] = (shard, index)

    def _settle(self, dtype: np.dtype | None, row_shape: tuple[int, ...] | None) -> None:
        """Drops shards whose rows have the wrong type; if the right one isn't known, it is that of most rows."""
        counts: Counter[tuple[np.dtype, tuple[int, ...]]] = Counter()
        for shard in self._shards:
            if dtype in (None, shard.rows.dtype) and row_shape in (None, shard.rows.shape[1:]):
                counts[shard.row_type] += len(shard.rows)
        right = counts.most_common(1)[0][0] if counts else None
        for shard in [shard for shard in self._shards if shard.row_type != right]:
            self._shards.remove(shard)
            self._unusable.append(shard.listing)
            self._forget(shard, range(len(shard.digests)))

    def _forget(self, shard: _Shard, indices: Sequence[int]) -> list[str]:
        """Drops damaged rows; returns the digests that have no row left."""
        lost = []
        for index in indices:
            digest = shard.digests[index]
            if digest is not None and self._locations.get(digest, (None, 0))[0] is shard:
                del self._locations[digest]
                lost.append(digest)
            shard.digests[index] = None
        self.damaged.update(lost)
        return lost

    def __contains__(self, digest: str) -> bool:
        return digest in self._locations

    def missing(self, digests: Sequence[str]) -> list[str]:
        """Returns the digests without a row, each once, in order. Doesn't read rows."""
        return [digest for digest in dict.fromkeys(digests) if digest not in self._locations]

    def check(self, digests: Sequence[str]) -> None:
        """Reads the existing rows of these pictures and drops damaged ones."""
        by_shard: dict[int, list[str]] = {}
        for digest in dict.fromkeys(digests):
            if digest in self._locations:
                by_shard.setdefault(id(self._locations[digest][0]), []).append(digest)
        for held in by_shard.values():
            with suppress(MissingRows):
                self.gather(held)

    def gather(self, digests: Sequence[str]) -> np.ndarray:
        """Returns rows `(len(digests), ...)` in the stored type.

        Raises:
            MissingRows: some digests have no row, or a damaged one, which is dropped.
        """
        if missing := self.missing(digests):
            raise MissingRows(missing)
        locations = [self._locations[digest] for digest in digests]
        numbers = {id(shard): shard for shard, _ in locations}
        owners = np.array([id(shard) for shard, _ in locations])
        indices = np.array([index for _, index in locations])
        dtype, shape = locations[0][0].row_type
        rows = np.empty((len(digests), *shape), dtype)
        lost: list[str] = []
        for number, shard in numbers.items():
            chosen = np.flatnonzero(owners == number)
            lost += self._read(shard, indices[chosen], rows, chosen)
        if lost:
            raise MissingRows(lost)
        return rows

    def _read(self, shard: _Shard, indices: np.ndarray, rows: np.ndarray, chosen: np.ndarray) -> list[str]:
        """Copies rows of a shard to their positions; returns the digests of damaged ones."""
        if shard.has_shrunk():
            with suppress(ValueError):  # another thread may have dropped it already
                self._shards.remove(shard)
            self._unusable.append(shard.listing)
            return self._forget(shard, range(len(shard.digests)))
        # The copy is compared, so that nothing can change it in between.
        copied = shard.rows[indices]
        rows[chosen] = copied
        damaged = shard.damaged(indices, copied)
        lost = self._forget(shard, damaged)
        if damaged:
            self._strike(shard)
        return lost

    def _strike(self, shard: _Shard) -> None:
        """Removes damaged rows from a shard's list, so that they aren't read again."""
        # If the list can't be written, they will be found and computed again.
        with suppress(OSError):
            if any(shard.digests):
                if shard.listing.exists():
                    write_listing(shard.listing, shard.digests, shard.checksums)
            else:
                _delete(shard.listing)

    def release(self) -> None:
        """Releases the memory that reading has filled; rows are read from disk again when needed."""
        for shard in self._shards:
            base = shard.rows.base
            if isinstance(base, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
                base.madvise(mmap.MADV_DONTNEED)

    def row_bytes(self) -> int:
        """Returns the size of one row; 0 if there is none."""
        return self._shards[0].rows[0].nbytes if self._shards else 0

    def write(self, batches: Iterator[tuple[Sequence[str], np.ndarray]]) -> None:
        """Writes rows in shards as they arrive.

        Args:
            batches: digests and their rows `(len(digests), ...)`.

        Raises:
            RunError: the disk is full, or can't be written.
        """
        digests: list[str] = []
        rows: list[np.ndarray] = []
        try:
            for batch_digests, batch_rows in batches:
                digests.extend(batch_digests)
                rows.append(batch_rows)
                if len(digests) >= MAX_SHARD_ROWS or len(digests) * batch_rows[0].nbytes >= SHARD_BYTES:
                    whole, digests, rows = (digests, rows), [], []
                    self._write_shard(*whole)
        finally:
            # What a stopped run has computed is kept: the next one continues from there.
            if digests:
                self._write_shard(digests, rows)
        self._delete_unusable()

    def _write_shard(self, digests: list[str], batches: list[np.ndarray]) -> None:
        rows = np.concatenate(batches)
        checksums = [_checksum(digest, row) for digest, row in zip(digests, rows, strict=True)]
        for _ in range(ATTEMPTS):
            listing = self.folder / f"{uuid.uuid4().hex}{LISTING}"
            try:
                if not (self.folder / KEY).exists():
                    self._write_key()
                with durable.writing(_array_path(listing)) as file:
                    # Given a real file, NumPy hides why a write failed.
                    np.save(SimpleNamespace(write=file.write), rows, allow_pickle=False)
                write_listing(listing, digests, checksums)
            except FileNotFoundError:
                continue  # The folder was deleted, which may happen at any time.
            except OSError as error:
                with suppress(OSError):
                    _delete(listing)
                raise self._explained(error) from error
            if self._load(listing):
                self._settle(rows.dtype, rows.shape[1:])
                return
        # The shard is deleted faster than the disk writes. This process continues with what is in memory.
        self._add(_Shard(listing, list(digests), rows, checksums, 0, np.ones(len(rows), bool)))

    def _explained(self, error: OSError) -> RunError:
        if durable.is_full(error):
            return RunError(
                f"The disk is full: no room for the features in {self.folder.parent}. "
                "Free some space, or choose a smaller image size, then start again."
            )
        reason = error.strerror or type(error).__name__
        return RunError(f"The features can't be written to {self.folder}: {reason}. Fix that, then start again.")

    def _delete_unusable(self) -> None:
        """Deletes unusable shards, now that their rows have been computed again."""
        for listing in self._unusable:
            # Windows keeps a file that is mapped.
            with suppress(OSError):
                _delete(listing)
        self._unusable.clear()


def _array_path(listing: Path) -> Path:
    return listing.with_name(listing.name.removesuffix(LISTING) + ARRAY)


def _delete(listing: Path) -> None:
    listing.unlink(missing_ok=True)
    _array_path(listing).unlink(missing_ok=True)


def _checksum(digest: str | None, row: np.ndarray) -> int:
    """Returns a checksum of a row, its type, its shape and its digest, so that swapped rows are noticed too."""
    return zlib.crc32(np.ascontiguousarray(row).data, zlib.crc32(f"{digest} {row.dtype.str} {row.shape}".encode()))


@dataclass(frozen=True)
class FeatureRows:
    """Features of one version of a list of pictures, read from memory if they fit, else from disk.

    Attributes:
        num_rows: number of pictures.
        read: takes indices into the list, returns their rows.
    """

    num_rows: int
    read: Callable[[np.ndarray], np.ndarray]


def rows_of(space: FeatureSpace, digests: Sequence[str], memory_bytes: int) -> FeatureRows:
    """Returns the rows of these pictures, in memory if they take at most `memory_bytes`.

    Raises:
        MissingRows: as `FeatureSpace.gather` does, now or when rows are read from disk.
    """
    if space.row_bytes() * len(digests) <= memory_bytes:
        rows = array_rows(space.gather(digests))
        # Otherwise they would be in memory twice.
        space.release()
        return rows
    return FeatureRows(len(digests), lambda indices: space.gather([digests[index] for index in indices]))


def array_rows(array: np.ndarray) -> FeatureRows:
    """Returns the rows of an array in memory."""
    return FeatureRows(len(array), lambda indices: array[indices])
