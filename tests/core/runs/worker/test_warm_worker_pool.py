"""When a warm worker is kept, and when there is none."""

import shutil
from collections.abc import Callable

import pytest

from core.config.training_config import TrainingConfig
from core.errors import RunError
from core.runs import queue
from core.runs.records.store import RunStatus, RunStore
from core.runs.worker import warm_worker_pool
from core.runs.worker.handoff import warm_worker_folder
from core.runs.worker.liveness import worker_lock
from core.runs.worker.warm_worker_pool import LOG_NAME, WarmWorkerPool
from core.settings import settings
from tests.core.runs.worker.test_warm_worker import queued_without_data, warm_workers

WaitUntil = Callable[[Callable[[], bool]], None]


@pytest.mark.slow
def test_warm_worker_waits_for_a_free_slot(store: RunStore, config: TrainingConfig, wait_until: WaitUntil) -> None:
    queued_without_data(store, config)
    run = store.claim(settings().slots)
    looked: list[int] = []
    pool = WarmWorkerPool(store, lambda store: looked.append(len(warm_workers(store))))
    wait_until(lambda: len(looked) > 1)
    assert set(looked) == {0}
    store.finish(run.id, RunStatus.STOPPED)
    wait_until(lambda: len(warm_workers(store)) == 1)
    pool.close()
    wait_until(lambda: not warm_workers(store))


def test_deleted_data_home_ends_the_pool(store: RunStore) -> None:
    shutil.rmtree(store.home)
    pool = queue.keep_warm(store)
    pool.close()
    assert not warm_worker_folder(store.home).exists()


def test_none_is_started_where_memory_is_short(
    store: RunStore, monkeypatch: pytest.MonkeyPatch, wait_until: WaitUntil
) -> None:
    monkeypatch.setattr(warm_worker_pool, "FREE_MEMORY_BYTES", 2**60)
    monkeypatch.setattr(warm_worker_pool, "LOOK_SECONDS", 0.01)
    looked: list[int] = []
    pool = WarmWorkerPool(store, lambda store: looked.append(len(warm_workers(store))))
    wait_until(lambda: len(looked) > 3)
    pool.close()
    assert set(looked) == {0}
    assert not (store.home / LOG_NAME).exists()


def test_none_is_started_where_another_server_has_one(
    store: RunStore, monkeypatch: pytest.MonkeyPatch, wait_until: WaitUntil
) -> None:
    monkeypatch.setattr(warm_worker_pool, "LOOK_SECONDS", 0.01)
    folder = warm_worker_folder(store.home)
    folder.mkdir(parents=True)
    looked: list[int] = []
    with worker_lock(folder):
        pool = WarmWorkerPool(store, lambda store: looked.append(len(warm_workers(store))))
        wait_until(lambda: len(looked) > 3)
        pool.close()
    assert set(looked) == {0}
    assert not (store.home / LOG_NAME).exists()


def test_trouble_is_printed_and_the_next_attempt_comes_later(
    store: RunStore, wait_until: WaitUntil, capsys: pytest.CaptureFixture[str]
) -> None:
    looked: list[RunStore] = []

    def fail(store: RunStore) -> None:
        looked.append(store)
        raise RunError("The disk is full.")

    pool = WarmWorkerPool(store, fail)
    wait_until(lambda: bool(looked))
    pool.close()  # Doesn't wait for the next check.
    assert looked == [store]
    assert "The disk is full.\n" in capsys.readouterr().err
