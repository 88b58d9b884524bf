from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.explanation.class_maps import ClassMap, class_map, load_class_maps, save_class_maps
from core.explanation.wording import leaning

SIDE = 32


def heat_at(row: int, column: int, size: int = 6) -> np.ndarray:
    heat = np.zeros((SIDE, SIDE), np.float32)
    heat[row : row + size, column : column + size] = 1
    return heat


def joined(heats: list[np.ndarray]) -> ClassMap:
    return class_map("cats", heats, [np.full((SIDE, SIDE, 3), 100, np.uint8)] * len(heats))


@pytest.mark.parametrize(
    ("row", "column", "place"),
    [
        (0, 0, "top left"),
        (0, 13, "top"),
        (0, 26, "top right"),
        (13, 0, "left"),
        (26, 26, "bottom right"),
        (13, 13, "centre"),
    ],
)
def test_the_place_of_the_heat_is_named(row, column, place):
    found = joined([heat_at(row, column)] * 6)
    assert found.place == place
    assert found.at_place == 1
    assert found.leans_on_border == (place != "centre")


def test_heat_outside_the_middle_is_only_told_where_it_is_at_the_same_place():
    corners = [heat_at(row, column) for row in (0, 26) for column in (0, 26)] * 3
    spread = joined(corners)
    assert spread.outside > 0.9 and spread.at_place < 0.5 and not spread.leans_on_border
    most = joined([heat_at(26, 26)] * 8 + corners[:3])
    assert most.leans_on_border and most.place == "bottom right"
    assert "in 73% of the pictures at the same place (bottom right)" in leaning(most)
    assert not leaning(spread)


def test_even_heat_is_half_outside_and_at_no_place():
    even = joined([np.ones((SIDE, SIDE), np.float32)] * 6)
    assert even.outside == pytest.approx(0.5, abs=0.01) and even.at_place == 0


def test_few_pictures_tell_nothing():
    assert not joined([heat_at(26, 26)] * 4).leans_on_border


def test_pictures_without_heat_count_as_pictures_only():
    blank = np.zeros((SIDE, SIDE), np.float32)
    some = joined([heat_at(26, 26), blank])
    assert some.num_pictures == 2 and some.at_place == 1 and some.heat.max() == 1
    none = joined([blank, blank])
    assert not none.heat.any() and not none.leans_on_border


def test_every_picture_counts_the_same_however_hot():
    faint, strong = heat_at(0, 0) * 0.01, heat_at(26, 26)
    heat = joined([faint, strong]).heat
    assert heat[4, 4] == heat[28, 28] == 1


def test_what_was_saved_is_read(tmp_path: Path):
    maps = [joined([heat_at(0, 0)] * 6), replace(joined([heat_at(26, 26)]), class_name="dogs")]
    save_class_maps(maps, tmp_path / "new" / "maps.npz")
    read = load_class_maps(tmp_path / "new" / "maps.npz")
    for one, expected in zip(read, maps, strict=True):
        np.testing.assert_array_equal(one.heat, expected.heat)
        np.testing.assert_array_equal(one.picture, expected.picture)
        assert replace(one, heat=0, picture=0) == replace(expected, heat=0, picture=0)
    (tmp_path / "new" / "maps.npz").write_bytes(b"damaged")
    assert load_class_maps(tmp_path / "new" / "maps.npz") is None
    assert load_class_maps(tmp_path / "gone.npz") is None
