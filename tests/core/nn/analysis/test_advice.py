"""What the features of the bundled network are worth: measured where they are cached, else only counted."""

from dataclasses import replace

import numpy as np
import pytest

from core.config.training_config import TrainingConfig
from core.datasets.store.store import DatasetStore
from core.errors import ConfigError, Stopped
from core.evaluation.evaluation import wilson_interval
from core.nn.analysis import advice as module
from core.nn.analysis.advice import advise
from core.nn.training.training import run_training
from core.progress import ignore_event, never_stop
from tests.conftest import draw_folder


def phases(events):
    return list(dict.fromkeys(event.phase for event in events))


def test_nothing_is_computed_unless_it_may_be(config, dataset, home):
    events = []
    found = advise(dataset, config, home, computes=False, on_event=events.append)
    assert found.num_missing == len(dataset.select("train")) == 24
    assert (found.num_tried, found.ratings, events) == (0, (), [])


def test_it_is_measured_on_the_training_pictures_and_then_at_hand(config, dataset, home):
    events, again = [], []
    found = advise(dataset, config, home, on_event=events.append)
    assert phases(events) == ["features", "advice"]
    assert (found.num_missing, found.num_tried, found.num_folds, found.num_classes) == (0, 24, 5, 3)
    assert found.accuracy > 0.9, "shapes are easy"
    assert found.interval == wilson_interval(found.num_right, 24)
    assert [one.backbone for one in found.ratings] == ["efficientnet_lite0"]
    assert found.ratings[0].nearest_mean > 0.9
    assert advise(dataset, config, home, computes=False, on_event=again.append) == found
    assert phases(again) == ["advice"]


@pytest.mark.slow
def test_a_run_leaves_all_it_needs(config, dataset, home):
    run_training(config, dataset, home.runs / "one", home, ignore_event, never_stop)
    unfrozen = config.with_options(trainable_blocks=2, units=16, weight_decay=0.0)
    for one in (config, unfrozen):
        assert advise(dataset, one, home, computes=False).num_tried == 24


def test_labels_by_chance_are_told_by_chance(config, dataset, home):
    labels = np.random.default_rng(0).permutation([sample.label for sample in dataset.samples])
    mixed = tuple(replace(one, label=int(label)) for one, label in zip(dataset.samples, labels, strict=True))
    found = advise(replace(dataset, samples=mixed), config, home)
    assert found.accuracy < 0.75
    assert found.interval[0] < 1 / 3


def test_one_picture_of_a_class_is_too_few(config, home, tmp_path):
    dataset = DatasetStore(home).import_source(draw_folder(tmp_path / "few", 4))
    first = next(sample for sample in dataset.samples if sample.label == 0)
    others = [sample for sample in dataset.samples if sample.label]
    samples = tuple(sample.in_split("train") for sample in (first, *others))
    found = advise(replace(dataset, samples=samples), config, home)
    assert (found.num_missing, found.num_tried, found.accuracy) == (0, 0, 0.0)


def test_of_many_pictures_some_are_measured(config, dataset, home, monkeypatch):
    monkeypatch.setattr(module, "MOST_PICTURES", 15)
    assert advise(dataset, config, home).num_tried == 15
    assert advise(dataset, config, home, computes=False).num_missing == 0, "the same ones again"


@pytest.mark.slow
@pytest.mark.usefixtures("vgg16_file")
def test_other_networks_are_rated_once_their_features_are_at_hand(dataset, home):
    own = TrainingConfig()
    advise(dataset, own, home)
    found = advise(dataset, TrainingConfig(backbone="vgg16"), home)
    assert [one.backbone for one in found.ratings] == ["vgg16", "efficientnet_lite0"]


def test_from_scratch_there_is_nothing_to_measure(config, dataset, home):
    with pytest.raises(ConfigError, match="Expected a pretrained network"):
        advise(dataset, config.with_options(weights="none"), home)


def test_it_can_be_stopped_and_keeps_what_it_has_read(config, dataset, home):
    asked = iter([False] * 3)
    with pytest.raises(Stopped):
        advise(dataset, config, home, should_stop=lambda: next(asked, True))
    assert advise(dataset, config, home).num_tried == 24
