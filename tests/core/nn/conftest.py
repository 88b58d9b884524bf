"""Small networks and data sets for the tests of `core/nn`."""

from pathlib import Path

import pytest

from core.config.training_config import TrainingConfig
from core.datasets.index import DatasetIndex
from core.datasets.store.store import DatasetStore
from core.settings import Settings


@pytest.fixture
def dataset(home: Settings, shape_folder: Path) -> DatasetIndex:
    """Three shapes, ten pictures each, eight of them to train on."""
    return DatasetStore(home).import_source(shape_folder).with_split(0.2, seed=0)


@pytest.fixture
def config() -> TrainingConfig:
    """The recommended recipe on pictures small enough for a test."""
    return TrainingConfig(image_size=64).with_options(epochs=3, batch_size=8)
