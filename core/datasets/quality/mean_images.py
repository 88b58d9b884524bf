"""The average picture of a class: what its pictures, and their backgrounds, have in common."""

import hashlib
from functools import partial

import numpy as np

from core.datasets.index import DatasetIndex
from core.datasets.sample import Sample
from core.errors import DatasetError
from core.images.decoder_threads import decoder_threads
from core.images.decoding import PictureError, decode

# More pictures change the average by less than one visible step of brightness.
MAX_PICTURES = 200


def mean_image(dataset: DatasetIndex, label: int, side: int) -> np.ndarray:
    """Returns the mean of a class's pictures, each made square as in training. Uses at most 200 of them.

    Args:
        dataset: the data set.
        label: number of the class.
        side: width and height of the result in pixels.

    Returns:
        `uint8` array of shape `(side, side, 3)`, RGB; the same each time.

    Raises:
        DatasetError: none of the pictures can be read.
    """
    samples = _chosen(dataset, label)
    total = np.zeros((side, side, 3), np.uint32)
    count = 0
    with decoder_threads("averages") as pool:
        for picture in pool.map(partial(_picture, dataset, side=side), samples):
            if picture is not None:
                total += picture
                count += 1
    if not count:
        raise DatasetError(
            f"None of the pictures of {dataset.class_names[label]} in {dataset.name} can be read any more. Import "
            "the data set again."
        )
    return ((total + count // 2) // count).astype(np.uint8)


def _chosen(dataset: DatasetIndex, label: int) -> list[Sample]:
    """Returns the class's pictures, or a sample of them that hardly changes when pictures are added."""
    samples = [sample for sample in dataset.samples if sample.label == label]
    return sorted(samples, key=lambda sample: hashlib.sha256(sample.digest.encode()).digest())[:MAX_PICTURES]


def _picture(dataset: DatasetIndex, sample: Sample, side: int) -> np.ndarray | None:
    try:
        return decode(dataset.picture_path(sample), side)
    except PictureError:
        return None
