"""The guide's figures: what was measured in real runs, recorded by `python -m tests.benchmarks.guide_figures`."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

FOLDER = Path(__file__).parent / "figures"
PICTURES = Path(__file__).parent / "pictures"


@dataclass(frozen=True)
class Line:
    """Values of one arm.

    Attributes:
        code: of the arm.
        x: numbers, or codes such as names of samples.
        y: values at each of them.
        low: lower ends of the 95 % intervals; empty if there are none.
        high: their upper ends.
        count: how many answers each value stands for; empty where it isn't a share of a part of them.
    """

    code: str
    x: Sequence[Any]
    y: Sequence[float]
    low: Sequence[float] = ()
    high: Sequence[float] = ()
    count: Sequence[int] = ()

    def at(self, place: Any) -> float:
        """Returns the value at a place.

        Raises:
            ValueError: nothing was measured there.
        """
        return self.y[list(self.x).index(place)]


@dataclass(frozen=True)
class Figure:
    """One figure.

    Attributes:
        name: of its file.
        date: when it was measured, `2026-11-26`.
        dataset: name of the built-in sample; `all` for all four.
        backbone: name of the network.
        num_tested: how many pictures the answers were for; 0 where it differs.
        draws: how often the training pictures were drawn.
        lines: its arms.
        picture: name of the file beside it; empty if it is a chart.
        facts: what else was recorded, by name.
    """

    name: str
    date: str
    dataset: str
    backbone: str
    num_tested: int
    draws: int
    lines: tuple[Line, ...]
    picture: str
    facts: Mapping[str, Any]

    def line(self, code: str) -> Line:
        """Returns an arm.

        Raises:
            StopIteration: there is none.
        """
        return next(line for line in self.lines if line.code == code)

    @property
    def picture_path(self) -> Path:
        """The file of its picture."""
        return PICTURES / self.picture


@cache
def load(name: str) -> Figure:
    """Returns a figure.

    Args:
        name: of the figure.
    """
    values = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    known = {key: values.pop(key) for key in ("name", "date", "dataset", "backbone", "num_tested", "draws")}
    lines = tuple(Line(**line) for line in values.pop("lines"))
    return Figure(**known, lines=lines, picture=values.pop("picture", ""), facts=MappingProxyType(values))
