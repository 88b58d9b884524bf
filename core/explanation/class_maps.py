"""Where in the pictures of a class its heat lies on average, which shows a watermark or a background at once."""

import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from core.explanation.explanation import COMPARED_SIDE, coarse
from core.explanation.store import DAMAGES, explanation_path
from core.files import durable

# The middle is the square with rounded corners (a superellipse) in the centre that has half of the area. Maps are so
# coarse that with square corners the heat of a mark in a corner would be inside by half. As a share of the side.
MIDDLE_RADIUS = 0.3672
# A place is a square of this many cells a side, of `COMPARED_SIDE`: a seventh of the area.
PLACE_CELLS = 3
# A picture's heat is at a place if at least this share of it is there: more than twice as much as if it were even.
SHARE_AT_PLACE = 1 / 3
# A class leans on a place outside the middle if this much of its heat is outside, and so many pictures' heat is there.
MOST_OUTSIDE, MOST_PICTURES = 0.5, 0.5
FEWEST_PICTURES = 5


@dataclass(frozen=True)
class ClassMap:
    """The mean heat over pictures of a class, each for this class.

    Attributes:
        class_name: the class.
        heat: `float32` `(side, side)`, 0-1.
        picture: the mean of the pictures, `uint8` `(side, side, 3)`.
        num_pictures: how many.
        outside: the mean share of their heat that is outside the middle; see `MIDDLE_RADIUS`.
        place: where most of the heat is: `top left`, `top`, ..., `centre`.
        at_place: the share of the pictures with at least `SHARE_AT_PLACE` of their heat at this place.
    """

    class_name: str
    heat: np.ndarray
    picture: np.ndarray
    num_pictures: int
    outside: float
    place: str
    at_place: float

    @property
    def leans_on_border(self) -> bool:
        """Whether most of the heat is outside the middle, at the same place of most pictures."""
        return (
            self.num_pictures >= FEWEST_PICTURES
            and self.outside > MOST_OUTSIDE
            and self.at_place > MOST_PICTURES
            and self.place != "centre"
        )


def class_map(class_name: str, heats: Sequence[np.ndarray], pictures: Sequence[np.ndarray]) -> ClassMap:
    """Joins the heat maps of pictures of a class.

    Args:
        class_name: the class.
        heats: `(side, side)`, 0-1, one for each picture; those without any heat are left out.
        pictures: `uint8` `(side, side, 3)`, one for each heat map.
    """
    hot = [heat for heat in heats if heat.any()]
    side = len(pictures[0])
    mean = np.mean([heat / heat.sum() for heat in hot], axis=0) if hot else np.zeros((side, side))
    # The share of each cell, so that every picture counts the same.
    cells = np.array([coarse(heat / heat.sum()) * (side / COMPARED_SIDE) ** 2 for heat in hot])
    row, column = _hottest_place(cells.mean(axis=0)) if hot else (0, 0)
    shares = [_at(one, row, column).sum() / one.sum() for one in cells]
    outside = [heat[_is_outside(side)].sum() / heat.sum() for heat in hot]
    return ClassMap(
        class_name,
        (mean / mean.max() if hot else mean).astype(np.float32),
        np.mean(pictures, axis=0).round().astype(np.uint8),
        len(heats),
        float(np.mean(outside)) if hot else 0.0,
        _name(row, column) if hot else "centre",
        float(np.mean([share >= SHARE_AT_PLACE for share in shares])) if hot else 0.0,
    )


def _is_outside(side: int) -> np.ndarray:
    rows, columns = (np.indices((side, side)) + 0.5) / side - 0.5
    return rows**4 + columns**4 > MIDDLE_RADIUS**4


def _at(cells: np.ndarray, row: int, column: int) -> np.ndarray:
    return cells[row : row + PLACE_CELLS, column : column + PLACE_CELLS]


def _hottest_place(cells: np.ndarray) -> tuple[int, int]:
    last = COMPARED_SIDE - PLACE_CELLS + 1
    sums = {(row, column): _at(cells, row, column).sum() for row in range(last) for column in range(last)}
    return max(sums, key=sums.__getitem__)


def _name(row: int, column: int) -> str:
    """Returns what a place is called; in the centre if its own middle is among the four rows and columns there."""
    middles = (row + PLACE_CELLS / 2, column + PLACE_CELLS / 2)
    low, high = COMPARED_SIDE / 4, COMPARED_SIDE * 3 / 4
    names = (("top", "bottom"), ("left", "right"))
    words = [pair[0] if at < low else pair[1] if at > high else "" for at, pair in zip(middles, names, strict=True)]
    return " ".join(filter(None, words)) or "centre"


def class_maps_path(run_folder: Path) -> Path:
    """Returns where the mean maps of a run's present model are, if they were made.

    Raises:
        RunError: the run has no model.
    """
    return explanation_path(run_folder, "", "", "class maps")


def save_class_maps(maps: Sequence[ClassMap], path: Path) -> None:
    """Writes mean maps atomically.

    Raises:
        OSError: it can't be written.
    """
    arrays = {f"{kind}_{index}": getattr(one, kind) for index, one in enumerate(maps) for kind in ("heat", "picture")}
    facts = [{name: value for name, value in asdict(one).items() if name not in ("heat", "picture")} for one in maps]
    buffer = io.BytesIO()
    np.savez_compressed(buffer, facts=np.array(json.dumps(facts)), **arrays)
    durable.make_folder(path.parent)
    durable.write(path, buffer.getvalue())


def load_class_maps(path: Path) -> list[ClassMap] | None:
    """Reads what `save_class_maps` wrote; None if there is nothing, or if it is damaged."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            facts = json.loads(str(arrays["facts"]))
            return [
                ClassMap(heat=arrays[f"heat_{index}"], picture=arrays[f"picture_{index}"], **values)
                for index, values in enumerate(facts)
            ]
    except DAMAGES:
        return None
