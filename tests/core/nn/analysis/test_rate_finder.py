import json
import shutil

import numpy as np
import pytest

from core.backbones.table import get_backbone
from core.config.training_config import TrainingConfig
from core.errors import WeightsError
from core.nn.analysis.rate_finder import HIGHEST, LOWEST, find_rate, suggest


def test_the_finder_suggests_a_rate_that_learns(config, dataset, home):
    curve = find_rate(config, dataset, home)
    assert len(curve.rates) == len(curve.losses) >= 20
    assert curve.rates[0] == pytest.approx(LOWEST)
    assert np.all(np.diff(curve.rates) > 0)
    assert curve.losses[0] == pytest.approx(np.log(3), rel=0.05)
    assert LOWEST < curve.suggestion < HIGHEST
    assert min(curve.losses) < curve.losses[0]


def boundaries(home):
    return {json.loads(path.read_text())["boundary"] for path in home.features.glob("*/key.json")}


@pytest.mark.slow
def test_from_scratch_the_finder_searches_for_the_whole_network(dataset, home):
    config = TrainingConfig(backbone="mobilenetv3small", image_size=32, weights="none").with_options(batch_size=8)
    blocks = len(get_backbone("mobilenetv3small").blocks)
    whole = find_rate(config.with_options(trainable_blocks=blocks), dataset, home)
    assert boundaries(home) == {"pixels"}, "what enters the network is a picture, not a feature of random blocks"
    head = find_rate(config, dataset, home)
    assert boundaries(home) == {"pixels", "stages and style, average"}
    assert whole.losses[10:20] != pytest.approx(head.losses[10:20], rel=1e-3)


@pytest.mark.slow
def test_with_pretrained_weights_the_finder_searches_for_the_head(config, dataset, home):
    frozen = find_rate(config, dataset, home)
    thawed = find_rate(config.with_options(trainable_blocks=2, rate_decay=0.5), dataset, home)
    assert thawed.losses == pytest.approx(frozen.losses, rel=1e-3)
    assert boundaries(home) == {"stages and style, average"}


def test_the_steepest_place_before_the_lowest_is_suggested():
    rates = np.geomspace(1e-4, 1, 9)
    losses = [1.0, 1.0, 0.9, 0.5, 0.3, 0.28, 0.4, 1.0, 3.0]
    assert suggest(rates, losses) == pytest.approx(3e-3, rel=0.1)


def test_missing_weights_are_not_downloaded_without_asking(config, dataset, home, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(home.home / "keras"))
    with pytest.raises(WeightsError, match="Start a training to download them"):
        find_rate(config.with_options(backbone="mobilenetv2"), dataset, home)


@pytest.mark.slow
def test_a_cache_that_is_damaged_or_deleted_makes_no_difference(config, dataset, home):
    first = find_rate(config, dataset, home)
    (array,) = home.features.glob("*/*.npy")
    array.write_bytes(array.read_bytes()[:-100])
    assert find_rate(config, dataset, home).losses == pytest.approx(first.losses, rel=1e-3)
    again = find_rate(config, dataset, home, lambda event: shutil.rmtree(home.features, ignore_errors=True))
    assert again.losses == pytest.approx(first.losses, rel=1e-3)
