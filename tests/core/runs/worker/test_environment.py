"""How the processes of runs are started, and with which settings."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.runs.records.store import RunStore
from core.runs.worker.environment import settings_for, start_process, worker_environment
from core.settings import PROJECT, settings


@pytest.fixture
def variables(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Environment variables of this process, none of which a worker would be given."""
    for name in ("PYTHONPATH", "TRANSFER_STUDIO_WEIGHTS", "TF_NUM_INTRAOP_THREADS", "OMP_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    settings.cache_clear()
    return monkeypatch


def test_a_store_of_another_home_is_worked_on_there(store: RunStore, tmp_path: Path) -> None:
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


# Prints what it was given, and then waits for the end of its input.
CHILD = """
import os, sys
print(sys.argv[1:], os.getcwd(), os.environ.get("GIVEN"), os.getsid(0) == os.getpid(), file=sys.stderr)
print("read", len(sys.stdin.read()))
"""


@pytest.fixture
def child(tmp_path: Path) -> dict[str, str]:
    """The environment variables with which `python -m child` is the program above."""
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "child.py").write_text(CHILD)
    return {"PYTHONPATH": str(tmp_path / "modules"), "GIVEN": "some"}


def test_a_process_has_a_session_and_a_log_of_its_own(child: dict[str, str], tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    log.write_text("of an earlier attempt\n")
    process = start_process(["child", "--warm"], log, child)
    assert process.wait(timeout=60) == 0
    assert log.read_text().splitlines() == ["of an earlier attempt", f"['--warm'] {PROJECT} some True", "read 0"]


def test_a_process_may_be_told_by_the_end_of_its_input(child: dict[str, str], tmp_path: Path) -> None:
    process = start_process(["child"], tmp_path / "log.txt", child, stdin=subprocess.PIPE)
    assert process.poll() is None
    process.communicate(b"12345", timeout=60)
    assert (tmp_path / "log.txt").read_text().endswith("read 5\n")


def test_a_process_that_cant_be_started_is_an_error(child: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        start_process(["child"], tmp_path / "gone" / "log.txt", child)
    assert not (tmp_path / "gone").exists()


def test_a_module_that_isnt_there_ends_with_a_word_in_the_log(child: dict[str, str], tmp_path: Path) -> None:
    assert start_process(["unheard_of"], tmp_path / "log.txt", child).wait(timeout=60) == 1
    assert f"{sys.executable}: No module named unheard_of" in (tmp_path / "log.txt").read_text()
