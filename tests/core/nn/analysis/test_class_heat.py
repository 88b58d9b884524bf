"""A watermark that gives a class away is found, and none where there is none, on models that were really trained."""

from pathlib import Path

import numpy as np
import pytest
from PIL import ImageDraw

from core.config.training_config import TrainingConfig
from core.datasets.index import DatasetIndex
from core.datasets.store.store import DatasetStore
from core.errors import RunError, Stopped
from core.explanation.class_maps import ClassMap
from core.nn.analysis.class_heat import BATCH, MOST_PICTURES, SIDE, mean_class_maps
from core.nn.networks.model_files import TrainedClassifier, load_classifier
from core.nn.networks.model_folder import MODEL_FOLDER
from core.nn.training.training import run_training
from core.progress import ignore_event, never_stop
from core.settings import Settings
from tests.conftest import draw_folder, draw_shape
from tests.core.nn.analysis.test_contributions import trained_with


def draw_watermarked(folder: Path, count: int) -> Path:
    """Writes two classes with the same shapes; those of the first have a caption at the bottom right."""
    generator = np.random.default_rng(0)
    for name in ("marked", "plain"):
        (folder / name).mkdir(parents=True)
        for number in range(count):
            picture = draw_shape(("circle", "square", "stripes")[number % 3], generator, 120)
            if name == "marked":
                ImageDraw.Draw(picture).rectangle((86, 100, 116, 114), fill=(250, 250, 250))
                ImageDraw.Draw(picture).text((89, 102), "PHOTO", fill=(0, 0, 0))
            picture.save(folder / name / f"{name} {number}.png")
    return folder


def trained_on(dataset: DatasetIndex, settings: Settings) -> TrainedClassifier:
    config = TrainingConfig().with_options(epochs=15, validation_split=0.4)
    run_training(config, dataset, settings.runs / "run", settings, ignore_event, never_stop)
    return load_classifier(settings.runs / "run" / MODEL_FOLDER)


def maps_of(folder: Path, home: Path) -> list[ClassMap]:
    settings = Settings(home)
    dataset = DatasetStore(settings).import_source(folder)
    trained = trained_on(dataset, settings)
    return mean_class_maps(trained, dataset, dataset.with_split(0.4, 0).select("validation"))


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_planted_watermark_is_reported(tmp_path):
    marked = next(
        one for one in maps_of(draw_watermarked(tmp_path / "set", 25), tmp_path / "home") if one.class_name == "marked"
    )
    assert marked.leans_on_border and marked.place == "bottom right"
    assert marked.num_pictures == 10 and marked.at_place >= 0.8


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_where_there_is_none_none_is_reported(tmp_path):
    maps = maps_of(draw_folder(tmp_path / "set", 25), tmp_path / "home")
    assert [one.class_name for one in maps] == ["circle", "square", "stripes"]
    assert not any(one.leans_on_border for one in maps)


@pytest.fixture
def small(tmp_path: Path) -> tuple[TrainedClassifier, DatasetIndex]:
    """A network with random weights and eleven pictures of each of its classes."""
    dataset = DatasetStore(Settings(tmp_path / "home")).import_source(draw_folder(tmp_path / "set", BATCH + 3))
    config = TrainingConfig(backbone="vgg16", image_size=64).with_options(units=8, normalize=False)
    return trained_with(config), dataset


def test_every_class_has_a_map_of_its_pictures(small):
    events = []
    maps = mean_class_maps(*small, small[1].samples, events.append)
    assert [(one.class_name, one.num_pictures) for one in maps] == [
        (name, 11) for name in ("circle", "square", "stripes")
    ]
    assert all(one.heat.shape == (SIDE, SIDE) and one.picture.shape == (SIDE, SIDE, 3) for one in maps)
    assert (events[0].phase, events[0].total) == ("explain", 33)
    assert MOST_PICTURES == 60
    with pytest.raises(Stopped):
        mean_class_maps(*small, small[1].samples, ignore_event, lambda: True)


def test_pictures_that_are_gone_are_left_out(small):
    trained, dataset = small
    for sample in dataset.samples:
        if dataset.class_names[sample.label] != "square":
            dataset.picture_path(sample).unlink()
    (only,) = mean_class_maps(trained, dataset, dataset.samples)
    assert only.class_name == "square"
    with pytest.raises(RunError, match="None of them can be read"):
        mean_class_maps(trained, dataset, [sample for sample in dataset.samples if sample.label == 0])
