"""Which pictures are copies of each other: the same file, or nearly the same picture.

Perceptual hashes find the candidates; small thumbnails and their colours decide. How close two thumbnails must be
depends on the data set: handwritten digits naturally look much more alike than photographs.
"""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from core.datasets.sample import Sample
from core.progress import Progress

# How many of 64 bits the hashes of two copies may differ by. Saving again, resizing, brightening and cropping 2 % of
# each side change at most 10 in nearly all photographs; of 404,550 pairs of different ones, none are that close.
MAX_BITS = 10
# Up to this many pictures, all pairs are compared. Above, only pairs that share one of 8 parts of their hash, which
# finds all pairs that differ by up to 7 bits, and 9 of 10 that differ by 10.
EVERY_PAIR = 30_000
PARTS = 8
# How much is compared at once: rows by columns of hashes, and pairs of thumbnails. Some 50 MB.
ROWS, COLUMNS, PAIRS = 128, 32_768, 8_192
# How much colours may differ, out of 255: root mean square, and largest difference. Brightening by 15 %
# makes 10 and 20 at most; a traffic light's change 14 and 100 even where the lamp is small.
MAX_COLOUR, MAX_COLOUR_ANYWHERE = 16, 48
# Thumbnails' distance, 0-2, is 1 - their correlation.
LARGEST_DISTANCE, SMALLEST_DISTANCE = 0.12, 0.004
# Below the first number, similarity within the data set is hard to estimate, so only certain copies count; below the
# second, none do.
FEW, LARGEST_OF_FEW, TOO_FEW = 100, 0.012, 20
ANCHORS, OTHERS = 1000, 20_000
# The near neighbour is at most the fifth, because a picture may have four copies.
MOST_NEAR = 5
# Orders of magnitude by which a chance neighbour must be rarer. The hashes make it rarer still.
TENFOLDS = 2.5
# Pictures with less contrast can't be compared: their hashes and thumbnails are noise.
MIN_CONTRAST = 8


def group_duplicates(samples: Sequence[Sample], rows: np.ndarray, progress: Progress) -> tuple[str, ...]:
    """Finds which pictures are copies of each other. A copy of a copy counts as a copy.

    Pictures that already have the same `Sample.group` stay together and keep its name, so that a version of a data set
    holds out the same pictures as its parent.

    Args:
        samples: the pictures.
        rows: their looks, array of dtype `looks.ROW` in the same order.
        progress: checked now and then for a request to stop.

    Returns:
        For each sample the name of its group, the smallest digest in it; empty for one that never had a copy.

    Raises:
        Stopped: the user asked to stop.
    """
    _, first, owner = np.unique(rows["digest"], return_index=True, return_inverse=True)
    families = _near_duplicates(rows[first], progress)[owner]
    families = _with_known(families, samples)
    names: dict[int, tuple[bool, str]] = {}
    for family, sample in zip(families.tolist(), samples, strict=True):
        name = (not sample.group, sample.group or sample.digest)  # an existing name comes first
        names[family] = min(names.get(family, name), name)
    size = np.bincount(families)
    return tuple(
        names[family][1] if size[family] > 1 else sample.group
        for family, sample in zip(families.tolist(), samples, strict=True)
    )


def _with_known(families: np.ndarray, samples: Sequence[Sample]) -> np.ndarray:
    """Returns the families after merging those of samples with the same group."""
    first: dict[str, int] = {}
    links = [(index, first.setdefault(sample.group, index)) for index, sample in enumerate(samples) if sample.group]
    return _unite(families, families[np.array(links, int).reshape(-1, 2)])


def _near_duplicates(rows: np.ndarray, progress: Progress) -> np.ndarray:
    """Returns the family number of each row, from 0; near copies share one."""
    families = np.arange(len(rows))
    usable = np.flatnonzero(rows["contrast"] > MIN_CONTRAST)
    hashes = rows["perceptual_hash"]
    reach = duplicate_distance(rows["thumbnail"][usable])
    for bucket in _buckets(hashes[usable]):
        indices = usable[bucket]
        for start in range(0, len(indices), ROWS):
            if (families[indices[start:]] == families[indices[start]]).all():
                break
            for pairs in _alike(hashes, indices, start):
                families = _join(families, pairs, rows, reach)
            progress.advance(0)
    return families


