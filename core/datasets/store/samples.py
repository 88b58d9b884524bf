"""Built-in data sets: four generated without the internet, two well-known ones to download.

The generated ones consist of real pictures from scikit-image and scikit-learn. They are written as class folders with
a validation folder and go through the same import as any other.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from PIL import Image

from core.datasets.index import DatasetIndex
from core.datasets.splits import TRAIN, VALIDATION
from core.datasets.store.store import DatasetStore
from core.errors import DatasetError
from core.files.downloads import download
from core.progress import OnEvent, ShouldStop, ignore_event, never_stop

# Puzzle: squares of this side are cut out of photographs at these steps, so that none overlap, and enlarged to
# `PATCH_SIDE`. Regions of so many by so many squares are wholly on one side; one in four is for validation, each a
# knight's move from the next. Squares with hardly anything on them could be from any photograph and are left out.
PUZZLE_SIDE, PUZZLE_STEP, REGION_SIDE = 36, 38, 3
PUZZLE_TRAIN, PUZZLE_VALIDATION = 40, 20
LEAST_CONTRAST = 0.04
# Photographs of scikit-image, and of scikit-learn: the flower by vultilion and the temple by danielbuechele, CC BY 2.0.
PUZZLE_PHOTOGRAPHS = {
    "astronaut": "astronaut",
    "cat": "chelsea",
    "coffee": "coffee",
    "flower": "flower.jpg",
    "motorcycle": "stereo_motorcycle",
    "temple": "china.jpg",
}
# Textures: squares of this size are cut on a grid from the left part of the photograph for training and from the right
# part for validation. The strip between them isn't used, so that no pixel and hardly a blade of grass is in both.
PATCH_SIDE = 96
TRAIN_COLUMNS, VALIDATION_COLUMNS = (0, 320), (352, 512)
TRAIN_GRID, VALIDATION_GRID = (10, 6), (10, 2)
DIGIT_SIDE, FACE_SIDE = 64, 100
TRAIN_PER_CLASS, VALIDATION_PER_CLASS = 80, 20
FULL_DIGIT = 16

Picture = tuple[str, str, np.ndarray]
"""Split, class name and pixels, `uint8` of shape `(height, width)` if gray or `(height, width, 3)`."""


@dataclass(frozen=True)
class SampleSet:
    """An entry of the catalogue.

    Attributes:
        name: key in `SAMPLES` and on the command line.
        label: display name, and the data set's name.
        description: what it is, in a sentence or two.
        num_pictures: how many it has.
        download_bytes: size of the download; 0 for generated ones.
        url: address of the download; empty for generated ones.
    """

    name: str
    label: str
    description: str
    num_pictures: int
    download_bytes: int = 0
    url: str = ""


SAMPLES: dict[str, SampleSet] = {
    sample.name: sample
    for sample in (
        SampleSet(
            "puzzle",
            "Puzzle pieces",
            "Which of six photographs is a piece from? Training and validation pieces are cut from different regions.",
            num_pictures=360,
        ),
        SampleSet(
            "textures",
            "Textures",
            "Brick, grass and gravel: patches of three photographs, training and validation cut from different parts.",
            num_pictures=240,
        ),
        SampleSet(
            "digits",
            "Digits",
            "Handwritten digits from 0 to 9, scanned at 8 x 8 pixels and enlarged.",
            num_pictures=1000,
        ),
        SampleSet(
            "faces",
            "Faces or not",
            "100 faces from Labeled Faces in the Wild and 100 patches of their surroundings.",
            num_pictures=200,
        ),
        SampleSet(
            "cats_and_dogs",
            "Cats and dogs",
            "3,000 photographs of cats and dogs, the classic first task of transfer learning.",
            num_pictures=3000,
            download_bytes=68_606_236,
            url="https://storage.googleapis.com/mledu-datasets/cats_and_dogs_filtered.zip",
        ),
        SampleSet(
            "flowers",
            "Flowers",
            "3,670 photographs of daisies, dandelions, roses, sunflowers and tulips.",
            num_pictures=3670,
            download_bytes=228_813_984,
            url="https://storage.googleapis.com/download.tensorflow.org/example_images/flower_photos.tgz",
        ),
    )
}


def import_sample(
    store: DatasetStore,
    name: str,
    on_event: OnEvent = ignore_event,
    should_stop: ShouldStop = never_stop,
) -> DatasetIndex:
    """Makes or downloads a sample and imports it. If it is there already, returns it.

    Args:
        store: where to import it.
        name: key in `SAMPLES`.
        on_event: told of the phases `download` (bytes), `extract` and `pictures`.
        should_stop: asked a few times a second.

    Raises:
        DatasetError: there is no such sample, or the package it comes with lacks its pictures.
        CoreError: it couldn't be downloaded.
        Stopped: `should_stop` said so. Nothing is left behind.
    """
    if name not in SAMPLES:
        raise DatasetError(f"Expected one of the samples {', '.join(SAMPLES)}. Received {name!r}. Fix the name.")
    sample = SAMPLES[name]
    for dataset in store.list():
        if dataset.name == sample.label and len(dataset.samples) == sample.num_pictures:
            return dataset
    with store.workspace() as workspace:
        if sample.url:
            source = workspace / Path(urlsplit(sample.url).path).name
            download(sample.url, source, on_event=on_event, should_stop=should_stop)
        else:
            source = workspace / name
            _write_pictures(_MAKERS[name](), source)
        return store.import_source(source, sample.label, on_event, should_stop)


def _write_pictures(pictures: Iterator[Picture], folder: Path) -> None:
    for number, (split, class_name, pixels) in enumerate(pictures):
        place = folder / split / class_name
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(place / f"{class_name} {number:04d}.png")


def _puzzle() -> Iterator[Picture]:
    for class_name, name in PUZZLE_PHOTOGRAPHS.items():
        pieces = list(_puzzle_pieces(_bundled_photograph(name)))
        for split, count in ((TRAIN, PUZZLE_TRAIN), (VALIDATION, PUZZLE_VALIDATION)):
            found = [piece for where, piece in pieces if where == split]
            for index in np.linspace(0, len(found) - 1, count).astype(int):
                yield split, class_name, _enlarge(found[index], PATCH_SIDE)


def _puzzle_pieces(photograph: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """Yields the split and the pixels of each piece of a photograph that has something on it."""
    height, width = photograph.shape[:2]
    for row, top in enumerate(range(0, height - PUZZLE_SIDE + 1, PUZZLE_STEP)):
        for column, left in enumerate(range(0, width - PUZZLE_SIDE + 1, PUZZLE_STEP)):
            piece = photograph[top : top + PUZZLE_SIDE, left : left + PUZZLE_SIDE]
            if piece.mean(axis=2).std() >= LEAST_CONTRAST * 255:
                held_out = (row // REGION_SIDE + 2 * (column // REGION_SIDE)) % 4 == 0
                yield VALIDATION if held_out else TRAIN, piece


def _textures() -> Iterator[Picture]:
    for class_name in ("brick", "grass", "gravel"):
        photograph = _bundled_photograph(class_name)
        for patch in _patches(photograph, TRAIN_COLUMNS, TRAIN_GRID):
            yield TRAIN, class_name, patch
        for patch in _patches(photograph, VALIDATION_COLUMNS, VALIDATION_GRID):
            yield VALIDATION, class_name, patch


def _patches(photograph: np.ndarray, columns: tuple[int, int], grid: tuple[int, int]) -> Iterator[np.ndarray]:
    """Yields squares spread evenly over these columns of the photograph."""
    tops = np.linspace(0, len(photograph) - PATCH_SIDE, grid[0]).astype(int)
    lefts = np.linspace(columns[0], columns[1] - PATCH_SIDE, grid[1]).astype(int)
    for top in tops:
        for left in lefts:
            yield photograph[top : top + PATCH_SIDE, left : left + PATCH_SIDE]


def _digits() -> Iterator[Picture]:
    from sklearn.datasets import load_digits  # takes a second to import

    digits = load_digits()
    for digit in range(10):
        pixels = (digits.images[digits.target == digit] * (255 / FULL_DIGIT)).astype(np.uint8)
        yield from _first_and_last(str(digit), pixels, DIGIT_SIDE)


def _faces() -> Iterator[Picture]:
    pixels = (_bundled_photograph("lfw_subset") * 255).astype(np.uint8)
    yield from _first_and_last("face", pixels[:100], FACE_SIDE)
    yield from _first_and_last("not a face", pixels[100:], FACE_SIDE)


def _first_and_last(class_name: str, pixels: np.ndarray, side: int) -> Iterator[Picture]:
    """Yields the first pictures of a class for training and its last ones, by other writers, for validation."""
    for picture in pixels[:TRAIN_PER_CLASS]:
        yield TRAIN, class_name, _enlarge(picture, side)
    for picture in pixels[-VALIDATION_PER_CLASS:]:
        yield VALIDATION, class_name, _enlarge(picture, side)


def _enlarge(picture: np.ndarray, side: int) -> np.ndarray:
    return np.asarray(Image.fromarray(picture).resize((side, side), Image.Resampling.BICUBIC))


def _bundled_photograph(name: str) -> np.ndarray:
    """Returns pixels of a photograph in the scikit-image package or, if it is named as a file, in scikit-learn."""
    if name.endswith(".jpg"):
        from sklearn.datasets import load_sample_image  # takes a second to import

        return load_sample_image(name)
    from skimage import data  # takes a third of a second to import

    try:
        pixels = getattr(data, name)()
        # Two photographs of the same, for the left and the right eye, and the distances between them.
        return pixels[0] if isinstance(pixels, tuple) else pixels
    except (AttributeError, ImportError, OSError, ValueError) as error:
        raise DatasetError(
            f"The installed scikit-image doesn't include the pictures of {name}. Install scikit-image 0.22 or later."
        ) from error


_MAKERS: dict[str, Callable[[], Iterator[Picture]]] = {
    "puzzle": _puzzle,
    "textures": _textures,
    "digits": _digits,
    "faces": _faces,
}
