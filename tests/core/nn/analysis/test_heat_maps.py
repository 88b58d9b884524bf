"""Heat maps of every kind of network, and on pictures of which it is known where the classes differ."""

import io
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image, ImageDraw

from core.backbones.table import BACKBONES
from core.config.training_config import TrainingConfig
from core.datasets.store.store import DatasetStore
from core.errors import RunError, Stopped
from core.explanation.explanation import GRAD_CAM, OCCLUSION
from core.images.decoding import PictureError
from core.nn.analysis.heat_maps import RANDOM_HEADS, HeatMaps
from core.nn.networks.model_files import TrainedClassifier, load_classifier
from core.nn.networks.model_folder import MODEL_FOLDER
from core.nn.training.training import run_training
from core.progress import ignore_event, never_stop
from core.settings import Settings
from tests.core.nn.analysis.test_contributions import trained_with

SIDE = 96
CLASSES = ("disc", "stripes")


def draw(name: str, generator: np.random.Generator) -> Image.Image:
    """Draws clouds with noise, and the class's mark somewhere in the top left quarter."""
    clouds = Image.fromarray(generator.integers(0, 255, (6, 6, 3), dtype=np.uint8))
    smooth = np.asarray(clouds.resize((SIDE, SIDE), Image.Resampling.BICUBIC), np.float32) * 0.6 + 50
    noisy = smooth + generator.normal(0, 12, smooth.shape)
    picture = Image.fromarray(noisy.clip(0, 255).astype(np.uint8))
    size = SIDE // 4
    left, top = (int(value) for value in generator.integers(6, SIDE // 2 - size - 5, 2))
    if name == "disc":
        ImageDraw.Draw(picture).ellipse((left, top, left + size, top + size), fill=(230, 60, 50))
    else:
        for offset in range(0, size, 6):
            line = (left, top + offset, left + size, top + offset)
            ImageDraw.Draw(picture).line(line, fill=(240, 240, 90), width=3)
    return picture


def draw_corners(folder: Path, count: int = 30, seed: int = 0) -> Path:
    generator = np.random.default_rng(seed)
    for name in CLASSES:
        (folder / name).mkdir(parents=True)
        for number in range(count):
            draw(name, generator).save(folder / name / f"{name} {number}.png")
    return folder


def as_bytes(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def share_in_corner(heat: np.ndarray) -> float:
    half = len(heat) // 2
    return float(heat[:half, :half].sum() / heat.sum()) if heat.any() else 0.0


@pytest.fixture(scope="module")
def random_network() -> TrainedClassifier:
    keras.utils.set_random_seed(0)
    config = TrainingConfig(backbone="vgg16", image_size=64).with_options(units=8, normalize=False, trainable_blocks=1)
    return trained_with(config)


@pytest.fixture(scope="module")
def maps(random_network: TrainedClassifier) -> HeatMaps:
    return HeatMaps(random_network)


@pytest.fixture
def picture() -> bytes:
    return as_bytes(draw("disc", np.random.default_rng(3)))


@pytest.mark.parametrize("method", [GRAD_CAM, OCCLUSION])
def test_a_map_says_what_it_is_about(maps, picture, method):
    plain = maps.explain(picture, method=method)
    assert plain.class_name == plain.answer and plain.method == method and plain.similarity is None
    assert plain.heat.shape == (64, 64) and plain.heat.dtype == np.float32
    assert plain.heat.min() >= 0 and plain.heat.max() in (0, 1)
    others = [name for name in "abc" if name != plain.answer]
    assert plain.against in others
    other = maps.explain(picture, others[0], method)
    assert (other.class_name, other.against, other.answer) == (others[0], plain.answer, plain.answer)
    assert other.probability < plain.probability
    assert not np.allclose(other.heat, plain.heat)


def test_many_pictures_have_the_maps_of_each(maps, picture, random_network):
    generator = np.random.default_rng(1)
    pictures = generator.integers(0, 256, (3, 64, 64, 3), dtype=np.uint8)
    heat = maps.heat(pictures, [0, 1, 2])
    for pixels, name, expected in zip(pictures, "abc", heat, strict=True):
        alone = maps.explain(as_bytes(Image.fromarray(pixels)), name)
        np.testing.assert_allclose(alone.heat, expected, atol=1e-3)


def test_random_heads_leave_the_model_as_it_is_and_are_the_same_each_time(maps, picture, random_network):
    before = random_network.classifier.head.get_weights()
    plain = maps.explain(picture)
    first, again = (maps.explain(picture, randomised=True) for _ in range(2))
    np.testing.assert_allclose(first.heat, again.heat, atol=1e-5)
    assert first.similarity == pytest.approx(again.similarity, abs=1e-6)
    assert -1 <= first.similarity < 1
    assert (first.class_name, first.against, first.probability) == (plain.class_name, plain.against, plain.probability)
    for old, new in zip(before, random_network.classifier.head.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_progress_is_reported_and_stopping_heeded(maps, picture):
    events = []
    maps.explain(picture, method=OCCLUSION, on_event=events.append)
    assert {event.phase for event in events} == {"explain"} and events[0].total == 49
    events.clear()
    maps.explain(picture, randomised=True, on_event=events.append)
    assert events[0].total == 1 + RANDOM_HEADS
    with pytest.raises(Stopped):
        maps.explain(picture, method=OCCLUSION, should_stop=lambda: True)


def test_bad_input_is_refused_in_words(maps, picture):
    with pytest.raises(RunError, match=r"one of the model's 3 classes\. Received 'cats'\. Choose another, such as a"):
        maps.explain(picture, "cats")
    with pytest.raises(RunError, match="one of the methods grad_cam, occlusion"):
        maps.explain(picture, method="magic")
    with pytest.raises(PictureError):
        maps.explain(b"no picture")


def test_warming_up_changes_nothing(maps, picture):
    before = maps.explain(picture)
    maps.warm_up()
    np.testing.assert_allclose(maps.explain(picture).heat, before.heat, atol=1e-5)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("trainable_blocks", [0, 1])
@pytest.mark.parametrize("name", BACKBONES)
def test_every_backbone_has_maps(name, trainable_blocks, picture):
    side = max(64, BACKBONES[name].min_size)
    keras.utils.set_random_seed(0)
    trained = trained_with(
        TrainingConfig(backbone=name, image_size=side).with_options(trainable_blocks=trainable_blocks)
    )
    head = trained.classifier.head
    generator = np.random.default_rng(0)
    head.set_weights([generator.normal(size=values.shape) for values in head.get_weights()])
    found = HeatMaps(trained).explain(picture, "b")
    assert found.heat.shape == (side, side)
    assert np.isfinite(found.heat).all() and found.heat.max() == 1
    keras.backend.clear_session()


CORNER = {
    "frozen": {},
    "three depths": {"depths": 3, "cross_validation": False},
    "averages": {"normalize": False, "weight_decay": 0.0},
    "flattened": {"pooling": "flatten", "units": 64, "normalize": False, "weight_decay": 0.0, "epochs": 8},
    "fine-tuned": {"trainable_blocks": 3, "epochs": 4},
}
CORNER_VGG16 = {
    "frozen": {},
    "article": {"pooling": "flatten", "units": 512, "normalize": False, "weight_decay": 0.0, "epochs": 6}
    | {"learning_rate": 1e-4},
    "fine-tuned": {"trainable_blocks": 1, "epochs": 2},
}


def corner_shares(tmp_path: Path, config: TrainingConfig) -> np.ndarray:
    """Trains on pictures of which only the top left quarter tells the class, and returns the share of heat in it.

    Returns:
        The mean over the held-out pictures of each class.
    """
    settings = Settings(tmp_path / "home")
    dataset = DatasetStore(settings).import_source(draw_corners(tmp_path / "corners"))
    result = run_training(config, dataset, settings.runs / "run", settings, ignore_event, never_stop)
    assert result.metrics["val_accuracy"] == 1
    maps = HeatMaps(load_classifier(settings.runs / "run" / MODEL_FOLDER))
    shares = [[], []]
    for sample in dataset.with_split(config.validation_split, config.seed).select("validation"):
        found = maps.explain(dataset.picture_path(sample), dataset.class_names[sample.label])
        shares[sample.label].append(share_in_corner(found.heat))
    return np.array([np.mean(values) for values in shares])


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", CORNER)
def test_heat_falls_where_the_classes_differ(tmp_path, kind):
    config = TrainingConfig().with_options(**{"epochs": 15} | CORNER[kind])
    assert corner_shares(tmp_path, config).min() >= 0.8


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", CORNER_VGG16)
def test_heat_falls_where_the_classes_differ_with_vgg16(tmp_path, kind, vgg16_file):
    side = 224 if kind == "fine-tuned" else 128
    config = TrainingConfig(backbone="vgg16", image_size=side).with_options(**{"epochs": 15} | CORNER_VGG16[kind])
    assert corner_shares(tmp_path, config).mean() >= 0.8


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_heat_of_a_network_from_scratch_falls_on_what_it_has_learned(tmp_path):
    options = {"trainable_blocks": 5, "epochs": 12, "learning_rate": 1e-4, "normalize": False, "weight_decay": 0.0}
    config = TrainingConfig(weights="none", backbone="vgg16", image_size=64).with_options(**options)
    # The other class is what it answers where it doesn't see the first: nothing speaks for that one.
    assert corner_shares(tmp_path, config).max() >= 0.8
