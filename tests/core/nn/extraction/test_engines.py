import os
import subprocess
import sys

import numpy as np
import pytest

from core.backbones.availability import bundled_weights
from core.backbones.table import get_backbone
from core.config.training_config import TrainingConfig
from core.nn.extraction import engines
from core.nn.extraction.engines import choose_engine, smallest_cosine, tensorflow_engine
from core.nn.networks.classifier import build_classifier
from core.nn.networks.weights import load_weights
from core.wording.run_notes import run_note
from tests.project import ROOT

CONFIG = TrainingConfig(image_size=64)
PICTURES = np.random.default_rng(0).integers(0, 256, (5, 64, 64, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def prefix():
    classifier = build_classifier(CONFIG, num_classes=2)
    backbone = get_backbone(CONFIG.backbone)
    load_weights(classifier.features, backbone, bundled_weights(backbone))
    return classifier.prefix


def test_a_batch_may_be_smaller_than_the_compiled_one(prefix):
    rows = tensorflow_engine(prefix).compute(PICTURES)
    np.testing.assert_allclose(rows, prefix(PICTURES.astype(np.float32), training=False), rtol=1e-4, atol=1e-5)


@pytest.mark.slow
@pytest.mark.skipif(not engines.is_installed(), reason="OpenVINO, an optional extra, isn't installed")
def test_openvino_gives_the_same_features(prefix):
    engine = choose_engine(prefix, CONFIG, PICTURES, 1000)
    assert "OpenVINO" in run_note(engine.note)
    assert engine.note.parameters["precision"] == "float32"
    np.testing.assert_allclose(engine.compute(PICTURES), tensorflow_engine(prefix).compute(PICTURES), atol=1e-3)


@pytest.mark.parametrize(("engine", "num_pictures"), [("tensorflow", 1000), ("auto", 10)])
def test_tensorflow_is_used_on_request_or_for_few_pictures(prefix, engine, num_pictures):
    chosen = choose_engine(prefix, CONFIG.with_options(engine=engine), PICTURES, num_pictures)
    assert run_note(chosen.note).startswith("The frozen blocks ran in TensorFlow")


def test_a_missing_openvino_is_reported_if_requested(prefix, monkeypatch):
    monkeypatch.setattr(engines, "is_installed", lambda: False)
    plain = choose_engine(prefix, CONFIG, PICTURES, 1000)
    asked = choose_engine(prefix, CONFIG.with_options(engine="bfloat16"), PICTURES, 1000)
    assert "isn't installed" not in run_note(plain.note)
    assert run_note(asked.note).endswith("OpenVINO isn't installed.")


@pytest.mark.skipif(not engines.is_installed(), reason="OpenVINO, an optional extra, isn't installed")
def test_features_that_differ_are_rejected(prefix, monkeypatch):
    monkeypatch.setitem(engines.COSINES, "float32", 2.0)
    engine = choose_engine(prefix, CONFIG, PICTURES, 1000)
    assert "in OpenVINO the features agree to 1.0000 only" in run_note(engine.note)


@pytest.mark.slow
@pytest.mark.skipif(not engines.is_installed(), reason="OpenVINO, an optional extra, isn't installed")
def test_openvino_sends_no_statistics(tmp_path):
    """In a separate process, as on a user's machine: on CI the converter sends nothing anyway."""
    code = """
import numpy as np, psutil, sys
from core.config.training_config import TrainingConfig
from core.nn.networks.classifier import build_classifier
from core.nn.extraction.engines import choose_engine
config = TrainingConfig(image_size=64)
engine = choose_engine(build_classifier(config, 2).prefix, config, np.zeros((2, 64, 64, 3), np.uint8), 1000)
assert engine.note.code == "ran_in_openvino", engine.note
assert sys.modules["openvino_telemetry"] is None
assert psutil.Process().children() == []
"""
    environment = {name: value for name, value in os.environ.items() if name not in ("CI", "TF_BUILD")}
    environment |= {"HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.rglob("*openvino*")) == []


def test_smallest_cosine():
    left = np.array([[1.0, 0], [0, 0], [1, 1]])
    assert smallest_cosine(left, left) == pytest.approx(1)
    assert smallest_cosine(left, left[:, ::-1]) == pytest.approx(0)
    assert np.isnan(smallest_cosine(left, left * np.nan))
