from dataclasses import replace

import numpy as np
import pytest

from core.explanation.explanation import GRAD_CAM, METHODS, Explanation
from core.explanation.wording import METHOD_LABELS, agreement, in_words, sanity


def test_every_method_has_a_label():
    assert set(METHOD_LABELS) == set(METHODS)


def test_a_map_is_put_into_words():
    found = Explanation(np.ones((2, 2), np.float32), "cats", "dogs", 0.9, "cats", GRAD_CAM)
    assert "spoke most for cats rather than dogs" in in_words(found)
    assert in_words(replace(found, heat=found.heat * 0)) == "Nothing in this picture spoke for cats rather than dogs."
    assert in_words(replace(found, similarity=0.9)) == sanity(0.9)


@pytest.mark.parametrize(("value", "says"), [(0.9, "same parts"), (0.3, "agree in part"), (-0.2, "disagree")])
def test_agreement_is_judged(value, says):
    assert says in agreement(value)


@pytest.mark.parametrize(
    ("value", "says"), [(0.9, "the picture and not the model"), (0.3, "not wholly"), (-0.2, "this model has learned.")]
)
def test_random_heads_are_judged(value, says):
    assert says in sanity(value)
