"""The feature cache: what leaves the frozen part of a network, computed once a picture and kept on disk.

A `FeatureSpace` is a folder that belongs to one way of computing (backbone, weights, boundary, size, preprocessing,
decoder, and for a changed picture the augmentation and its seed). In it a picture's features are found by the digest of
its file, so another head, more epochs or a data set with pictures added use what is there. Numbers are written in
shards: an array that is memory-mapped, then a list of digests beside it. A shard without its list doesn't exist, so a
killed run loses one shard at most and two runs can write at once.
"""

import errno
import hashlib
import json
import mmap
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from core import durable
from core.errors import RunError

SHARD_BYTES = 64 * 1024**2
MAX_SHARD_ROWS = 1024
LAYOUT_VERSION = 1


def space_name(key: Mapping[str, object]) -> str:
    """Returns the folder name of a way of computing."""
    text = json.dumps({**key, "layout": LAYOUT_VERSION}, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


@dataclass
class FeatureSpace:
    """Rows of numbers, one for each picture, under the pictures' digests.

    Attributes:
        folder: where its shards are.
        key: what its numbers depend on, kept beside them for the person who looks.
    """

    folder: Path
    key: Mapping[str, object]
    _places: dict[str, tuple[int, int]] = field(default_factory=dict)
    _shards: list[np.ndarray] = field(default_factory=list)

    @classmethod
    def open(cls, features: Path, key: Mapping[str, object]) -> "FeatureSpace":
        """Opens, or begins, the space of a way of computing.

        Args:
            features: the folder of all spaces.
            key: everything its numbers depend on; JSON values.
        """
        space = cls(features / space_name(key), key)
        space.folder.mkdir(parents=True, exist_ok=True)
        durable.write(space.folder / "key.json", json.dumps(key, indent=1, default=str).encode())
        for listing in sorted(space.folder.glob("*.digests.json")):
            space._add(listing)
        return space

    def _add(self, listing: Path) -> None:
        try:
            digests = json.loads(listing.read_text())
            rows = np.load(_array_path(listing), mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError):
            return  # A shard that can't be read is computed again.
        if len(rows) != len(digests):
            return
        for row, digest in enumerate(digests):
            self._places[digest] = (len(self._shards), row)
        self._shards.append(rows)

    def __contains__(self, digest: str) -> bool:
        return digest in self._places

    def missing(self, digests: Sequence[str]) -> list[str]:
        """Returns the digests that have no row yet, each once, in their order."""
        return [digest for digest in dict.fromkeys(digests) if digest not in self._places]

    def gather(self, digests: Sequence[str]) -> np.ndarray:
        """Returns rows `(len(digests), ...)` in the stored type.

        Raises:
            KeyError: a digest has no row.
        """
        places = np.array([self._places[digest] for digest in digests])
        first = self._shards[places[0, 0]]
        rows = np.empty((len(digests), *first.shape[1:]), first.dtype)
        for shard in np.unique(places[:, 0]):
            chosen = np.flatnonzero(places[:, 0] == shard)
            rows[chosen] = self._shards[shard][places[chosen, 1]]
        return rows

    def release(self) -> None:
        """Gives back the memory that reading has filled; what is on disk is read again when it is needed."""
        for shard in self._shards:
            if isinstance(shard.base, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
                shard.base.madvise(mmap.MADV_DONTNEED)

    def row_bytes(self) -> int:
        """Returns the size of one row; 0 while there is none."""
        return self._shards[0][0].nbytes if self._shards else 0

    def write(self, batches: Iterator[tuple[Sequence[str], np.ndarray]]) -> None:
        """Writes rows in shards as they come.

        Args:
            batches: digests and their rows `(len(digests), ...)`.

        Raises:
            RunError: the disk is full.
        """
        digests: list[str] = []
        rows: list[np.ndarray] = []
        try:
            for batch_digests, batch_rows in batches:
                digests.extend(batch_digests)
                rows.append(batch_rows)
                if len(digests) >= MAX_SHARD_ROWS or len(digests) * batch_rows[0].nbytes >= SHARD_BYTES:
                    self._write_shard(digests, rows)
                    digests, rows = [], []
        finally:
            # What a stopped run has computed is kept: the next one goes on from there.
            if digests:
                self._write_shard(digests, rows)

    def _write_shard(self, digests: list[str], rows: list[np.ndarray]) -> None:
        name = uuid.uuid4().hex
        listing = self.folder / f"{name}.digests.json"
        array = _array_path(listing)
        try:
            with durable.writing(array) as file:
                np.save(file, np.concatenate(rows), allow_pickle=False)
            durable.write(listing, json.dumps(digests).encode())
        except OSError as error:
            array.unlink(missing_ok=True)
            if error.errno != errno.ENOSPC:
                raise
            raise RunError(
                f"The disk is full: no room for the features in {self.folder.parent}. "
                "Free some space, or choose a smaller image size, then start again."
            ) from error
        self._add(listing)


def _array_path(listing: Path) -> Path:
    return listing.with_name(listing.name.replace(".digests.json", ".npy"))


@dataclass(frozen=True)
class Rows:
    """Numbers of one version of a list of pictures, read from memory where they fit, else from disk.

    Attributes:
        num_rows: how many pictures.
        read: takes places in the list, returns their rows.
    """

    num_rows: int
    read: Callable[[np.ndarray], np.ndarray]


def rows_of(space: FeatureSpace, digests: Sequence[str], memory_bytes: int) -> Rows:
    """Returns the rows of these pictures, in memory where they take at most `memory_bytes`."""
    if space.row_bytes() * len(digests) <= memory_bytes:
        rows = array_rows(space.gather(digests))
        # They would be in memory twice.
        space.release()
        return rows
    return Rows(len(digests), lambda places: space.gather([digests[place] for place in places]))


def array_rows(array: np.ndarray) -> Rows:
    """Returns the rows of an array in memory."""
    return Rows(len(array), lambda places: array[places])
