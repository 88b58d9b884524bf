"""Verdicts in words."""

import pytest

from core.evaluation import verdicts
from core.evaluation.prediction import Prediction, Verdict


def answer(verdict, is_style_unlike=False):
    return Prediction("cat", 0.9, ("cat", "dog"), (0.9, 0.1), verdict, is_style_unlike=is_style_unlike)


@pytest.mark.parametrize("verdict", list(Verdict))
def test_each_verdict_has_a_meaning_of_its_own(verdict):
    others = {verdicts.meaning(answer(other)) for other in Verdict if other != verdict}
    assert verdicts.meaning(answer(verdict)) not in others
    assert verdicts.meaning(answer(verdict)).endswith(".")


def test_a_known_thing_in_another_style_is_told_from_an_unknown_thing():
    assert "colours, sharpness or texture" in verdicts.meaning(answer(Verdict.UNLIKE, is_style_unlike=True))
    assert "nothing like this picture" in verdicts.meaning(answer(Verdict.UNLIKE))


def test_a_picture_without_an_answer_has_a_dash_and_the_nearest_class():
    assert verdicts.answer("cat") == "cat"
    assert verdicts.answer("") == "-"
    assert verdicts.nearest("brick") == "nearest: brick"
