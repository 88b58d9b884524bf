"""Predictions for new pictures: in order, even if some can't be read."""

import io
import shutil
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from core.config.parts import Head
from core.config.training_config import TrainingConfig
from core.errors import RunError
from core.evaluation.prediction import Verdict
from core.features.feature_space import array_rows
from core.images.decoding import decode
from core.nn.inference.predictor import PREDICTION_BATCH, Predictor, model_version
from core.nn.networks.classifier import build_classifier
from core.nn.networks.model_files import DESCRIPTION, TrainedClassifier, TrainingEmbeddings, save_classifier
from core.nn.networks.model_folder import MODEL_FOLDER
from core.nn.selection.vectors import unit_vectors

SIDE = 32
CLASSES = ("a", "b", "c")
NUM_KNOWN = 5


def picture(seed: int) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


# Of VGG16's last stage.
NUM_FEATURES = 512


@pytest.fixture(scope="module")
def trained() -> TrainedClassifier:
    """A network with random weights that knows five pictures."""
    keras.utils.set_random_seed(0)
    config = TrainingConfig(backbone="vgg16", image_size=SIDE, head=Head(units=4))
    classifier = build_classifier(config, len(CLASSES))
    pixels = np.stack([decode(picture(seed), SIDE) for seed in range(NUM_KNOWN)]).astype(np.float32)
    vectors = unit_vectors(array_rows(classifier.embedding.predict(pixels, verbose=0)), NUM_FEATURES)
    paths = tuple(f"pictures/{seed}.png" for seed in range(NUM_KNOWN))
    # No picture is unlike these: every cosine reaches the threshold.
    return TrainedClassifier(classifier, config, CLASSES, TrainingEmbeddings(vectors, paths, threshold=-1.5))


@pytest.fixture(scope="module")
def run_folder(trained: TrainedClassifier, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    save_classifier(trained, folder / MODEL_FOLDER)
    return folder


@pytest.fixture(scope="module")
def predictor(run_folder: Path) -> Predictor:
    return Predictor(run_folder)


def test_probabilities_are_those_of_the_network(trained: TrainedClassifier, predictor: Predictor) -> None:
    pixels = np.stack([decode(picture(seed), SIDE) for seed in (7, 8)]).astype(np.float32)
    expected = trained.classifier.model.predict(pixels, verbose=0)
    answers = predictor.predict([picture(7), picture(8)])
    np.testing.assert_allclose([answer.probabilities for answer in answers], expected, atol=1e-5)
    for answer, row in zip(answers, expected, strict=True):
        assert answer.class_name == CLASSES[row.argmax()]
        assert answer.probability == max(answer.probabilities)
        assert answer.class_names == CLASSES


def test_a_picture_is_nearest_to_itself(predictor: Predictor) -> None:
    for seed in (0, 3):
        (answer,) = predictor.predict([picture(seed)])
        assert answer.nearest[0] == f"pictures/{seed}.png"
        assert answer.similarity == pytest.approx(1, abs=1e-2)
        assert len(set(answer.nearest)) == 3


def test_the_threshold_decides_what_is_unlike_anything_seen(
    trained: TrainedClassifier, predictor: Predictor, tmp_path: Path
) -> None:
    (lenient,) = predictor.predict([picture(0)])
    assert lenient.verdict in (Verdict.SURE, Verdict.UNSURE)
    reference = replace(trained.reference, threshold=1.5)
    save_classifier(replace(trained, reference=reference), tmp_path / MODEL_FOLDER)
    (strict,) = Predictor(tmp_path).predict([picture(0)])
    assert strict.verdict == Verdict.UNLIKE
    assert strict.probabilities == pytest.approx(lenient.probabilities, abs=1e-6)


def test_files_and_their_bytes_get_the_same_answer(predictor: Predictor, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(picture(7))
    from_file, from_bytes = predictor.predict([tmp_path / "a.png", picture(7)])
    assert from_file.probabilities == pytest.approx(from_bytes.probabilities, abs=1e-6)


def test_answers_keep_their_order_over_several_batches(predictor: Predictor, tmp_path: Path) -> None:
    sources: list[Path | bytes] = [picture(number % NUM_KNOWN) for number in range(PREDICTION_BATCH + 3)]
    broken = {0: b"no picture", PREDICTION_BATCH - 1: tmp_path / "gone.png", PREDICTION_BATCH + 1: tmp_path}
    for place, source in broken.items():
        sources[place] = source
    answers = predictor.predict(sources)
    assert {place for place, answer in enumerate(answers) if answer.error} == set(broken)
    assert {answers[place].class_name for place in broken} == {""}
    for place, answer in enumerate(answers):
        assert place in broken or answer.nearest[0] == f"pictures/{place % NUM_KNOWN}.png"


def test_nothing_readable_needs_no_network(predictor: Predictor) -> None:
    assert predictor.predict([]) == []
    assert [bool(answer.error) for answer in predictor.predict([b"", b"no picture"])] == [True, True]


def test_warming_up_changes_no_answer(predictor: Predictor) -> None:
    (before,) = predictor.predict([picture(7)])
    predictor.warm_up()
    (after,) = predictor.predict([picture(7)])
    assert after.probabilities == pytest.approx(before.probabilities, abs=1e-6)


def test_a_model_saved_again_has_another_version(run_folder: Path, tmp_path: Path) -> None:
    path = shutil.copytree(run_folder / MODEL_FOLDER, tmp_path / MODEL_FOLDER) / DESCRIPTION
    version = model_version(tmp_path)
    assert model_version(tmp_path) == version
    path.write_bytes(path.read_bytes())
    assert model_version(tmp_path) != version


def test_without_a_model_there_is_no_version_and_no_answer(tmp_path: Path) -> None:
    for ask in (model_version, Predictor):
        with pytest.raises(RunError, match=r"This run has no model\. Wait until it has finished"):
            ask(tmp_path)
