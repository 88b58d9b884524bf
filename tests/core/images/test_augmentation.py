import numpy as np
import pytest

from core.config.parts import Augmentation
from core.images.augmentation import augment, make_view, view_generator

PICTURE = np.arange(40 * 60 * 3, dtype=np.uint8).reshape(40, 60, 3)


def gradient(side: int = 64) -> np.ndarray:
    """A picture whose red grows to the right and whose green grows downwards."""
    picture = np.zeros((side, side, 3), np.uint8)
    picture[..., 0] = np.linspace(50, 200, side)[None, :]
    picture[..., 1] = np.linspace(50, 200, side)[:, None]
    return picture


def test_the_same_seed_picture_and_view_give_the_same_pixels():
    augmentation = Augmentation(flip=True, rotation=20, zoom=0.2, shear=0.2, translation=0.1, contrast=0.2)
    first = make_view(PICTURE, augmentation, 3, "ab", 1)
    np.testing.assert_array_equal(first, make_view(PICTURE, augmentation, 3, "ab", 1))
    for seed, digest, view in ((4, "ab", 1), (3, "cd", 1), (3, "ab", 2)):
        assert (first != make_view(PICTURE, augmentation, seed, digest, view)).any()


def test_random_numbers_are_the_same_on_every_machine():
    assert view_generator(0, "ab", 1).integers(0, 1000, 3).tolist() == [241, 837, 521]


def test_view_0_is_the_original_picture():
    assert make_view(PICTURE, Augmentation(flip=True), 0, "ab", 0) is PICTURE
    assert make_view(PICTURE, Augmentation(), 0, "ab", 1) is PICTURE


def test_flip_mirrors_half_of_the_time_and_changes_nothing_else():
    picture = gradient()
    results = [augment(picture, Augmentation(flip=True), np.random.default_rng(n)) for n in range(40)]
    mirrored = [np.array_equal(result, picture[:, ::-1]) for result in results]
    plain = [np.array_equal(result, picture) for result in results]
    assert all(a != b for a, b in zip(mirrored, plain, strict=True))
    assert 10 <= sum(mirrored) <= 30


@pytest.mark.parametrize(
    "change",
    [{"rotation": 30}, {"zoom": 0.3}, {"shear": 0.3}, {"translation": 0.2}, {"contrast": 0.5}, {"brightness": 0.3}],
)
def test_every_change_does_something(change):
    result = augment(gradient(), Augmentation(**change), np.random.default_rng(2))
    assert result.shape == (64, 64, 3)
    assert result.dtype == np.uint8
    assert np.abs(result.astype(int) - gradient()).mean() > 1


def test_zoom_keeps_the_middle_where_it_is():
    picture = np.zeros((65, 65, 3), np.uint8)
    picture[29:36, 29:36] = 255
    for seed in range(5):
        result = augment(picture, Augmentation(zoom=0.5), np.random.default_rng(seed))[..., 0].astype(float)
        rows, columns = np.indices(result.shape)
        assert (result * rows).sum() / result.sum() == pytest.approx(32, abs=0.1)
        assert (result * columns).sum() / result.sum() == pytest.approx(32, abs=0.1)


def test_shear_slants_sideways_only():
    picture = np.zeros((65, 65, 3), np.uint8)
    picture[:, 30:35] = 255
    result = augment(picture, Augmentation(shear=0.3), np.random.default_rng(0))[..., 0].astype(float)
    middle = (result * np.arange(65)).sum(axis=1) / result.sum(axis=1)
    steps = np.diff(middle)
    assert abs(middle[-1] - middle[0]) > 3
    assert np.allclose(steps, steps.mean(), atol=0.2)


def test_no_black_corners_come_in():
    white = np.full((50, 50, 3), 255, np.uint8)
    augmentation = Augmentation(rotation=180, zoom=0.5, shear=0.5, translation=0.4)
    for seed in range(10):
        assert augment(white, augmentation, np.random.default_rng(seed)).min() >= 250


def test_brightness_does_not_wrap_around():
    bright = np.full((8, 8, 3), 250, np.uint8)
    results = [augment(bright, Augmentation(brightness=0.5), np.random.default_rng(n)).mean() for n in range(20)]
    assert max(results) == 255
    assert min(results) > 100
