"""A support vector machine on the pixels, and what it shows of networks."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.config.recipes import recipe_config
from core.datasets.index import DatasetIndex
from core.datasets.store.store import DatasetStore
from core.errors import Stopped
from core.evaluation.evaluation import load_evaluations
from core.evaluation.pixel_answers import load_pixel_answers
from core.evaluation.words.transfer import NEGATIVE, against_pixels
from core.nn.selection import pixel_baseline
from core.nn.selection.pixel_baseline import SIDE, answer_from_pixels, keep_answers_from_pixels
from core.nn.training.training import run_training
from core.settings import Settings

STRIPES = 8


@pytest.fixture
def stripes(home: Settings, tmp_path: Path) -> DatasetIndex:
    """Pictures of noise whose class is where a stripe is: pooled features hardly tell that, pixels do."""
    generator = np.random.default_rng(0)
    for place in range(STRIPES):
        folder = tmp_path / "stripes" / str(place)
        folder.mkdir(parents=True)
        for number in range(20):
            pixels = generator.integers(0, 256, (64, 64, 3))
            left = 8 * place + generator.integers(0, 3)
            pixels[:, left : left + 5] = np.minimum(pixels[:, left : left + 5] + 70, 255)
            Image.fromarray(pixels.astype(np.uint8)).save(folder / f"{number}.png")
    return DatasetStore(home).import_source(tmp_path / "stripes").with_split(0.4, seed=0)


def share_right(dataset: DatasetIndex, answers: dict[str, int]) -> float:
    labels = {sample.path: sample.label for sample in dataset.samples}
    return float(np.mean([labels[path] == label for path, label in answers.items()]))


def test_it_is_trained_on_training_pictures_and_answers_validation_pictures(stripes: DatasetIndex) -> None:
    found = answer_from_pixels(stripes, seed=0)
    assert found is not None
    assert set(found.answers) == {sample.path for sample in stripes.select("validation")}
    assert (found.num_training, found.side, found.num_unreadable) == (len(stripes.select("train")), SIDE, 0)
    assert share_right(stripes, dict(found.answers)) > 0.9
    assert answer_from_pixels(stripes, seed=0) == found


def test_of_many_pictures_some_are_taken(stripes: DatasetIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pixel_baseline, "MOST_TRAINING", 40)
    monkeypatch.setattr(pixel_baseline, "MOST_ANSWERED", 10)
    found = answer_from_pixels(stripes, seed=0)
    assert found is not None
    assert (found.num_training, len(found.answers)) == (40, 10)


def test_pictures_that_cannot_be_read_are_counted(stripes: DatasetIndex) -> None:
    for split in ("train", "validation"):
        stripes.picture_path(stripes.select(split)[0]).unlink()
    found = answer_from_pixels(stripes, seed=0)
    assert found is not None
    assert found.num_unreadable == 2
    assert found.num_training == len(stripes.select("train")) - 1
    assert stripes.select("validation")[0].path not in found.answers


def test_without_a_class_to_train_on_there_is_nothing(stripes: DatasetIndex, tmp_path: Path) -> None:
    for sample in stripes.select("train"):
        if sample.label == 0:
            stripes.picture_path(sample).unlink()
    assert answer_from_pixels(stripes, seed=0) is None
    keep_answers_from_pixels(stripes, 0, tmp_path / "run")
    assert load_pixel_answers(tmp_path / "run") is None


def test_who_does_not_wait_gets_nothing(stripes: DatasetIndex, tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        answer_from_pixels(stripes, 0, lambda: True)
    keep_answers_from_pixels(stripes, 0, tmp_path / "run", lambda: True)
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
def test_a_run_on_pictures_that_pretrained_features_do_not_tell_apart_shows_negative_transfer(
    stripes: DatasetIndex, home: Settings, tmp_path: Path
) -> None:
    config = recipe_config("recommended", len(stripes.select("train"))).with_options(
        image_size=64, validation_split=0.4, epochs=20
    )
    run_training(config, stripes, tmp_path / "run", home, lambda event: None, lambda: False)
    pixels = load_pixel_answers(tmp_path / "run")
    assert pixels is not None
    found = pixels.against(load_evaluations(tmp_path / "run")[0])
    assert found is not None and found.better < 0
    assert against_pixels(found, pixels, is_pretrained=True).endswith(NEGATIVE)
