"""What the bare pixels answered: kept with a run, and compared with its model."""

from pathlib import Path

import numpy as np
import pytest

from core.evaluation.evaluation import Evaluation
from core.evaluation.pixel_answers import PIXELS_FILE, PixelAnswers, load_pixel_answers, save_pixel_answers

PATHS = ("a.png", "b.png", "c.png", "d.png")


def evaluation() -> Evaluation:
    """A model that is right on the first three of four pictures."""
    probabilities = np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.7, 0.3]])
    return Evaluation("validation", ("cat", "dog"), np.array([0, 0, 1, 1]), probabilities, PATHS)


def test_only_pictures_that_both_answered_are_compared() -> None:
    found = PixelAnswers({"a.png": 0, "c.png": 0, "d.png": 1, "elsewhere.png": 1}, 20, 16).against(evaluation())
    assert found is not None
    assert (found.num_pictures, found.only_first, found.only_second, found.both) == (3, 1, 1, 1)
    assert found.right == (2, 2)


def test_without_a_picture_in_common_there_is_nothing_to_compare() -> None:
    assert PixelAnswers({"elsewhere.png": 1}, 20, 16).against(evaluation()) is None


def test_they_are_kept_with_a_run(tmp_path: Path) -> None:
    answers = PixelAnswers({"Bär/ä.png": 1, "b.png": 0}, 20, 16, num_unreadable=2)
    save_pixel_answers(answers, tmp_path)
    assert load_pixel_answers(tmp_path) == answers
    assert [path.name for path in tmp_path.iterdir()] == [PIXELS_FILE]


@pytest.mark.parametrize("text", [None, "", "{", "[]", '{"answers": {"a": "x"}}', '{"answers": 1, "num_training": 2}'])
def test_what_cannot_be_read_is_nothing(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / PIXELS_FILE).write_text(text)
    assert load_pixel_answers(tmp_path) is None
