"""A data home of its own for each test, and runs in it."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.config import TrainingConfig
from core.runs.store import RunStore
from core.settings import settings

DEADLINE_SECONDS = 60


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunStore]:
    monkeypatch.setenv("TRANSFER_STUDIO_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("TRANSFER_STUDIO_SLOTS", raising=False)
    settings.cache_clear()
    yield RunStore(settings().database)
    settings.cache_clear()


@pytest.fixture
def config() -> TrainingConfig:
    return TrainingConfig(image_size=64, epochs=2, batch_size=8)


@pytest.fixture
def wait_until() -> Callable[[Callable[[], bool]], None]:
    def wait(condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not condition():
            assert time.monotonic() < deadline, "The condition didn't come true in time."
            time.sleep(0.02)

    return wait