def duplicate_distance(thumbnails: np.ndarray) -> float:
    """Returns how far apart two thumbnails may be to count as the same picture.

    The distances to a near neighbour and to one of ten times its rank show how fast neighbours thin out towards a
    picture. Extrapolated, they give the distance at which hardly any picture has a neighbour by chance (the power law
    of nearest neighbours, Levina and Bickel 2004, "Maximum likelihood estimation of intrinsic dimension").

    Args:
        thumbnails: `uint8` array of shape `(num_pictures, THUMBNAIL_BYTES)`.
    """
    count = len(thumbnails)
    largest = LARGEST_OF_FEW if count < FEW else LARGEST_DISTANCE
    if count < TOO_FEW:
        return largest
    near = min(max(count // 100, 1), MOST_NEAR)
    wanted = (near, 10 * near)
    others = _directions(thumbnails[:: -(-count // OTHERS)])
    anchors = others[:: -(-len(others) // ANCHORS)]
    found = []
    for start in range(0, len(anchors), ROWS):
        distances = 1 - anchors[start : start + ROWS] @ others.T
        found.append(np.partition(distances, wanted, axis=1)[:, wanted])
    close, far = np.median(np.concatenate(found), axis=0)
    if far <= 0:
        return SMALLEST_DISTANCE
    tenfolds = 1 + TENFOLDS + math.log10(count / len(others))
    return float(np.clip(far * (max(close, 0.0) / far) ** tenfolds, SMALLEST_DISTANCE, largest))


def similarity(rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Returns how similar pictures look, -1 to 1: the correlation of the thumbnails of each row and its counterpart."""
    return np.einsum("ij,ij->i", _directions(rows["thumbnail"]), _directions(others["thumbnail"]))


def _is_alike(rows: np.ndarray, others: np.ndarray, reach: float) -> np.ndarray:
    """Returns whether each row and its counterpart show the same picture."""
    difference = rows["colours"].astype(np.float32) - others["colours"]
    has_its_colours = np.square(difference).mean(axis=1) <= MAX_COLOUR**2
    has_its_colours &= abs(difference).max(axis=1) <= MAX_COLOUR_ANYWHERE
    return has_its_colours & (1 - similarity(rows, others) <= reach)


def _directions(thumbnails: np.ndarray) -> np.ndarray:
    """Returns thumbnails as `float32` vectors of length 1, so that brightness and contrast don't matter."""
    vectors = thumbnails.astype(np.float32)
    vectors -= vectors.mean(axis=1, keepdims=True)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
    return vectors


def _buckets(hashes: np.ndarray) -> Iterator[np.ndarray]:
    """Yields sets of indices; any two possible copies are in one of them together."""
    if len(hashes) <= EVERY_PAIR:
        yield np.arange(len(hashes))
        return
    for part in range(PARTS):
        values = (hashes >> np.uint64(8 * part)) & np.uint64(0xFF)
        order = np.argsort(values, kind="stable")
        yield from np.split(order, np.flatnonzero(np.diff(values[order])) + 1)


def _alike(hashes: np.ndarray, bucket: np.ndarray, start: int) -> Iterator[np.ndarray]:
    """Yields pairs `(pairs, 2)` with close hashes, of one of the `ROWS` indices from `start` and a later one."""
    rows = bucket[start : start + ROWS]
    for left in range(start, len(bucket), COLUMNS):
        columns = bucket[left : left + COLUMNS]
        bits = np.bitwise_count(hashes[rows][:, None] ^ hashes[columns])
        pairs = np.argwhere(bits <= MAX_BITS)
        pairs = pairs[pairs[:, 0] + start < pairs[:, 1] + left]
        yield np.stack([rows[pairs[:, 0]], columns[pairs[:, 1]]], axis=1)


def _join(families: np.ndarray, pairs: np.ndarray, rows: np.ndarray, reach: float) -> np.ndarray:
    """Returns the families after merging those of pairs that look alike."""
    while len(pairs):
        # Members of the same family need no comparing: of a thousand copies, each is compared with the first.
        pairs = pairs[families[pairs[:, 0]] != families[pairs[:, 1]]]
        now, pairs = pairs[:PAIRS], pairs[PAIRS:]
        families = _unite(families, families[now[_is_alike(rows[now[:, 0]], rows[now[:, 1]], reach)]])
    return families


def _unite(families: np.ndarray, links: np.ndarray) -> np.ndarray:
    """Returns the families after merging each linked pair of them, `(links, 2)`."""
    if not len(links):
        return families
    from scipy.sparse import coo_array  # takes a sixth of a second to import
    from scipy.sparse.csgraph import connected_components

    size = families.max() + 1
    graph = coo_array((np.ones(len(links), bool), (links[:, 0], links[:, 1])), (size, size))
    return connected_components(graph, directed=False)[1][families]
