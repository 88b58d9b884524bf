"""A private data home for each test, with runs."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.config.training_config import TrainingConfig
from core.datasets.index import DatasetIndex
from core.datasets.store.store import DatasetStore
from core.runs.records.store import RunStore
from core.settings import settings

DEADLINE_SECONDS = 120


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunStore]:
    monkeypatch.setenv("TRANSFER_STUDIO_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("TRANSFER_STUDIO_SLOTS", raising=False)
    settings.cache_clear()
    yield RunStore(settings().database)
    settings.cache_clear()


@pytest.fixture
def config() -> TrainingConfig:
    return TrainingConfig(image_size=64).with_options(epochs=2, batch_size=8)


@pytest.fixture
def wait_until() -> Callable[[Callable[[], bool]], None]:
    def wait(condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not condition():
            assert time.monotonic() < deadline, "The condition didn't come true in time."
            time.sleep(0.02)

    return wait


@pytest.fixture
def dataset(store: RunStore, tmp_path: Path) -> DatasetIndex:
    """Eight pictures each of dark and of bright noise."""
    generator = np.random.default_rng(0)
    for name, darkest in (("dark", 0), ("bright", 128)):
        (tmp_path / "noise" / name).mkdir(parents=True)
        for number in range(8):
            pixels = generator.integers(darkest, darkest + 128, (40, 40, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / "noise" / name / f"{number}.png")
    return DatasetStore(settings()).import_source(tmp_path / "noise")
