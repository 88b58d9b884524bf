"""Statistics of how pictures look, a few numbers each: enough to find copies and faults without decoding them again.

They are stored in the data set's folder by the pictures' digests, so versions of the data set can reuse them.
"""

import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from tokenize import TokenError
from zipfile import BadZipFile

import imagehash
import numpy as np
from PIL import Image, ImageChops

from core.datasets.index import DatasetIndex
from core.datasets.sample import Sample
from core.files import durable
from core.images.decoder_threads import decoder_threads
from core.images.decoding import PictureError, open_picture
from core.progress import Progress

STATISTICS_NAME = "looks.npz"
STATISTICS_FORMAT = 1
# What NumPy raises for a damaged `npz`, depending on where the damage is.
UNREADABLE_ARRAYS = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    EOFError,
    BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    MemoryError,
    OverflowError,
    struct.error,
    SyntaxError,
    TokenError,
)
# Faults are judged at about the input size of networks: what can't be seen there doesn't matter.
SIDE = 256
THUMBNAIL_SIDE, COLOURS_SIDE = 16, 8
THUMBNAIL_BYTES, COLOURS_BYTES = THUMBNAIL_SIDE**2, COLOURS_SIDE**2 * 2
DIGEST = "S64"
ROW = np.dtype(
    [
        ("digest", DIGEST),
        ("perceptual_hash", "u8"),
        ("thumbnail", "u1", (THUMBNAIL_BYTES,)),
        ("colours", "u1", (COLOURS_BYTES,)),
        ("brightness", "f4"),
        ("darkest", "f4"),
        ("brightest", "f4"),
        ("contrast", "f4"),
        ("edge", "f4"),
        ("sharpness", "f4"),
    ]
)
# Distance of the pixels that neighbouring pixels are compared with. On a smooth slope, neighbours differ by a quarter
# of what pixels four apart do; at a sharp edge by nearly as much.
STEP = 4
FLAT = 1 / STEP
# Share of pixels that count as the strongest edges. Pixels further apart have an edge between them more often.
STRONGEST = 0.0025


@dataclass(frozen=True)
class ImageStatistics:
    """How one picture looks. Brightness is 0-255, of a copy at most 256 pixels wide and high.

    Attributes:
        perceptual_hash: 64 bits that hardly change when the picture is resized or saved again (imagehash's phash).
        thumbnail: 16 x 16 shades of gray, as bytes.
        colours: blue and red against gray (YCbCr) of 8 x 8 pixels each, as bytes.
        brightness: mean.
        darkest: first percentile of brightness.
        brightest: 99th percentile of brightness.
        contrast: from the darkest to the brightest pixel, without the outermost 0.5 %.
        edge: how much neighbouring pixels differ at the strongest edges.
        sharpness: `edge` as a share of how much pixels four apart differ there: 0.25 for smooth slopes, about 0.7 in a
            photograph, 1 for hard edges.
    """

    perceptual_hash: int
    thumbnail: bytes
    colours: bytes
    brightness: float
    darkest: float
    brightest: float
    contrast: float
    edge: float
    sharpness: float


