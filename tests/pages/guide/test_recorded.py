"""The recorded figures are whole, small and tell what they were measured on."""

import datetime
import json

import pytest
from PIL import Image

from core.backbones.table import BACKBONES
from core.datasets.store.samples import SAMPLES
from pages.components.guide import recorded

NAMES = sorted(path.stem for path in recorded.FOLDER.iterdir())
MOST_BYTES, MOST_PICTURE_BYTES = 6_000, 60_000


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_is_readable_and_small(name: str):
    figure = recorded.load(name)
    assert figure.name == name
    assert datetime.date.fromisoformat(figure.date)
    assert figure.dataset in {*SAMPLES, "all"} and figure.backbone in BACKBONES
    assert (recorded.FOLDER / f"{name}.json").stat().st_size < MOST_BYTES
    assert figure.draws >= 1
    if figure.picture:
        assert figure.picture_path.stat().st_size < MOST_PICTURE_BYTES
        with Image.open(figure.picture_path) as picture:
            picture.load()
    else:
        assert figure.lines


@pytest.mark.parametrize("name", NAMES)
def test_values_have_their_places_and_lie_within_their_intervals(name: str):
    for line in recorded.load(name).lines:
        assert len(line.x) == len(line.y) > 0
        for part in (line.low, line.high, line.count):
            assert len(part) in (0, len(line.x))
        for low, value, high in zip(line.low, line.y, line.high, strict=True) if line.low else ():
            # Rounded, each for itself.
            assert low - 1e-3 <= value <= high + 1e-3
        assert line.at(line.x[0]) == line.y[0]


def test_a_place_that_was_not_measured_has_no_value():
    line = recorded.Line("one", [1, 2], [0.5, 0.6])
    with pytest.raises(ValueError):
        line.at(3)


def test_a_figure_is_read_with_what_else_was_recorded(monkeypatch, tmp_path):
    values = {
        "name": "new",
        "date": "2026-01-02",
        "dataset": "digits",
        "backbone": "vgg16",
        "num_tested": 3,
        "draws": 2,
    }
    (tmp_path / "new.json").write_text(json.dumps({**values, "side": 96, "lines": [{"code": "a", "x": [1], "y": [0]}]}))
    monkeypatch.setattr(recorded, "FOLDER", tmp_path)
    figure = recorded.load("new")
    assert (figure.facts["side"], figure.picture, figure.line("a").y) == (96, "", [0])
