"""Pictures that are hard to learn from because of how they look: blank, tiny, dark, bright, blurry, oddly shaped.

A picture is flagged if it is both outside what a network can use and far from the others: handwritten digits are
naturally soft, drawings on white paper are bright. Limits were chosen on 900 photographs of pets and the built-in
samples, of which fewer than 1 in 100 are flagged.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.datasets.index import DatasetIndex
from core.datasets.quality.image_statistics import FLAT
from core.datasets.quality.issues import Issue
from core.wording.coded import Reason

# Out of 255 levels. A plain colour saved as JPEG has up to 3, with camera noise up to 12; the dullest photograph of 900
# has 111. In the dark, 12 levels may be all that a picture has.
PLAIN_CONTRAST, NOISE_CONTRAST, PLAIN_COLOURS = 4, 12, 8
TINY_SIDE = 48
# Photographs of pets at 15 % of their brightness stay below DARK_AT_MOST; the darkest of 900 reaches 108.
DARK_AT_MOST, DARK_MEAN = 45, 8
BRIGHT_AT_LEAST, BRIGHT_MEAN = 200, 240
# With a Gaussian blur of 3 pixels all photographs are below, with 2 pixels half of them; without blur, 2 of 900 are.
BLURRY = 0.4
# Blurred noise has no edge of this many levels, while photographs have 18 and more, and no sharp ones.
FAINT_EDGE, FAINT_BLURRY = 6, 0.6
ODD_RATIO = 3.0
# How far below the lower quartile a value is unusual, in quartile ranges of its logarithm (Tukey 1977).
FENCE = 1.5
# A class with fewer pictures says nothing about what is usual in it.
SMALLEST_CLASS = 8
WHITE = 255


@dataclass(frozen=True, eq=False)
class _Gallery:
    """A data set's pictures as columns: statistics, upright width and height, and class."""

    rows: np.ndarray
    sizes: np.ndarray
    labels: np.ndarray

    @property
    def short_sides(self) -> np.ndarray:
        return self.sizes.min(axis=1)

    @cached_property
    def classes(self) -> list[np.ndarray]:
        """Indices of the pictures of each non-empty class."""
        order = np.argsort(self.labels, kind="stable")
        return np.split(order, np.flatnonzero(np.diff(self.labels[order])) + 1)

    @cached_property
    def stretch(self) -> np.ndarray:
        """How many times as wide as tall, or as tall as wide, relative to the usual shape."""
        shape = np.log(self.sizes[:, 0] / self.sizes[:, 1])
        distance = abs(shape - np.median(shape))
        for own in self.classes:
            distance[own] = np.minimum(distance[own], abs(shape[own] - np.median(shape[own])))
        return np.exp(distance)


def check_pictures(dataset: DatasetIndex, rows: np.ndarray) -> list[Issue]:
    """Returns the issues of single pictures by their looks, in no particular order.

    Args:
        dataset: the data set.
        rows: looks of its pictures, array of dtype `looks.ROW` in their order.
    """
    samples = dataset.samples
    sizes = np.array([(sample.width, sample.height) for sample in samples], float).reshape(-1, 2)
    gallery = _Gallery(rows, sizes, np.array([sample.label for sample in samples], int))
    issues = []
    is_explained = np.zeros(len(samples), bool)
    for kind, (find, describe) in FINDERS.items():
        scores = find(gallery)
        if kind in BY_LIGHT:  # a dark picture isn't sharp either: the first kind is enough
            scores = np.where(is_explained, 0, scores)
            is_explained |= scores > 0
        issues += [
            Issue(kind, samples[index].path, describe(gallery, index), round(float(scores[index]), 4))
            for index in np.flatnonzero(scores > 0).tolist()
        ]
    return issues


def _unusual(values: np.ndarray, classes: Sequence[np.ndarray], share: float) -> np.ndarray:
    """Returns which values are far below both those of the data set and those of their own class.

    Args:
        values: above 0, the higher the better.
        classes: indices of the pictures of each class.
        share: an unusual value is below this share of the median.
    """
    bounds = np.full(len(values), _bound(values, share))
    for own in classes:
        if len(own) >= SMALLEST_CLASS:
            bounds[own] = np.minimum(bounds[own], _bound(values[own], share))
    return values < bounds


