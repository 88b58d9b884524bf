"""Real training on a small disk that is full at various moments."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import psutil
import pytest

from core.config.training_config import TrainingConfig
from core.datasets.store.store import DatasetStore
from core.errors import CoreError
from core.nn.networks.model_files import load_classifier
from core.runs import queue
from core.runs.records.failures import DISK_FULL
from core.runs.records.store import Run, RunStatus, RunStore
from core.runs.worker.liveness import worker_lock
from core.runs.worker.reserve import Reserve
from core.settings import ImportLimits, settings
from core.wording.failures import failure
from tests.conftest import draw_folder
from tests.disks import SmallDisk

WaitUntil = Callable[[Callable[[], bool]], None]


@pytest.fixture
def store(small_disk: SmallDisk, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunStore]:
    monkeypatch.setenv("TRANSFER_STUDIO_HOME", str(small_disk.folder / "home"))
    settings.cache_clear()
    yield RunStore(settings().database)
    settings.cache_clear()


def ended(store: RunStore, run: Run, wait_until: WaitUntil) -> Run:
    def is_over() -> bool:
        # On a disk without any space nothing can be recorded, so it is refused.
        try:
            queue.reconcile(store)
            return store.get(run.id).status.is_finished
        except CoreError as error:
            assert str(error).startswith("The disk is full")
            return False

    wait_until(is_over)
    return store.get(run.id)


def is_in(store: RunStore, run_id: str, phase: str) -> bool:
    return store.get(run_id).phase == phase


@pytest.mark.slow
def test_a_full_disk_is_named_in_every_phase_and_the_run_continues_when_there_is_space(
    store: RunStore, small_disk: SmallDisk, wait_until: WaitUntil, tmp_path: Path
) -> None:
    limits = ImportLimits(free_disk_bytes=0)
    pictures = draw_folder(tmp_path / "pictures", 8, ("circle", "square"))
    dataset = DatasetStore(replace(settings(), import_limits=limits)).import_source(pictures)
    config = TrainingConfig(image_size=64).with_options(epochs=20, batch_size=8, units=256, flip=True, views=3)

    small_disk.fill(left=500_000)
    run = ended(store, queue.submit(store, dataset.id, config), wait_until)
    assert (run.status, failure(run.failure)[:17], run.pid) == (RunStatus.FAILED, "The disk is full.", 0)

    # Enough to begin with.
    small_disk.empty()
    small_disk.fill(left=1_200_000)
    queue.resume(store, run.id)
    run = ended(store, run, wait_until)
    assert failure(run.failure).startswith("The disk is full") and run.phase in ("weights", "features")

    for phase in ("head", "save"):
        small_disk.empty()
        queue.resume(store, run.id)
        wait_until(partial(is_in, store, run.id, phase))
        small_disk.fill()
        run = ended(store, run, wait_until)
        assert run.status == RunStatus.FAILED and failure(run.failure).startswith("The disk is full"), phase
        assert not list(store.folder(run.id).glob(".*.part")) and not Reserve(store.folder(run.id)).path.exists()
        epochs = store.events(run.id)
    assert len(epochs) == 20

    small_disk.empty()
    queue.resume(store, run.id)
    run = ended(store, run, wait_until)
    assert (run.status, run.failure) == (RunStatus.COMPLETED, None) and store.events(run.id) == epochs
    assert load_classifier(store.folder(run.id) / "model").class_names == ("circle", "square")


def test_a_worker_without_any_disk_space_says_so_when_there_is_some(
    store: RunStore, small_disk: SmallDisk, wait_until: WaitUntil
) -> None:
    run = store.create("gone", "Gone", TrainingConfig())
    store.claim(slots=1)
    small_disk.fill()
    queue._start_worker(store, run)
    wait_until(lambda: (store.folder(run.id) / "lock").exists() and Reserve(store.folder(run.id)).path.exists())
    assert store.get(run.id).status == RunStatus.RUNNING
    small_disk.empty()
    assert failure(ended(store, run, wait_until).failure).startswith("The disk is full")


def test_the_last_words_of_a_worker_are_read(store: RunStore, small_disk: SmallDisk) -> None:
    for left, code in ((DISK_FULL, "disk_full"), (None, "worker_disk_full")):
        run = store.create("d", "Textures", TrainingConfig())
        store.claim(slots=9)
        with worker_lock(store.folder(run.id)):
            store.report_worker(run.id, os.getpid(), psutil.Process().create_time())
            reserve = Reserve(store.folder(run.id))
            reserve.take()
            small_disk.fill()
            if left:
                reserve.leave(left)
        # The reserve of the dead worker is enough for the record.
        queue.reconcile(store)
        assert store.get(run.id).failure.code == code and not reserve.path.exists()
        small_disk.empty()
