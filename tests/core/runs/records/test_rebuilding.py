"""A lost, emptied or damaged database is rebuilt from the folders of the runs."""

import json
import multiprocessing
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from core.events import Event
from core.runs.records import rebuilding
from core.runs.records.manifest import MANIFEST_NAME
from core.runs.records.store import RunStore
from core.wording.rebuilds import rebuild
from tests.core.runs.records.conftest import PAGE, content
from tests.disks import read_only


def remove(path: Path) -> None:
    path.unlink()


def empty(path: Path) -> None:
    path.write_bytes(b"")


def scribble(path: Path) -> None:
    path.write_bytes(os.urandom(8 * PAGE))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: 2 * PAGE + 100])


def forget_tables(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE other (value)")


def forget_runs(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM runs")


def make_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "file").write_text("in the way")


DAMAGES = (remove, empty, scribble, cut, forget_tables, forget_runs, make_folder)


@pytest.mark.parametrize("damage", DAMAGES)
def test_runs_come_back_as_they_were(filled: RunStore, damage: Callable[[Path], None]) -> None:
    before = content(filled)
    damage(filled.path)
    again = RunStore(filled.path)
    assert content(again) == before
    # ... and for a store that was open all the time.
    assert content(filled) == before
    assert filled.create("d", "Textures", before[0][0].config, name="later") == filled.list()[0]


@pytest.mark.parametrize("damage", DAMAGES)
def test_an_open_store_keeps_working(filled: RunStore, damage: Callable[[Path], None]) -> None:
    before = content(filled)
    damage(filled.path)
    run = filled.get("running")
    assert filled.append(run.id, Event("head", 1, 3, {"loss": 1.0}, epoch=1)).sequence == 1
    assert [event.epoch for event in filled.events(run.id)] == [1]
    assert [item[0].id for item in content(filled)] == [item[0].id for item in before]


def test_a_rebuild_is_reported_once_in_each_place(filled: RunStore) -> None:
    scribble(filled.path)
    (filled.home / "runs" / "deadbeef").mkdir()
    (filled.home / "runs" / "deadbeef" / MANIFEST_NAME).write_text("{}")
    scribbled = filled.path.read_bytes()
    store = RunStore(filled.path)
    (done,) = store.rebuilds(in_terminal=True)
    assert (done.restored, done.unreadable) == (6, ("deadbeef",))
    assert Path(done.moved_to).read_bytes() == scribbled
    words = rebuild(done)
    assert "6 runs came back, 1 folder could not be read (deadbeef), the damaged file is now" in words
    assert done.moved_to in words
    store.note_rebuilds_told(in_terminal=True)
    assert store.rebuilds(in_terminal=True) == [] and store.rebuilds(in_terminal=False) == [done]
    RunStore(filled.path)
    assert store.rebuilds(in_terminal=True) == []


def test_new_home_says_nothing(store: RunStore) -> None:
    assert store.rebuilds(in_terminal=True) == []
    store.path.unlink()
    assert RunStore(store.path).list() == [] and store.rebuilds(in_terminal=True) == []


def test_deleted_runs_dont_come_back(filled: RunStore) -> None:
    gone = filled.get("completed")
    filled.delete(gone.id)
    assert not filled.folder(gone.id).exists()
    remove(filled.path)
    assert "completed" not in [run.name for run in RunStore(filled.path).list()]


def test_an_interrupted_deletion_is_finished(filled: RunStore) -> None:
    gone, other = filled.get("completed"), filled.get("failed")
    rebuilding.move_to_trash(filled.home / "runs", gone.id)  # killed before the row was deleted
    assert "completed" not in [run.name for run in RunStore(filled.path).list()]
    rebuilding.move_to_trash(filled.home / "runs", other.id)
    remove(filled.path)
    assert "failed" not in [run.name for run in RunStore(filled.path).list()]
    assert not list((filled.home / "runs").glob(".deleted-*"))


def test_journal_of_a_lost_database_isnt_taken_for_that_of_the_new_one(filled: RunStore) -> None:
    before = content(filled)
    journal = Path(f"{filled.path}-journal")
    filled.path.unlink()
    journal.write_bytes(os.urandom(3 * PAGE))
    store = RunStore(filled.path)
    assert content(store) == before and not journal.exists()
    assert len(list(store.home.glob("studio.damaged-*-journal"))) == 1


def _open(path: Path, ready: object, found: object) -> None:
    ready.wait()
    store = RunStore(path)
    found.put([run.name for run in store.list()])


def test_rebuilt_once_by_many(filled: RunStore) -> None:
    names = [run.name for run in filled.list()]
    scribble(filled.path)
    context = multiprocessing.get_context("spawn")
    ready, found = context.Barrier(4), context.Queue()
    processes = [context.Process(target=_open, args=(filled.path, ready, found)) for _ in range(4)]
    for process in processes:
        process.start()
    assert [found.get(timeout=60) for _ in processes] == [names] * 4
    for process in processes:
        process.join()
    assert len(list(filled.home.glob("studio.damaged-*"))) == 1
    assert len(RunStore(filled.path).rebuilds(in_terminal=True)) == 1


def test_damaged_manifest_costs_only_its_own_run(filled: RunStore) -> None:
    lost = filled.get("failed")
    manifest = filled.folder(lost.id) / MANIFEST_NAME
    manifest.write_text(manifest.read_text().replace('"val_accuracy": 0.5', '"val_accuracy": 0.9'))
    names = [run.name for run in filled.list()]
    assert "failed" in names
    remove(filled.path)
    store = RunStore(filled.path)
    assert [run.name for run in store.list()] == [name for name in names if name != "failed"]
    assert store.rebuilds(in_terminal=True)[0].unreadable == (lost.id,)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("status", "unheard of"),
        ("config", '{"backbone": "efficientnet_lite0", "unheard_of": 1}'),
        ("config", "{"),
        ("metrics", "[1]"),
        ("metrics", '{"val_accuracy": 0.99}'),
        ("seconds", '{"head": NaN}'),
        ("created", "yesterday"),
        ("created", 1e300),
        ("name", b"\xff\xfe"),
        ("name", "Another name"),
        ("id", "../../etc"),
        ("turn", "first"),
        ("progress", '{"phase": 1}'),
        ("failure", "\x00\x00"),
        ("failure", '{"code": 1, "parameters": {}}'),
    ],
)
def test_values_that_the_studio_did_not_write_are_rejected(filled: RunStore, column: str, value: object) -> None:
    before = content(filled)
    with sqlite3.connect(filled.path) as connection:
        connection.execute(f"UPDATE runs SET {column} = ? WHERE name = 'completed'", (value,))
    assert content(filled) == before


