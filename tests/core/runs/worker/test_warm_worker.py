"""Real warm workers that load TensorFlow, the processes that own them, and the runs handed to them."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import psutil
import pytest

from core.config.training_config import TrainingConfig
from core.datasets.index import DatasetIndex
from core.runs import queue
from core.runs.records.store import Run, RunStatus, RunStore
from core.runs.worker.environment import WARM
from core.runs.worker.handoff import is_warm_worker_ready, warm_worker_folder
from core.runs.worker.liveness import is_worker_alive
from core.runs.worker.warm_worker_pool import WarmWorkerPool
from core.wording.failures import failure
from tests.processes import running

pytestmark = pytest.mark.slow

WaitUntil = Callable[[Callable[[], bool]], None]
# A server that keeps a warm worker and may submit a run to it; it waits for a line, then is killed.
OWNER = """
import os, sys, time
from pathlib import Path
import psutil
from core.config.training_config import TrainingConfig
from core.runs import queue
from core.runs.worker.handoff import is_warm_worker_ready
from core.runs.records.store import RunStore
store = RunStore(Path(sys.argv[1]))
pool = queue.keep_warm(store)
while not is_warm_worker_ready(store):
    time.sleep(0.02)
(warm_worker,) = psutil.Process().children()
if len(sys.argv) > 2:
    queue.submit(store, sys.argv[2], TrainingConfig.from_json(sys.argv[3]), name="Handed over")
print(warm_worker.pid, flush=True)
sys.stdin.readline()
os.kill(os.getpid(), 9)
"""


def owner(*arguments: object) -> subprocess.Popen:
    command = [sys.executable, "-c", OWNER, *map(str, arguments)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def pool(store: RunStore) -> Iterator[WarmWorkerPool]:
    pool = queue.keep_warm(store)
    yield pool
    pool.close()


def warm_workers(store: RunStore) -> list[psutil.Process]:
    """Returns this process's warm workers for the data home."""
    return running(WARM, psutil.Process().children(), store.home)


def queued_without_data(store: RunStore, config: TrainingConfig) -> Run:
    """A run whose worker, warm or cold, ends before it trains."""
    return store.create("gone", "Gone", config)


def test_run_that_was_handed_over_outlives_the_owner(
    store: RunStore, dataset: DatasetIndex, config: TrainingConfig, wait_until: WaitUntil
) -> None:
    with owner(store.path, dataset.id, config.to_json()) as server:
        warm_worker = psutil.Process(int(server.stdout.readline()))
        assert os.getsid(warm_worker.pid) == warm_worker.pid
        server.stdin.close()
    assert server.returncode == -9
    wait_until(lambda: store.get("Handed over").status.is_finished)
    run = store.get("Handed over")
    folder = store.folder(run.id)
    assert (run.status, run.failure) == (RunStatus.COMPLETED, None) and run.has_model
    assert run.pid == warm_worker.pid
    assert [event.epoch for event in store.events(run.id)] == [1, 2]
    assert (folder / queue.LOG_NAME).is_file() and (folder / "evaluation.json").is_file()
    wait_until(lambda: not warm_worker.is_running())
    assert not is_worker_alive(folder) and not is_worker_alive(warm_worker_folder(store.home))


def test_warm_worker_without_a_run_ends_with_its_owner(store: RunStore, wait_until: WaitUntil) -> None:
    with owner(store.path) as server:
        warm_worker = psutil.Process(int(server.stdout.readline()))
        assert is_warm_worker_ready(store)
        server.stdin.close()
    wait_until(lambda: not warm_worker.is_running())
    assert not is_warm_worker_ready(store)
    assert {path.name for path in warm_worker_folder(store.home).iterdir()} == {"lock"}


def test_many_that_start_a_run_at_once_give_it_to_the_warm_worker_once(
    store: RunStore, config: TrainingConfig, pool: WarmWorkerPool, wait_until: WaitUntil
) -> None:
    second = queue.keep_warm(store)
    wait_until(lambda: is_warm_worker_ready(store) and len(warm_workers(store)) == 1)  # not one for each pool
    (warm_worker,) = warm_workers(store)
    run = queued_without_data(store, config)
    threads = [threading.Thread(target=queue.start_queued, args=(RunStore(store.path),)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wait_until(lambda: store.get(run.id).status.is_finished)
    second.close()
    run = store.get(run.id)
    assert run.pid == warm_worker.pid and failure(run.failure).startswith("There is no data set")
    log = (store.folder(run.id) / queue.LOG_NAME).read_text()
    assert log.count("Traceback") == 1 and "isn't waiting" not in log
    # The next one is already starting.
    wait_until(lambda: any(child.pid != warm_worker.pid for child in warm_workers(store)))


def test_killed_warm_worker_leaves_the_run_to_a_cold_worker(
    store: RunStore, config: TrainingConfig, pool: WarmWorkerPool, wait_until: WaitUntil
) -> None:
    wait_until(lambda: is_warm_worker_ready(store))
    (warm_worker,) = warm_workers(store)
    warm_worker.kill()
    run = queued_without_data(store, config)
    queue.start_queued(store)
    wait_until(lambda: store.get(run.id).status.is_finished)
    run = store.get(run.id)
    assert failure(run.failure).startswith("There is no data set") and run.pid != warm_worker.pid


def test_suspended_warm_worker_leaves_the_run_to_a_cold_worker(
    store: RunStore, config: TrainingConfig, wait_until: WaitUntil
) -> None:
    with owner(store.path) as server:
        warm_worker = psutil.Process(int(server.stdout.readline()))
        warm_worker.suspend()
        run = queued_without_data(store, config)
        queue.start_queued(store)
        wait_until(lambda: store.get(run.id).status.is_finished)
        warm_worker.resume()
        server.stdin.close()
    wait_until(lambda: not warm_worker.is_running())
    assert store.get(run.id).pid != warm_worker.pid
    assert (store.folder(run.id) / queue.LOG_NAME).read_text().count("Traceback") == 1
