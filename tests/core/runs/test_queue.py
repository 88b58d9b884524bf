"""The queue with real worker processes. A worker whose data set is gone ends before it loads TensorFlow."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import psutil
import pytest

from core.config.training_config import TrainingConfig
from core.datasets.index import DatasetIndex
from core.datasets.layouts.options import ReadingOptions
from core.errors import DatasetError, RunError
from core.events import Event
from core.runs import queue
from core.runs.records import database
from core.runs.records.rows import seal
from core.runs.records.store import Run, RunStatus, RunStore
from core.runs.worker.environment import PROCESS
from core.runs.worker.liveness import worker_lock
from core.settings import settings
from core.wording.failures import failure

WaitUntil = Callable[[Callable[[], bool]], None]


@contextmanager
def busy_slot(store: RunStore, config: TrainingConfig) -> Iterator[Run]:
    """A run whose worker is this process."""
    store.create("busy", "Busy", config)
    run = store.claim(settings().slots)
    with worker_lock(store.folder(run.id)):
        yield store.report_worker(run.id, os.getpid(), psutil.Process().create_time())


@pytest.mark.slow
def test_runs_wait_for_a_slot_and_are_started_in_turn(
    store: RunStore, dataset: DatasetIndex, config: TrainingConfig, wait_until: WaitUntil
) -> None:
    with busy_slot(store, config) as busy:
        ids = [queue.submit(store, dataset.id, config).id for _ in range(5)]
        assert [queue.position(store, run_id) for run_id in ids] == [1, 2, 3, 4, 5]
        queue.reconcile(store)
        assert {store.get(run_id).status for run_id in ids} == {RunStatus.QUEUED}
        shutil.rmtree(dataset.folder)  # not by `delete`, which refuses
        store.finish(busy.id, RunStatus.COMPLETED)
    queue.reconcile(store)
    wait_until(lambda: not store.unfinished())
    runs = [store.get(run_id) for run_id in ids]
    assert [run.status for run in runs] == [RunStatus.FAILED] * 5
    assert all(failure(run.failure).startswith("There is no data set") for run in runs)
    for earlier, later in pairwise(runs):
        assert earlier.finished <= later.started
    assert len({run.pid for run in runs}) == 5


def test_the_run_after_a_killed_one_is_started_without_any_page_open(
    store: RunStore, dataset: DatasetIndex, config: TrainingConfig, wait_until: WaitUntil
) -> None:
    killed, after = (queue.submit(store, dataset.id, config) for _ in range(2))
    wait_until(lambda: store.get(killed.id).pid > 0)
    worker = psutil.Process(store.get(killed.id).pid)
    # Suspended, so that it is killed and doesn't end by itself because its data set is missing.
    worker.suspend()
    shutil.rmtree(dataset.folder)  # not by `delete`, which refuses
    worker.kill()
    wait_until(lambda: store.get(after.id).status.is_finished)
    assert failure(store.get(killed.id).failure).startswith("The worker was killed")
    assert failure(store.get(after.id).failure).startswith("There is no data set")


def test_a_crash_isnt_taken_for_a_kill(
    store: RunStore, dataset: DatasetIndex, config: TrainingConfig, wait_until: WaitUntil
) -> None:
    run = queue.submit(store, dataset.id, config)
    wait_until(lambda: store.get(run.id).pid > 0)
    psutil.Process(store.get(run.id).pid).send_signal(signal.SIGSEGV)
    wait_until(lambda: store.get(run.id).status.is_finished)
    assert failure(store.get(run.id).failure).startswith(
        "The worker ended because of an error that it couldn't record (SIGSEGV)."
    )
    assert store.get(run.id).can_resume and not (store.folder(run.id) / "reserve").exists()


def test_submit_requires_a_data_set(store: RunStore, config: TrainingConfig) -> None:
    with pytest.raises(DatasetError, match="There is no data set 'nothing'"):
        queue.submit(store, "nothing", config)
    assert store.list() == []


def test_submit_records_what_it_was_given(store: RunStore, dataset: DatasetIndex, config: TrainingConfig) -> None:
    with busy_slot(store, config):
        run = queue.submit(store, dataset.id, config, recipe="article", name="Mine")
        assert (run.dataset_name, run.recipe, run.name, run.config) == (dataset.name, "article", "Mine", config)


def test_queued_run_is_stopped_at_once(store: RunStore, dataset: DatasetIndex, config: TrainingConfig) -> None:
    with busy_slot(store, config):
        run = queue.submit(store, dataset.id, config)
        assert queue.stop(store, run.id).status == RunStatus.STOPPED
        assert queue.position(store, run.id) == 0
        queue.delete(store, run.id)


def test_data_set_is_in_use_until_its_runs_have_ended(
    store: RunStore, dataset: DatasetIndex, config: TrainingConfig
) -> None:
    assert not queue.run_using(store, dataset.id)
    with busy_slot(store, config):
        run = queue.submit(store, dataset.id, config)
        assert queue.run_using(store, dataset.id)
        queue.stop(store, run.id)
        assert not queue.run_using(store, dataset.id)
        assert queue.run_using(store, "busy")


def test_running_run_cant_be_deleted_and_a_dead_one_can(store: RunStore, config: TrainingConfig) -> None:
    with busy_slot(store, config) as run:
        (store.folder(run.id) / "model").mkdir()
        with pytest.raises(RunError, match=r"is still running\. Stop it first"):
            queue.delete(store, run.id)
        assert (store.folder(run.id) / "model").is_dir()
    queue.delete(store, run.id)
    assert not store.folder(run.id).exists() and store.list() == []


def test_dead_worker_is_found(store: RunStore, config: TrainingConfig) -> None:
    with busy_slot(store, config) as run:
        queue.reconcile(store)
        assert store.get(run.id).status == RunStatus.RUNNING
    queue.reconcile(store)
    run = store.get(run.id)
    assert run.status == RunStatus.FAILED
    assert failure(run.failure).startswith(
        "The worker was killed (for example by the system because memory ran out, or by a restart)."
    )
    assert "Resume the run: it continues after its last epoch." in failure(run.failure)


def test_worker_that_dies_after_a_request_to_stop_is_stopped(store: RunStore, config: TrainingConfig) -> None:
    with busy_slot(store, config) as run:
        queue.stop(store, run.id)
        queue.reconcile(store)
        assert store.get(run.id).status == RunStatus.RUNNING
    queue.reconcile(store)
    assert (store.get(run.id).status, store.get(run.id).failure) == (RunStatus.STOPPED, None)


def test_a_worker_that_dies_while_saving_leaves_no_older_metrics(store: RunStore, config: TrainingConfig) -> None:
    for phase, metrics in (("head", {"val_accuracy": 0.5}), ("save", {})):
        with busy_slot(store, config) as run:
            store.finish(run.id, RunStatus.STOPPED, metrics={"val_accuracy": 0.5})
        store.requeue(run.id)
        store.claim(settings().slots)
        store.report_worker(run.id, os.getpid(), psutil.Process().create_time())
        store.append(run.id, Event(phase))
        queue.stop(store, run.id)
        queue.reconcile(store)
        assert (store.get(run.id).status, store.get(run.id).metrics) == (RunStatus.STOPPED, metrics)


def test_resume_requires_the_data_set_and_an_early_end(
    store: RunStore, dataset: DatasetIndex, config: TrainingConfig
) -> None:
    with busy_slot(store, config) as busy:
        run = queue.submit(store, dataset.id, config, name="Mine")
        with pytest.raises(RunError, match=r"'Mine' is queued\. Expected one that failed or was stopped"):
            queue.resume(store, run.id)
        queue.stop(store, run.id)
        assert queue.resume(store, "Mine").status == RunStatus.QUEUED
        queue.stop(store, run.id)
        shutil.rmtree(dataset.folder)  # not by `delete`, which refuses
        with pytest.raises(DatasetError, match="There is no data set"):
            queue.resume(store, run.id)
        assert store.get(run.id).status == RunStatus.STOPPED
        with pytest.raises(RunError, match=r"is running\. Expected one that failed"):
            queue.resume(store, busy.id)


def test_a_worker_has_time_to_start(store: RunStore, config: TrainingConfig) -> None:
    run = store.create("d", "Textures", config)
    store.claim(1)
    queue.reconcile(store)
    assert store.get(run.id).status == RunStatus.RUNNING
    _set(store, run, "started", store.get(run.id).started - queue.START_SECONDS - 1)
    queue.reconcile(store)
    assert store.get(run.id).status == RunStatus.FAILED
    assert "never started" in failure(store.get(run.id).failure)


def test_clock_set_back_doesnt_keep_a_lost_run(store: RunStore, config: TrainingConfig) -> None:
    run = store.create("d", "Textures", config)
    store.claim(1)
    _set(store, run, "started", store.get(run.id).started + 86400)
    queue.reconcile(store)
    assert store.get(run.id).status == RunStatus.FAILED


def test_worker_that_never_begins_is_noticed_at_once(
    store: RunStore, dataset: DatasetIndex, config: TrainingConfig, wait_until: WaitUntil
) -> None:
    # A folder where the lock should be: the worker ends before it can report itself.
    with busy_slot(store, config) as busy:
        run = queue.submit(store, dataset.id, config)
        (store.folder(run.id) / "lock").mkdir()
        store.finish(busy.id, RunStatus.COMPLETED)
    queue.start_queued(store)
    wait_until(lambda: store.get(run.id).status.is_finished)
    assert failure(store.get(run.id).failure).startswith("The worker ended before the run began")
    assert "Traceback" in (store.folder(run.id) / queue.LOG_NAME).read_text()


def test_worker_that_cant_be_started_is_a_failed_run(
    store: RunStore, dataset: DatasetIndex, config: TrainingConfig
) -> None:
    with busy_slot(store, config) as busy:
        run = queue.submit(store, dataset.id, config)
        (store.folder(run.id) / queue.LOG_NAME).mkdir()  # a folder where the log should be
        store.finish(busy.id, RunStatus.COMPLETED)
    queue.start_queued(store)
    run = store.get(run.id)
    assert run.status == RunStatus.FAILED and failure(run.failure).startswith("The worker can't be started: ")


def test_an_unresponsive_worker_is_killed(
    store: RunStore, config: TrainingConfig, wait_until: WaitUntil, tmp_path: Path
) -> None:
    run = store.create("d", "Textures", config)
    store.claim(1)
    program = (
        "import os, sys, psutil; from pathlib import Path; from core.runs.worker.liveness import worker_lock;"
        "from core.runs.records.store import RunStore; "
        "store = RunStore(Path(sys.argv[1])); folder = store.folder(sys.argv[2]);"
        "lock = worker_lock(folder); lock.acquire();"
        "store.report_worker(sys.argv[2], os.getpid(), psutil.Process().create_time()); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, str(store.path), run.id]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as worker:
        wait_until(lambda: store.get(run.id).pid == worker.pid)
        worker.send_signal(signal.SIGSTOP)  # a suspended process can't respond
        queue.stop(store, run.id)
        queue.reconcile(store)
        assert store.get(run.id).status == RunStatus.RUNNING and worker.poll() is None
        _set(store, run, "stop_requested", store.get(run.id).stop_requested - queue.SILENCE_LIMIT_SECONDS - 1)
        queue.reconcile(store)
        assert worker.wait(timeout=30) == -signal.SIGKILL
    queue.reconcile(store)
    assert store.get(run.id).status == RunStatus.STOPPED


def test_reconciled_by_many_at_once_starts_one_worker(
    store: RunStore, dataset: DatasetIndex, config: TrainingConfig, wait_until: WaitUntil
) -> None:
    with busy_slot(store, config) as busy:
        run = queue.submit(store, dataset.id, config)
        shutil.rmtree(dataset.folder)  # not by `delete`, which refuses
        store.finish(busy.id, RunStatus.COMPLETED)
    threads = [threading.Thread(target=queue.reconcile, args=(RunStore(store.path),)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wait_until(lambda: store.get(run.id).status.is_finished)
    log = (store.folder(run.id) / queue.LOG_NAME).read_text()
    assert log.count("Traceback") == 1 and "isn't waiting" not in log


@pytest.mark.slow
def test_second_worker_for_a_run_leaves_it_alone(store: RunStore, config: TrainingConfig) -> None:
    with busy_slot(store, config) as run:
        second = subprocess.run([sys.executable, "-m", PROCESS, run.id], capture_output=True, text=True, timeout=60)
        assert second.returncode == 1
        assert "isn't waiting for a worker, or has one" in second.stderr
        assert store.get(run.id) == run


def _set(store: RunStore, run: Run, column: str, value: float) -> None:
    with database.writing(store.path) as connection:
        connection.execute(f"UPDATE runs SET {column} = ? WHERE id = ?", (value, run.id))
        seal(connection, run.id)


def test_a_run_needs_the_data_set_that_it_is_adapted_to(
    store: RunStore, dataset: DatasetIndex, config: TrainingConfig, tmp_path: Path
) -> None:
    datasets = queue.dataset_store(settings())
    (tmp_path / "lone").mkdir()
    for number, path in enumerate(sorted((tmp_path / "noise").rglob("*.png"))[:4]):
        shutil.copy(path, tmp_path / "lone" / f"{number}.png")
    other = datasets.import_source(tmp_path / "lone", options=ReadingOptions(layout="unlabelled"))
    adapted = config.with_options(adapt_to=other.id)
    with busy_slot(store, config):
        run = queue.submit(store, dataset.id, adapted, name="Adapted")
        for one in (other, dataset):
            with pytest.raises(DatasetError, match="the run Adapted is using it"):
                datasets.delete(one.id)
        with pytest.raises(DatasetError, match="Received the one that is trained on"):
            queue.submit(store, dataset.id, config.with_options(adapt_to=dataset.id))
        with pytest.raises(DatasetError, match="lone has no labels to train on"):
            queue.submit(store, other.id, config)
        store.request_stop(run.id)
        datasets.delete(other.id)
        with pytest.raises(DatasetError, match=r"^The data set to adapt to \(.*\) isn't here"):
            queue.submit(store, dataset.id, adapted)
        with pytest.raises(DatasetError, match=r"^The data set to adapt to \(.*\) isn't here"):
            queue.resume(store, run.id)
