"""The heads that cross-validation chooses from."""

from itertools import pairwise

from core.backbones.table import BACKBONES
from core.config.head_candidates import NUM_STAGES, STRENGTHS


def test_penalties_fall_in_equal_steps() -> None:
    factors = [later / earlier for earlier, later in pairwise(STRENGTHS)]
    assert set(factors) == {4.0}
    assert STRENGTHS[0] == 1


def test_every_backbone_has_so_many_stages() -> None:
    assert {len(backbone.stage_features) for backbone in BACKBONES.values()} == {NUM_STAGES}
