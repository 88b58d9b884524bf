"""Verdicts in words."""

import pytest

from core.evaluation import verdicts
from core.evaluation.prediction import Verdict


@pytest.mark.parametrize("verdict", list(Verdict))
def test_each_verdict_has_a_meaning_of_its_own(verdict):
    others = {verdicts.meaning(other) for other in Verdict if other != verdict}
    assert verdicts.meaning(verdict) not in others
    assert verdicts.meaning(verdict).endswith(".")


def test_a_picture_without_an_answer_has_a_dash_and_the_nearest_class():
    assert verdicts.answer("cat") == "cat"
    assert verdicts.answer("") == "-"
    assert verdicts.nearest("brick") == "nearest: brick"
