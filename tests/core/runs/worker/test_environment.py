"""A run's processes have the settings of the process that starts them."""

import os
from pathlib import Path

import pytest

from core.runs.records.store import RunStore
from core.runs.worker.environment import settings_for, worker_environment
from core.settings import PROJECT, settings


@pytest.fixture
def variables(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Environment variables of this process, without any that a worker would inherit."""
    for name in ("PYTHONPATH", "TRANSFER_STUDIO_WEIGHTS", "TF_NUM_INTRAOP_THREADS", "OMP_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    settings.cache_clear()
    return monkeypatch


def test_the_settings_have_the_home_of_the_store(store: RunStore, tmp_path: Path) -> None:
    other = RunStore(tmp_path / "other" / "studio.sqlite")
    assert settings_for(store) == settings()
    assert settings_for(other).home == tmp_path / "other"
    assert worker_environment(other)["TRANSFER_STUDIO_HOME"] == str(tmp_path / "other")


def test_a_worker_has_the_settings_of_the_one_that_starts_it(
    store: RunStore, variables: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert "TRANSFER_STUDIO_WEIGHTS" not in worker_environment(store)
    variables.setenv("TRANSFER_STUDIO_WEIGHTS", str(tmp_path / "weights"))
    variables.setenv("TRANSFER_STUDIO_SLOTS", "3")
    variables.setenv("OF_THE_USER", "kept")
    settings.cache_clear()
    environment = worker_environment(store)
    assert environment["TRANSFER_STUDIO_WEIGHTS"] == str(tmp_path / "weights")
    assert environment["TRANSFER_STUDIO_SLOTS"] == "3"
    assert environment["OF_THE_USER"] == "kept"


def test_the_projects_folder_is_named_once_however_many_start_each_other(
    store: RunStore, variables: pytest.MonkeyPatch
) -> None:
    variables.setenv("PYTHONPATH", os.pathsep.join(("/elsewhere", "")))
    for _ in range(3):
        paths = worker_environment(store)["PYTHONPATH"]
        assert paths.split(os.pathsep) == [str(PROJECT), "/elsewhere"]
        variables.setenv("PYTHONPATH", paths)


def test_runs_at_once_share_the_processors(store: RunStore, variables: pytest.MonkeyPatch) -> None:
    assert "OMP_NUM_THREADS" not in worker_environment(store)
    variables.setenv("TRANSFER_STUDIO_SLOTS", "1000")
    settings.cache_clear()
    environment = worker_environment(store)
    assert environment["OMP_NUM_THREADS"] == environment["TF_NUM_INTRAOP_THREADS"] == "1"
    variables.setenv("OMP_NUM_THREADS", "7")
    assert worker_environment(store)["OMP_NUM_THREADS"] == "7"
