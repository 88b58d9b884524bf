"""Costs of networks, and a network as blocks."""

from core.backbones.table import get_backbone
from pages.components.experiments import cost_charts


def test_bars_are_named_from_the_top() -> None:
    figure = cost_charts.bars(["a", "<b>"], [1, 20], "Seconds", is_log=True)
    assert figure.data[0].y == ("a", "&lt;b&gt;")
    assert figure.layout.xaxis.type == "log"
    assert figure.layout.yaxis.autorange == "reversed"


def test_points_are_named_and_the_lowest_is_in_sight() -> None:
    figure = cost_charts.scatter(["a", "b"], [1, 2], [0.5, 0.9], "Megabytes")
    assert figure.data[0].text == ("a", "b")
    assert figure.layout.yaxis.range[0] == 0.45


def test_only_the_last_blocks_are_filled() -> None:
    backbone = get_backbone("efficientnet_lite0")
    figure = cost_charts.blocks(backbone, 2)
    learning, frozen = figure.data
    assert [bar.marker.color for bar in (learning, frozen)] == [None, "rgba(0,0,0,0)"]
    names = [block.name for block in backbone.blocks]
    assert list(learning.y) == names[-2:]
    assert list(frozen.y) == names[:-2]
    assert list(figure.layout.yaxis.categoryarray) == names
