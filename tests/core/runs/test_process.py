"""The main program of workers: its arguments and its exit code."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from core.config.training_config import TrainingConfig
from core.runs.records.store import RunStatus, RunStore
from core.runs.worker.environment import PROCESS, WARM, worker_environment
from core.runs.worker.handoff import warm_worker_folder
from core.runs.worker.liveness import worker_lock
from core.runs.worker.warm_worker_pool import DONE, NOT_WANTED

FAILED = 1


def run_process(store: RunStore, *arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", PROCESS, *arguments]
    return subprocess.run(command, env=worker_environment(store), capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("arguments", [(), ("deadbeef", "12345678"), (WARM, "deadbeef")])
def test_it_works_on_one_run(store: RunStore, arguments: tuple[str, ...]) -> None:
    ended = run_process(store, *arguments)
    assert ended.returncode == FAILED
    assert ended.stderr.startswith("Expected the id of one run, as in: python -m core.runs.process RUN_ID")
    assert not (store.home / "runs").exists()


def test_a_run_that_isnt_waiting_is_left_alone(store: RunStore, config: TrainingConfig) -> None:
    run = store.create("gone", "Gone", config)
    for reference in (run.id, "12345678"):
        ended = run_process(store, reference)
        assert ended.returncode == FAILED
        assert f"The run {reference} isn't waiting for a worker, or has one." in ended.stderr
    assert store.list() == [run]


def test_a_run_that_fails_was_worked_on_and_the_next_one_is_started(
    store: RunStore, config: TrainingConfig, wait_until: Callable[[Callable[[], bool]], None]
) -> None:
    run, following = (store.create("gone", "Gone", config) for _ in range(2))
    assert store.claim(slots=1).id == run.id
    assert run_process(store, run.id).returncode == DONE
    assert store.get(run.id).status == RunStatus.FAILED
    wait_until(lambda: store.get(following.id).status == RunStatus.FAILED)


def test_a_bug_is_printed_and_ends_it(store: RunStore) -> None:
    environment = worker_environment(store) | {"TRANSFER_STUDIO_SLOTS": "none"}
    command = [sys.executable, "-m", PROCESS, "deadbeef"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert ended.returncode == FAILED
    assert "Expected a whole number of at least 1 in TRANSFER_STUDIO_SLOTS. Received 'none'" in ended.stderr


@pytest.mark.slow
def test_a_second_warm_worker_isnt_wanted(store: RunStore) -> None:
    folder = warm_worker_folder(store.home)
    folder.mkdir(parents=True)
    with worker_lock(folder):
        assert run_process(store, WARM).returncode == NOT_WANTED
    assert [path.name for path in folder.iterdir()] == ["lock"]
