"""A heat map laid over its picture, its colours, and where it lies."""

import io

import numpy as np
from PIL import Image

# The upper part of matplotlib's Inferno, dark to light: colour-blind people can tell its colours apart by lightness.
COLOURS = np.array([(106, 23, 110), (147, 38, 103), (188, 55, 84), (221, 81, 58), (243, 120, 25), (252, 165, 10)])
# From this heat on the colour covers the picture as much as the opacity says; below, it fades away.
FULL_HEAT = 0.5
QUALITY = 88


def coloured(heat: np.ndarray) -> np.ndarray:
    """Returns the colours of a heat map, `float32` `(height, width, 3)`, 0-255."""
    stops = np.linspace(0, 1, len(COLOURS))
    return np.stack([np.interp(heat, stops, COLOURS[:, channel]) for channel in range(3)], axis=-1).astype(np.float32)


def overlay(picture: Image.Image, heat: np.ndarray, opacity: float) -> Image.Image:
    """Lays a heat map over a picture.

    Args:
        picture: of mode `RGB`, of any size.
        heat: `(side, side)`, 0-1, over the whole picture, stretched to its shape as the network sees it.
        opacity: how much the hottest parts are covered, 0-1.
    """
    stretched = Image.fromarray(heat.astype(np.float32)).resize(picture.size, Image.Resampling.BILINEAR)
    values = np.clip(np.asarray(stretched), 0, 1)
    cover = (opacity * np.minimum(values / FULL_HEAT, 1))[..., None]
    pixels = np.asarray(picture, np.float32)
    return Image.fromarray((pixels * (1 - cover) + coloured(values) * cover).round().astype(np.uint8))


def place_in_words(heat: np.ndarray) -> str:
    """Returns where most of the heat is, such as `at the top left`, for those who can't see it.

    Args:
        heat: `(height, width)`, at least 0, and more than that somewhere.
    """
    rows, columns = np.indices(heat.shape)
    total = heat.sum()
    row, column = (rows * heat).sum() / total / len(heat), (columns * heat).sum() / total / len(heat)
    vertical = "top" if row < 1 / 3 else "bottom" if row > 2 / 3 else ""
    horizontal = "left" if column < 1 / 3 else "right" if column > 2 / 3 else ""
    place = " ".join(filter(None, (vertical, horizontal)))
    return f"at the {place}" if place else "in the middle"


def as_jpeg(picture: Image.Image) -> bytes:
    """Returns a picture as the bytes of a JPEG."""
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=QUALITY)
    return buffer.getvalue()


def as_png(picture: Image.Image) -> bytes:
    """Returns a picture as the bytes of a PNG."""
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()
