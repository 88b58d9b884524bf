"""What is said of a figure comes from its numbers, and tells what it was measured on."""

import re
from dataclasses import replace

import pytest

from core.datasets.store.samples import SAMPLES
from pages.components.guide import figure_words, recorded
from pages.components.guide.recorded import Line
from tests.pages.guide.test_recorded import NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_has_a_title_a_finding_and_a_caption(name: str):
    figure = recorded.load(name)
    assert figure_words.title(figure)
    assert figure_words.finding(figure).endswith(".")
    caption = figure_words.caption(figure)
    assert f"`{figure_words.COMMAND} {name}`" in caption
    assert ("EfficientNet-Lite0" in caption) == (name != "same_picture")
    assert figure.dataset == "all" or SAMPLES[figure.dataset].label in caption
    if figure.num_tested:
        assert f"{figure.num_tested} others" in caption
    if figure.draws > 1:
        assert f"{figure.draws} draws" in caption
    assert ("95 % interval" in caption) == any(line.low for line in figure.lines)


@pytest.mark.parametrize("name", NAMES)
def test_every_arm_has_words(name: str):
    for line in recorded.load(name).lines:
        assert figure_words.name_of(line.code) != line.code


def test_the_finding_of_a_new_recording_is_told_rightly():
    figure = recorded.load("few_pictures")
    lines = (Line("transfer", [2, 5], [0.31, 0.62]), Line("scratch", [5], [0.5]))
    words = figure_words.finding(replace(figure, lines=lines))
    assert words.startswith("With transfer, 5 pictures a class do better (62 %) than 5 a class without (50 %).")
    lines = (Line("transfer", [2, 5], [0.6, 0.8], [0.4, 0.7], [0.8, 0.9]), Line("scratch", [5], [0.5], [0.4], [0.6]))
    assert figure_words.finding(replace(figure, lines=lines)).startswith(
        "With transfer, 5 pictures a class do better (80 %)"
    )
    lines = (Line("transfer", [2, 5], [0.31, 0.32]), Line("scratch", [5], [0.5]))
    assert "transfer no longer clearly helps" in figure_words.finding(replace(figure, lines=lines))


def test_a_gain_within_chance_is_called_that():
    figure = recorded.load("blocks")
    numbers = list(figure.lines[0].x)
    heights = [0.8 + 0.01 * (number == numbers[1]) for number in numbers]
    wide = Line("fine_tune", numbers, heights, [0.7] * len(numbers), [0.9] * len(numbers))
    assert "within chance" in figure_words.finding(replace(figure, lines=(wide,)))
    narrow = Line("fine_tune", numbers, heights, [value - 0.001 for value in heights], [v + 0.001 for v in heights])
    assert "within chance" not in figure_words.finding(replace(figure, lines=(narrow,)))


def test_no_number_is_left_unformatted():
    for name in NAMES:
        assert not re.search(r"\d\.\d{3,}|[{}]|nan", figure_words.finding(recorded.load(name)))
