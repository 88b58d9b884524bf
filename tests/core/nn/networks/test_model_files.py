"""A trained classifier comes back from disk as it was saved, or not at all."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.config.parts import Head
from core.config.training_config import TrainingConfig
from core.errors import RunError
from core.evaluation.calibration import Calibration
from core.features.feature_space import array_rows
from core.nn.networks.classifier import build_classifier, class_probabilities
from core.nn.networks.model_files import (
    COMPARED_ROWS,
    DESCRIPTION,
    REFERENCE,
    WEIGHTS,
    TrainedClassifier,
    TrainingEmbeddings,
    load_classifier,
    save_classifier,
)
from core.nn.selection.style import Style
from tests.disks import SmallDisk

CONFIG = TrainingConfig(image_size=32, head=Head(units=4)).with_options(epochs=3, label_smoothing=0.2)

CALIBRATION = Calibration(0.5, 0.9, "out_of_fold", 100)
STYLE = Style(np.arange(80, dtype=np.float32), np.eye(80, dtype=np.float32), 4.5)


@pytest.fixture(scope="module")
def trained() -> TrainedClassifier:
    """A classifier of three classes, with random weights, that knows two pictures."""
    vectors = np.eye(2, 1280, dtype=np.float16)
    paths = "pictures/0.png", "pictures/1.png"
    reference = TrainingEmbeddings(vectors, paths, threshold=0.25, neighbour=2, style=STYLE)
    return TrainedClassifier(build_classifier(CONFIG, 3), CONFIG, ("a", "b", "c"), reference, CALIBRATION)


@pytest.fixture(scope="module")
def saved(trained: TrainedClassifier, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("saved") / "model"
    save_classifier(trained, folder)
    return folder


@pytest.fixture
def folder(saved: Path, tmp_path: Path) -> Path:
    """A saved classifier that a test may damage."""
    return shutil.copytree(saved, tmp_path / "model")


def test_what_was_saved_comes_back(trained: TrainedClassifier, folder: Path) -> None:
    loaded = load_classifier(folder)
    assert (loaded.config, loaded.class_names) == (CONFIG, ("a", "b", "c"))
    assert (loaded.reference.paths, loaded.reference.threshold) == (trained.reference.paths, 0.25)
    assert (loaded.reference.neighbour, loaded.calibration) == (2, CALIBRATION)
    np.testing.assert_array_equal(loaded.reference.vectors, trained.reference.vectors)
    assert loaded.reference.style.limit == 4.5
    np.testing.assert_array_equal(loaded.reference.style.mean, STYLE.mean)
    np.testing.assert_array_equal(loaded.reference.style.precision, STYLE.precision)
    for read, written in zip(loaded.classifier.model.weights, trained.classifier.model.weights, strict=True):
        assert read.path == written.path
        np.testing.assert_array_equal(read.numpy(), written.numpy())


def test_a_model_from_before_calibration_answers_as_it_did(folder: Path) -> None:
    description = json.loads((folder / DESCRIPTION).read_text())
    del description["neighbour"], description["calibration"]
    (folder / DESCRIPTION).write_text(json.dumps(description))
    loaded = load_classifier(folder)
    assert (loaded.reference.neighbour, loaded.calibration.temperature) == (1, 1.0)
    assert loaded.calibration.sure_probability == 0.8
    np.testing.assert_allclose(loaded.probabilities(np.zeros((1, 3))), np.full((1, 3), 1 / 3))


def test_logits_are_divided_by_the_temperature(trained: TrainedClassifier) -> None:
    logits = np.array([[1.0, 0.0, -1.0]])
    np.testing.assert_allclose(trained.probabilities(logits), class_probabilities(logits * 2))


def test_familiarity_is_the_cosine_to_the_chosen_neighbour(trained: TrainedClassifier) -> None:
    vectors = np.eye(2, 1280, dtype=np.float32)
    cosines = np.array([[0.9, 0.5], [0.8, 0.7]])
    np.testing.assert_allclose(trained.reference.familiarity(vectors, cosines), [0.5, 0.7])
    np.testing.assert_allclose(replace(trained.reference, neighbour=3).familiarity(vectors, cosines), [0.5, 0.7])
    np.testing.assert_allclose(replace(trained.reference, neighbour=1).familiarity(vectors, cosines), [0.9, 0.8])


def test_pictures_without_labels_are_familiar_but_never_the_nearest(trained: TrainedClassifier, folder: Path) -> None:
    """Which are the training pictures that are shown."""
    unlabelled = np.eye(3, 1280, dtype=np.float16)[2:]
    save_classifier(replace(trained, reference=replace(trained.reference, unlabelled=unlabelled)), folder)
    known = load_classifier(folder).reference
    asked = np.zeros((2, 1280), np.float32)
    asked[0, [0, 2]], asked[1, 1] = (0.6, 0.8), 1.0
    indices, cosines = known.nearest(asked, 2)
    assert indices[:, 0].tolist() == [0, 1]
    # The second nearest of all: a training picture at 0.6 after the other one at 0.8, and none.
    np.testing.assert_allclose(known.familiarity(asked, cosines), [0.6, 0.0], atol=1e-3)
    assert load_classifier(folder).reference.unlabelled is not None


def test_a_model_takes_the_place_of_the_one_before(trained: TrainedClassifier, folder: Path) -> None:
    (folder / "left over").touch()
    folder.with_name(".model.part").mkdir()  # left by a process that was killed while saving
    save_classifier(replace(trained, class_names=("x", "y", "z")), folder)
    assert load_classifier(folder).class_names == ("x", "y", "z")
    assert {path.name for path in folder.iterdir()} == {DESCRIPTION, WEIGHTS, REFERENCE}
    assert [path.name for path in folder.parent.iterdir()] == ["model"]


def test_a_model_saved_when_most_fields_were_flat_is_read(folder: Path) -> None:
    path = folder / DESCRIPTION
    description = json.loads(path.read_text())
    for part in ("optimization", "objective"):
        description["config"] |= description["config"].pop(part)
    assert description["config"]["epochs"] == 3
    path.write_text(json.dumps(description))
    assert load_classifier(folder).config == CONFIG


@pytest.mark.parametrize("name", [WEIGHTS, REFERENCE])
def test_a_flipped_bit_is_noticed(folder: Path, name: str) -> None:
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(RunError, match=f"The model's file {name} was changed or damaged since it was saved"):
        load_classifier(folder)


@pytest.mark.parametrize("name", [DESCRIPTION, WEIGHTS, REFERENCE])
def test_a_missing_file_is_not_a_model(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(RunError, match="This run has no model"):
        load_classifier(folder)


@pytest.mark.parametrize(
    "change",
    [
        lambda description: [],
        lambda description: {},
        lambda description: description | {"checksums": {}, "class_names": 3},
        lambda description: description | {"config": {"backbone": "unheard of"}},
        lambda description: description | {"class_names": ["a", "b"]},  # The weights are those of three classes.
    ],
    ids=["a list", "empty", "numbers", "another backbone", "fewer classes"],
)
def test_a_damaged_description_is_reported(folder: Path, change: Callable[[dict], object]) -> None:
    path = folder / DESCRIPTION
    path.write_text(json.dumps(change(json.loads(path.read_text()))))
    with pytest.raises(RunError, match=r"(?s)^The model of this run can't be read \(.*\)\. Train it again\.$"):
        load_classifier(folder)


def test_a_model_without_styles_comes_back_without(trained: TrainedClassifier, tmp_path: Path) -> None:
    save_classifier(replace(trained, reference=replace(trained.reference, style=None)), tmp_path / "model")
    assert load_classifier(tmp_path / "model").reference.style is None


def test_a_picture_is_foreign_by_what_is_on_it_or_by_its_style() -> None:
    style = Style(np.zeros(2, np.float32), np.eye(2, dtype=np.float32), limit=5.0)
    known = TrainingEmbeddings(np.eye(3, dtype=np.float16)[:2], ("x", "y"), threshold=0.5, style=style)
    # Three features of the last stage, one of another, two statistics of style.
    rows = np.array([[2, 0, 0, 9, 3, 3.9], [0, 2, 0, 9, 3, 4.1], [0, 0, 1, 9, 0, 0], [0, 0, 1, 9, -30, 40]], np.float32)
    found = known.compare(array_rows(rows), 1)
    assert found.indices[:2].tolist() == [[0], [1]]
    np.testing.assert_allclose(found.cosines[:, 0], [1, 1, 0, 0])
    assert found.is_unlike.tolist() == [False, False, True, True]
    assert found.has_other_style.tolist() == [False, True, False, True]
    assert found.is_familiar.tolist() == [True, False, False, False]
    only_content = replace(known, style=None).compare(array_rows(rows), 1)
    assert only_content.is_familiar.tolist() == [True, True, False, False]


def test_the_nearest_come_best_first() -> None:
    vectors = np.array([[1, 0], [0, 1], [0.6, 0.8]], np.float16)
    known = TrainingEmbeddings(vectors, ("right", "up", "between"), 0.5)
    indices, cosines = known.nearest(np.array([[0, 1], [1, 0]], np.float32), 2)
    assert indices.tolist() == [[1, 2], [0, 2]]
    np.testing.assert_allclose(cosines, [[1, 0.8], [1, 0.6]], atol=1e-3)


def test_no_more_than_there_are_can_be_near() -> None:
    known = TrainingEmbeddings(np.eye(2, dtype=np.float16), ("a", "b"), 0.5)
    indices, cosines = known.nearest(np.eye(2, dtype=np.float32), 7)
    assert indices.shape == cosines.shape == (2, 2)


def test_rows_are_compared_part_by_part_and_none_is_lost() -> None:
    generator = np.random.default_rng(0)
    vectors = generator.normal(size=(50, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    known = TrainingEmbeddings(vectors.astype(np.float16), tuple(map(str, range(50))), 0.5)
    asked = generator.integers(0, 50, COMPARED_ROWS + 7)
    indices, cosines = known.nearest(vectors[asked], 1)
    assert indices[:, 0].tolist() == asked.tolist()
    np.testing.assert_allclose(cosines, 1, atol=5e-3)


@pytest.mark.slow
def test_model_that_doesnt_fit_leaves_the_one_before_and_the_process(small_disk: SmallDisk) -> None:
    config = TrainingConfig(image_size=64)
    classifier = build_classifier(config, 2)
    reference = TrainingEmbeddings(vectors=classifier.head.weights[0].numpy()[:1], paths=("a",), threshold=0.5)
    trained = TrainedClassifier(classifier, config, ("a", "b"), reference)
    folder = small_disk.folder / "model"
    save_classifier(trained, folder)
    for left in (0, 100_000, 3_000_000):
        small_disk.fill(left)
        with pytest.raises(OSError, match="No space left on device"):
            save_classifier(trained, folder)
        small_disk.empty()
    assert load_classifier(folder).class_names == ("a", "b")
    assert [path.name for path in small_disk.folder.iterdir()] == ["model"]