def _bound(values: np.ndarray, share: float) -> float:
    lower, median, upper = np.quantile(values, (0.25, 0.5, 0.75))
    return min(lower * (lower / upper) ** FENCE, share * median)


def _blank(gallery: _Gallery) -> np.ndarray:
    rows = gallery.rows
    colours = rows["colours"].reshape(len(rows), 2, -1)
    spread = np.ptp(colours, axis=2).max(axis=1)
    is_lit = (rows["brightness"] > DARK_AT_MOST) & (rows["brightness"] < BRIGHT_AT_LEAST)
    most = np.where(is_lit, NOISE_CONTRAST, PLAIN_CONTRAST)
    return np.where((rows["contrast"] <= most) & (spread <= PLAIN_COLOURS), 1 - rows["contrast"] / WHITE, 0)


def _dark(gallery: _Gallery) -> np.ndarray:
    brightest, mean = gallery.rows["brightest"], gallery.rows["brightness"]
    is_dark = (brightest < DARK_AT_MOST) & _unusual(brightest + 1, gallery.classes, 0.5)
    is_dark |= (mean < DARK_MEAN) & _unusual(mean + 1, gallery.classes, 0.5)
    return np.where(is_dark, 1 - mean / WHITE, 0)


def _bright(gallery: _Gallery) -> np.ndarray:
    darkest, mean = gallery.rows["darkest"], gallery.rows["brightness"]
    is_bright = (darkest > BRIGHT_AT_LEAST) & _unusual(WHITE + 1 - darkest, gallery.classes, 0.5)
    is_bright |= (mean > BRIGHT_MEAN) & _unusual(WHITE + 1 - mean, gallery.classes, 0.5)
    return np.where(is_bright, mean / WHITE, 0)


def _blurry(gallery: _Gallery) -> np.ndarray:
    edge, sharpness = gallery.rows["edge"], gallery.rows["sharpness"]
    is_blurry = (sharpness < BLURRY) & _unusual(sharpness, gallery.classes, 0.75)
    is_blurry |= (edge < FAINT_EDGE) & (sharpness < FAINT_BLURRY) & _unusual(edge + 1, gallery.classes, 0.5)
    return np.where(is_blurry, np.clip(1 - (sharpness - FLAT), 0.01, 1), 0)


def _tiny(gallery: _Gallery) -> np.ndarray:
    sides = gallery.short_sides
    is_tiny = (sides < TINY_SIDE) & _unusual(sides, gallery.classes, 0.5)
    return np.where(is_tiny, 1 - sides / WHITE, 0)


def _odd(gallery: _Gallery) -> np.ndarray:
    is_odd = (gallery.stretch > ODD_RATIO) & _unusual(1 / gallery.stretch, gallery.classes, 0.5)
    return np.where(is_odd, 1 - 1 / gallery.stretch, 0)


def _say_blank(gallery: _Gallery, index: int) -> Reason:
    return Reason("plain_colour")


def _say_light(gallery: _Gallery, index: int) -> Reason:
    return Reason("brightness", {"share": float(gallery.rows["brightness"][index] / WHITE)})


def _say_blurry(gallery: _Gallery, index: int) -> Reason:
    times = np.median(gallery.rows["sharpness"]) / gallery.rows["sharpness"][index]
    return Reason("blurry", {"times": float(times)})


def _say_tiny(gallery: _Gallery, index: int) -> Reason:
    width, height = map(int, gallery.sizes[index])
    usual_width, usual_height = map(int, np.median(gallery.sizes, axis=0))
    return Reason("tiny", {"width": width, "height": height, "usual_width": usual_width, "usual_height": usual_height})


def _say_odd(gallery: _Gallery, index: int) -> Reason:
    width, height = map(int, gallery.sizes[index])
    return Reason("odd_shape", {"width": width, "height": height})


FINDERS: dict[str, tuple[Callable[[_Gallery], np.ndarray], Callable[[_Gallery, int], Reason]]] = {
    "blank": (_blank, _say_blank),
    "dark": (_dark, _say_light),
    "bright": (_bright, _say_light),
    "blurry": (_blurry, _say_blurry),
    "tiny": (_tiny, _say_tiny),
    "odd_shape": (_odd, _say_odd),
}
BY_LIGHT = ("blank", "dark", "bright", "blurry")