def measure(image: Image.Image) -> ImageStatistics:
    """Returns the statistics of a picture.

    Args:
        image: decoded, of mode `RGB`. It may be reduced, as long as each side has `SIDE` pixels.
    """
    gray = image.convert("L")
    gray.thumbnail((SIDE, SIDE), Image.Resampling.BOX)
    shades = np.array(gray.histogram())
    low, darkest, brightest, high = _quantiles(shades, (0.005, 0.01, 0.99, 0.995))
    small = image.resize((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.BOX).convert("YCbCr")
    _, *colours = small.resize((COLOURS_SIDE, COLOURS_SIDE), Image.Resampling.BOX).split()
    edge, step = _strongest_difference(gray, 1), _strongest_difference(gray, STEP)
    return ImageStatistics(
        perceptual_hash=int.from_bytes(np.packbits(imagehash.phash(gray).hash).tobytes()),
        thumbnail=small.getchannel("Y").tobytes(),
        colours=b"".join(colour.tobytes() for colour in colours),
        brightness=float(shades @ np.arange(256) / shades.sum()),
        darkest=darkest,
        brightest=brightest,
        contrast=high - low,
        edge=edge,
        sharpness=edge / step if step else FLAT,
    )


def pack(digests: Iterable[str], all_statistics: Iterable[ImageStatistics]) -> np.ndarray:
    """Returns statistics as one array.

    Returns:
        Structured array of dtype `ROW` in the order of the digests.
    """
    rows = [
        (digest.encode(), *map(_entry, astuple(statistics)))
        for digest, statistics in zip(digests, all_statistics, strict=True)
    ]
    return np.array(rows, ROW)


def write_statistics(dataset: DatasetIndex, rows: np.ndarray) -> None:
    """Writes statistics into the data set's folder, atomically.

    Args:
        dataset: the data set.
        rows: array of dtype `ROW`, in any order.
    """
    with durable.writing(dataset.folder / STATISTICS_NAME) as file:
        np.savez(file, format=STATISTICS_FORMAT, rows=rows)


def read_statistics(dataset: DatasetIndex) -> np.ndarray:
    """Returns the statistics in the data set's folder, in no particular order; none if they can't be read.

    Returns:
        Structured array of dtype `ROW`. It may include pictures that aren't in the data set.
    """
    try:
        with np.load(dataset.folder / STATISTICS_NAME, allow_pickle=False) as arrays:
            rows = arrays["rows"]
            if arrays["format"] == STATISTICS_FORMAT and rows.dtype == ROW and rows.ndim == 1:
                return rows
    except UNREADABLE_ARRAYS:
        pass  # they can be measured again
    return np.empty(0, ROW)


def look_over(dataset: DatasetIndex, progress: Progress) -> np.ndarray:
    """Returns the statistics of a data set's pictures. Missing ones are measured and stored.

    Args:
        dataset: the data set.
        progress: advanced by each picture.

    Returns:
        Structured array of dtype `ROW`, one row per sample, in order. A picture damaged on disk since its import gets
        the statistics of a blank one.

    Raises:
        Stopped: the user asked to stop. Nothing was stored.
    """
    rows = read_statistics(dataset)
    known = set(rows["digest"].tolist())
    missing = {sample.digest: sample for sample in dataset.samples if sample.digest.encode() not in known}
    progress.advance(len(dataset.samples) - len(missing))
    if missing:
        rows = np.concatenate([rows, pack(missing, _measure_files(dataset, missing.values(), progress))])
        with suppress(OSError):  # without them, the next audit just takes longer
            write_statistics(dataset, rows)
    return align(dataset.samples, rows)


def align(samples: Sequence[Sample], rows: np.ndarray) -> np.ndarray:
    """Returns the row of each sample, in order.

    Raises:
        KeyError: a sample has none.
    """
    place = {digest: number for number, digest in enumerate(rows["digest"].tolist())}
    return rows[[place[sample.digest.encode()] for sample in samples]]


def _measure_files(dataset: DatasetIndex, samples: Iterable[Sample], progress: Progress) -> Iterator[ImageStatistics]:
    pool = decoder_threads("looks")
    try:
        for statistics in pool.map(_measure_file, map(dataset.picture_path, samples)):
            progress.advance()
            yield statistics
    finally:
        pool.shutdown(cancel_futures=True)


def _measure_file(path: Path) -> ImageStatistics:
    try:
        return measure(open_picture(path, draft_side=SIDE))
    except PictureError:
        return measure(Image.new("RGB", (SIDE, SIDE)))


def _entry(value: int | float | bytes) -> int | float | np.ndarray:
    return np.frombuffer(value, np.uint8) if isinstance(value, bytes) else value


def _quantiles(histogram: np.ndarray, shares: Sequence[float]) -> list[float]:
    """Returns the values below which these shares of a histogram's entries are."""
    below = np.cumsum(histogram)
    return [float(np.searchsorted(below, share * below[-1])) for share in shares]


def _strongest_difference(gray: Image.Image, step: int) -> float:
    """Returns how much pixels one step apart differ at the strongest edges, in the direction with the stronger ones."""
    width, height = gray.size
    pairs = [
        (gray.crop((step, 0, width, height)), gray.crop((0, 0, width - step, height))) if width > step else None,
        (gray.crop((0, step, width, height)), gray.crop((0, 0, width, height - step))) if height > step else None,
    ]
    histograms = [ImageChops.difference(*pair).histogram() for pair in pairs if pair]
    return max((_mean_of_largest(histogram, STRONGEST * step) for histogram in histograms), default=0.0)


def _mean_of_largest(histogram: list[int], share: float) -> float:
    counts = np.array(histogram[::-1], float)
    wanted = max(counts.sum() * share, 1.0)
    taken = np.diff(np.minimum(np.cumsum(counts), wanted), prepend=0.0)
    return float(taken @ np.arange(255, -1, -1) / wanted)
