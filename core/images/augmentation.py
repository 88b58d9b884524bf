"""Random changes to training pictures. NumPy and Pillow only, so that the form can preview what training sees."""

import hashlib
import math

import numpy as np
from PIL import Image

from core.config.parts import Augmentation


def view_generator(seed: int, digest: str, view: int) -> np.random.Generator:
    """Returns the random generator for one version of one picture: the same on every machine.

    Args:
        seed: of the run.
        digest: SHA-256 of the picture's file, in hexadecimal.
        view: number of the version; 0 is the original picture and needs none.
    """
    key = hashlib.blake2b(f"{seed}:{digest}:{view}".encode(), digest_size=8).digest()
    return np.random.default_rng(int.from_bytes(key, "little"))


def _transform(augmentation: Augmentation, side: int, generator: np.random.Generator) -> np.ndarray:
    """Draws a 2x3 matrix that maps positions in the changed picture to the original, relative to the centre."""
    angle = np.radians(generator.uniform(-augmentation.rotation, augmentation.rotation))
    shear = generator.uniform(-augmentation.shear, augmentation.shear)
    zoom = generator.uniform(1 - augmentation.zoom, 1 + augmentation.zoom)
    shift = generator.uniform(-augmentation.translation, augmentation.translation, 2) * side
    mirror = -1.0 if augmentation.flip and generator.random() < 0.5 else 1.0
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = turn @ np.array([[mirror, shear], [0.0, 1.0]]) / zoom
    return np.column_stack([matrix, shift])


def _warp(picture: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Applies a matrix of `_transform`; positions outside are mirrored at the edge."""
    height, width = picture.shape[:2]
    corners = np.array([[-1, -1, 1, 1], [-1, 1, -1, 1]]) * np.array([[width], [height]]) / 2
    reach = np.abs(matrix[:, :2] @ corners).max(axis=1) + np.abs(matrix[:, 2]) - np.array([width, height]) / 2
    margin = max(0, math.ceil(reach.max())) + 1
    # `symmetric` repeats as often as needed, so a picture smaller than its margin is no special case.
    padded = Image.fromarray(np.pad(picture, ((margin, margin), (margin, margin), (0, 0)), mode="symmetric"))
    middle = np.array([width - 1, height - 1]) / 2
    offset = matrix[:, 2] + middle + margin - matrix[:, :2] @ middle
    # Pillow samples at pixel centres, half a pixel from the corner that its coefficients refer to.
    offset = offset + 0.5 - matrix[:, :2] @ np.array([0.5, 0.5])
    coefficients = (*matrix[0, :2], offset[0], *matrix[1, :2], offset[1])
    warped = padded.transform((width, height), Image.Transform.AFFINE, coefficients, Image.Resampling.BILINEAR)
    return np.asarray(warped)


def augment(picture: np.ndarray, augmentation: Augmentation, generator: np.random.Generator) -> np.ndarray:
    """Returns a randomly changed copy of a picture.

    Args:
        picture: `uint8` RGB `(height, width, 3)`.
        augmentation: which changes, and their largest size.
        generator: source of the random numbers.

    Returns:
        `uint8` RGB of the same shape.
    """
    matrix = _transform(augmentation, max(picture.shape[:2]), generator)
    contrast = 1 + generator.uniform(-augmentation.contrast, augmentation.contrast)
    brightness = 255 * generator.uniform(-augmentation.brightness, augmentation.brightness)
    if not np.allclose(matrix, np.eye(2, 3)):
        picture = _warp(picture, matrix)
    if augmentation.contrast or augmentation.brightness:
        pixels = picture.astype(np.float32)
        mean = pixels.mean()
        picture = np.clip((pixels - mean) * contrast + mean + brightness, 0, 255).round().astype(np.uint8)
    return picture


def make_view(picture: np.ndarray, augmentation: Augmentation, seed: int, digest: str, view: int) -> np.ndarray:
    """Returns one version of a training picture: the original for view 0, else a changed one."""
    if view == 0 or not augmentation.changes_pictures:
        return picture
    return augment(picture, augmentation, view_generator(seed, digest, view))
