import io

import numpy as np
import pytest
from PIL import Image

from core.explanation.overlay import COLOURS, as_jpeg, as_png, coloured, overlay, place_in_words


def test_hot_parts_are_covered_and_cold_ones_stay():
    picture = Image.new("RGB", (80, 40), (10, 200, 30))
    heat = np.zeros((8, 8), np.float32)
    heat[:, 4:] = 1
    pixels = np.asarray(overlay(picture, heat, 0.5), np.float32)
    assert pixels.shape == (40, 80, 3)
    np.testing.assert_array_equal(pixels[:, 0], np.full((40, 3), (10, 200, 30)))
    np.testing.assert_allclose(pixels[20, 79], (np.array((10, 200, 30)) + COLOURS[-1]) / 2, atol=1)
    np.testing.assert_array_equal(np.asarray(overlay(picture, heat, 0.0)), np.asarray(picture))


def test_colours_grow_lighter_so_that_anyone_can_tell_them_apart():
    luminance = coloured(np.linspace(0, 1, 20)[None])[0] @ np.array([0.2126, 0.7152, 0.0722])
    assert (np.diff(luminance) > 0).all()


def test_files_are_of_their_kind():
    picture = Image.new("RGB", (8, 8))
    assert Image.open(io.BytesIO(as_jpeg(picture))).format == "JPEG"
    assert Image.open(io.BytesIO(as_png(picture))).format == "PNG"


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [(0, 0, "at the top left"), (8, 4, "at the bottom"), (4, 8, "at the right"), (4, 4, "in the middle")],
)
def test_the_place_of_heat_is_named(row, column, words):
    heat = np.zeros((9, 9), np.float32)
    heat[row, column] = 0.3
    assert place_in_words(heat) == words
