"""Leftovers of killed imports are removed at the next start, whatever their names; folders in use are never removed."""

import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from core.__main__ import main
from core.datasets.store.store import DatasetStore
from tests.core.datasets.store.conftest import left_behind as left_in_home
from tests.project import ROOT

HOLD = """
import sys
from core.datasets.store.store import DatasetStore
from core.settings import settings
with DatasetStore(settings()).workspace() as workspace:
    (workspace / "upload").write_bytes(b"half of it")
    print(workspace, flush=True)
    sys.stdin.read()
"""


@contextmanager
def another_process():
    """Another process that uses a workspace until it is killed."""
    process = subprocess.Popen([sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        process.stdout.readline()
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def left_behind(home) -> list[str]:
    return [path.name for path in home.datasets.iterdir() if path.name != ".lock"]


def test_leftovers_of_a_killed_process_are_removed_by_every_command(home, capsys):
    with another_process():
        assert main(["datasets"]) == 0
        DatasetStore(home).sweep()
        assert len(left_behind(home)) == 2
    assert len(left_behind(home)) == 2
    assert main(["backbones"]) == 0
    assert left_behind(home) == []


@pytest.mark.parametrize(
    "name",
    [".importing-a b\n[*]?", ".importing-", ".importing-x.lock", ".importing-x.y", ".importing-🐈", ".deleted-x.lock"],
)
@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_leftovers_of_any_name_and_kind_are_swept(home, tmp_path, name, kind):
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "picture").touch()
    home.datasets.mkdir(parents=True)
    path = home.datasets / name
    if kind == "folder":
        path.mkdir()
        (path / "upload").touch()
    elif kind == "file":
        path.touch()
    else:
        path.symlink_to(kept)
    DatasetStore(home).sweep()
    assert left_behind(home) == []
    assert (kept / "picture").exists()


def test_a_folder_whose_lock_is_held_stays_and_so_do_data_sets(home):
    store = DatasetStore(home)
    with store.workspace() as workspace, store.workspace() as other:
        (home.datasets / "abc").mkdir()
        DatasetStore(home).sweep()
        assert workspace.is_dir()
        assert other.is_dir()
    assert left_behind(home) == ["abc"]


def test_sweeping_makes_nothing_and_never_fails(home):
    DatasetStore(home).sweep()
    assert not home.home.exists()
    home.home.mkdir()
    home.datasets.write_text("no folder")
    DatasetStore(home).sweep()


def test_a_process_that_ends_cleanly_removes_its_folders(home):
    store = DatasetStore(home)
    with store.workspace() as workspace:
        (workspace / "upload").touch()
        store.let_go()
        assert left_behind(home) == []
    assert left_behind(home) == []


def test_a_command_with_invalid_settings_reports_them_itself(home, monkeypatch, capsys):
    from core.settings import settings

    monkeypatch.setenv("TRANSFER_STUDIO_HOSTS", "a b")
    settings.cache_clear()
    assert main(["datasets"]) == 2
    assert "TRANSFER_STUDIO_HOSTS" in capsys.readouterr().err


IMPORT_AND_WAIT = """
import sys
from pathlib import Path
from core.datasets.store.store import DatasetStore
from core.settings import Settings

def wait(event):
    if event.phase == "pictures":
        print("half-way", flush=True)
        sys.stdin.read()

DatasetStore(Settings(home=Path(sys.argv[1]))).import_source(Path(sys.argv[2]), on_event=wait)
"""


@pytest.fixture
def half_way(tmp_path, archive, pets):
    """An import in its own process that waits half-way."""
    command = [sys.executable, "-c", IMPORT_AND_WAIT, str(tmp_path / "home"), str(archive(pets, "half.zip"))]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline().strip() == b"half-way"
        yield process
        process.kill()


def test_leftovers_of_a_killed_import_are_removed_by_the_next(store, archive, pets, picture, tmp_path, half_way):
    half_way.send_signal(signal.SIGKILL)
    half_way.wait()
    assert any(name.startswith(".importing-") for name in left_in_home(tmp_path))
    assert store.list() == []
    dataset = store.import_source(archive(pets | {"cats/x.png": picture(5)}))
    assert left_in_home(tmp_path) == [dataset.id]


def test_an_import_that_is_alive_isnt_swept(store, archive, pets, picture, tmp_path, half_way):
    store.import_source(archive(pets | {"cats/x.png": picture(5)}))
    assert any(name.startswith(".importing-") for name in left_in_home(tmp_path))
    half_way.communicate(b"", timeout=30)
    assert half_way.returncode == 0
    assert len(store.list()) == 2


def test_leftovers_of_a_killed_deletion_are_removed_by_the_next_import(store, archive, pets, tmp_path):
    trashed = tmp_path / "home" / "datasets" / ".deleted-0"
    (trashed / "pictures").mkdir(parents=True)
    dataset = store.import_source(archive(pets))
    assert left_in_home(tmp_path) == [dataset.id]
