from dataclasses import replace

import numpy as np
import pytest

from core.explanation.explanation import GRAD_CAM, METHODS, Explanation
from core.explanation.feature_maps import strongest
from core.explanation.wording import METHOD_LABELS, agreement, in_words, sanity, what_a_block_sees


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


def test_a_block_is_described_with_its_size():
    assert what_a_block_sees(strongest("stage 5", np.zeros((14, 13, 112), np.float32))) == (
        "The block stage 5 has 112 channels of 14 x 13; the 16 that respond most strongly to this picture, the "
        "strongest first. Bright: strong response, each channel on its own scale. Early blocks respond to edges and "
        "colours, late ones to parts."
    )
    assert what_a_block_sees(strongest("stage 1", np.zeros((14, 14, 16), np.float32))).startswith(
        "The block stage 1 has 16 channels of 14 x 14, by how strongly they respond to this picture, the strongest "
        "first. Bright: "
    )
    assert what_a_block_sees(strongest("top", np.zeros((1, 1, 1280), np.float32))) == (
        "The block top has 1,280 channels of 1 x 1: one number for each, so there is nothing to see. Choose an earlier "
        "block."
    )