def test_epochs_that_the_studio_did_not_write_are_rejected(filled: RunStore) -> None:
    before = content(filled)
    for value in ("{", '{"phase": "head"}', b"\xff", '{"phase": 3, "metrics": 4}', "[" * 100_000):
        with sqlite3.connect(filled.path) as connection:
            connection.execute("UPDATE events SET event = ? WHERE sequence = 2", (value,))
        assert content(filled) == before


def test_read_only_home_with_a_journal_of_a_crash(filled: RunStore) -> None:
    before = content(filled)
    killed = (
        "import os, sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "c.execute('PRAGMA cache_size = 1'); c.execute('BEGIN IMMEDIATE'); c.execute('UPDATE runs SET failure = ?',"
        "('x' * 9000,)); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", killed, str(filled.path)], check=False)
    assert Path(f"{filled.path}-journal").stat().st_size
    with read_only(filled.home):
        assert content(RunStore(filled.path)) == before
    assert content(RunStore(filled.path)) == before


def test_a_folder_whose_run_is_missing_in_the_list_is_added(filled: RunStore, tmp_path: Path) -> None:
    other = RunStore(tmp_path / "other" / "studio.sqlite")
    run = other.create("d", "Textures", filled.list()[0].config, name="completed")
    shutil.copytree(other.folder(run.id), filled.folder(run.id))
    store = RunStore(filled.path)
    assert store.get(run.id).name == "completed (2)" and len(store.list()) == 7
    (done,) = store.rebuilds(in_terminal=True)
    assert rebuild(done) == ("The list of runs was incomplete and was completed from their folders: 1 run came back.")
    assert json.loads((store.folder(run.id) / MANIFEST_NAME).read_text())["run"]["name"] == "completed (2)"


def test_empty_folders_are_ignored(filled: RunStore) -> None:
    (filled.home / "runs" / "12345678").mkdir()
    (filled.home / "runs" / "12345679").mkdir()
    (filled.home / "runs" / "12345679" / "lock").touch()
    remove(filled.path)
    assert RunStore(filled.path).rebuilds(in_terminal=True)[0].unreadable == ()
