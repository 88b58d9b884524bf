"""A store with runs in every state, and all that is recorded of them."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from core.config.training_config import TrainingConfig
from core.events import Event
from core.runs.records.failures import Failure
from core.runs.records.store import Run, RunStatus, RunStore
from core.runs.worker.liveness import worker_lock

EPOCHS = 3
# Bytes of a page of SQLite.
PAGE = 4096


@pytest.fixture(scope="session")
def filled_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a run of each status, named after it, three with curves. Each test works on a copy."""
    config = TrainingConfig(image_size=64).with_options(epochs=2, batch_size=8)
    store = RunStore(tmp_path_factory.mktemp("filled") / "home" / "studio.sqlite")
    for status in ("completed", "failed", "stopped"):
        run = store.create("d", "Textures", config, "recommended", name=status)
        store.claim(slots=9)
        store.report_worker(run.id, 4711, 12.5)
        for epoch in range(1, EPOCHS + 1):
            store.append(run.id, Event("head", epoch, EPOCHS, {"loss": 1 / epoch}, epoch=epoch), {"head": epoch})
        failure = Failure.of_text("It did.") if status == "failed" else None
        store.finish(run.id, RunStatus(status), failure, {"val_accuracy": 0.5}, {"head": 2.5})
    store.create("d", "Textures", config, name="running")
    store.claim(slots=9)
    for name in ("queued", "queued too"):
        store.create("d", "Textures", config, name=name)
    resumed = store.requeue(store.get("stopped").id)
    assert store.position(resumed.id) == 3
    return store.home


@pytest.fixture
def filled(store: RunStore, filled_home: Path) -> Iterator[RunStore]:
    """A store with a run of each status, named after it, three with curves. This process is the running worker."""
    shutil.rmtree(store.home)
    shutil.copytree(filled_home, store.home)
    filled = RunStore(store.path)
    running = filled.get("running")
    with worker_lock(filled.folder(running.id)):
        filled.report_worker(running.id, os.getpid(), psutil.Process().create_time())
        yield filled


def content(store: RunStore) -> list[object]:
    """Returns the complete records of a store's runs."""
    return [(run, store.events(run.id), store.position(run.id)) for run in without_progress(store.list())]


def without_progress(runs: list[Run]) -> list[Run]:
    return [replace(run, progress=None) for run in runs]
