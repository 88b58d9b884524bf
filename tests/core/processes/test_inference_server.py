"""Models that are kept warm, without the process that does so: which of them are loaded, and when again."""

import os
import shutil

import keras
import numpy as np
import pytest

from core.config.parts import Head
from core.config.training_config import TrainingConfig
from core.errors import RunError, Stopped
from core.explanation.explanation import OCCLUSION
from core.nn.analysis.feature_maps import BlockOutputs
from core.nn.analysis.heat_maps import HeatMaps
from core.nn.inference.predictor import Predictor
from core.nn.networks.classifier import build_classifier
from core.nn.networks.model_files import TrainedClassifier, TrainingEmbeddings, save_classifier
from core.nn.networks.model_folder import DESCRIPTION, MODEL_FOLDER
from core.processes import inference_server
from core.processes.actions import Explain, MapFeatures, Predict, Warm
from core.processes.inference_server import Models, handlers_for
from core.progress import ignore_event, never_stop
from core.settings import Settings
from tests.conftest import draw_folder

RUNS = ("first", "second", "third")


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Settings:
    """A home with three runs, whose models are the same network with random weights."""
    settings = Settings(tmp_path_factory.mktemp("models") / "home")
    keras.utils.set_random_seed(0)
    config = TrainingConfig(backbone="vgg16", image_size=32, head=Head(units=4))
    classifier = build_classifier(config, 3)
    vector = np.ones((1, classifier.embedding.output_shape[-1]), np.float16)
    reference = TrainingEmbeddings(vector, ("pictures/1.png",), threshold=-1.5)
    first = settings.runs / RUNS[0] / MODEL_FOLDER
    save_classifier(TrainedClassifier(classifier, config, ("a", "b", "c"), reference), first)
    for name in RUNS[1:]:
        shutil.copytree(first, settings.runs / name / MODEL_FOLDER, copy_function=os.link)
    return settings


@pytest.fixture
def pictures(tmp_path):
    return sorted(draw_folder(tmp_path / "shapes", 1).rglob("*.png"))


def test_answers_are_those_of_the_model_in_the_order_of_the_pictures(trained, pictures):
    handlers = handlers_for(trained)
    assert handlers[Warm](Warm("first"), ignore_event, never_stop) is None
    broken = b"no picture"
    sources = (pictures[0], broken, pictures[1].read_bytes())
    answers = handlers[Predict](Predict("first", sources), ignore_event, never_stop)
    expected = Predictor(trained.runs / "first").predict(sources)
    assert [bool(answer.error) for answer in answers] == [False, True, False]
    for answer, right in zip(answers, expected, strict=True):
        assert answer.probabilities == pytest.approx(right.probabilities, abs=1e-6)


def test_the_models_that_were_used_last_are_kept(trained, monkeypatch):
    monkeypatch.setattr(inference_server, "MODELS_KEPT", 2)
    models = Models(trained.runs)
    first, second = models.get("first"), models.get("second")
    assert models.get("first") is first
    third = models.get("third")  # in the place of the second, which was used longest ago
    assert models.get("first") is first and models.get("third") is third
    assert models.get("second") is not second


def test_a_model_that_was_trained_anew_is_loaded_anew(trained):
    models = Models(trained.runs)
    before = models.get("first")
    description = trained.runs / "first" / MODEL_FOLDER / DESCRIPTION
    os.utime(description, ns=(0, description.stat().st_mtime_ns + 1_000_000_000))
    after = models.get("first")
    assert after is not before
    assert models.get("first") is after


def test_a_run_without_a_model_is_refused_and_forgotten(trained):
    models = Models(trained.runs)
    with pytest.raises(RunError, match="has no model"):
        models.get("unknown")
    shutil.copytree(trained.runs / "first", trained.runs / "unknown", copy_function=os.link)
    assert models.get("unknown").class_names == ("a", "b", "c")


def test_heat_maps_are_those_of_the_model_as_it_is_now(trained, pictures):
    handlers = handlers_for(trained)
    events = []
    action = Explain("first", pictures[0], "b", OCCLUSION, randomised=False)
    found = handlers[Explain](action, events.append, never_stop)
    expected = HeatMaps(Predictor(trained.runs / "first").trained).explain(pictures[0], "b", OCCLUSION)
    np.testing.assert_allclose(found.heat, expected.heat, atol=1e-4)
    assert (found.class_name, found.answer) == ("b", expected.answer)
    assert {event.phase for event in events} == {"explain"}
    with pytest.raises(RunError, match="Received 'd'"):
        handlers[Explain](Explain("first", pictures[0], "d", OCCLUSION, randomised=False), ignore_event, never_stop)
    with pytest.raises(Stopped):
        handlers[Explain](action, ignore_event, lambda: True)


def test_heat_maps_of_a_model_that_was_trained_anew_are_made_anew(trained):
    models = Models(trained.runs)
    before = models.analyses("second")
    assert models.analyses("second") is before and before.heat_maps is before.heat_maps
    description = trained.runs / "second" / MODEL_FOLDER / DESCRIPTION
    os.utime(description, ns=(0, description.stat().st_mtime_ns + 1_000_000_000))
    after = models.analyses("second")
    assert after is not before and after.predictor is models.get("second")


def test_feature_maps_are_those_of_the_model(trained, pictures):
    handlers = handlers_for(trained)
    events = []
    found = handlers[MapFeatures](MapFeatures("first", pictures[0], "block 2"), events.append, never_stop)
    expected = BlockOutputs(Predictor(trained.runs / "first").trained).feature_maps(pictures[0], "block 2")
    assert (found.block, found.channels, found.num_channels) == ("block 2", expected.channels, 128)
    np.testing.assert_allclose(found.maps, expected.maps, atol=1e-4)
    assert {event.phase for event in events} == {"explain"}
    with pytest.raises(RunError, match="Received 'block 6'"):
        handlers[MapFeatures](MapFeatures("first", pictures[0], "block 6"), ignore_event, never_stop)
    with pytest.raises(Stopped):
        handlers[MapFeatures](MapFeatures("first", pictures[0], "block 2"), ignore_event, lambda: True)
