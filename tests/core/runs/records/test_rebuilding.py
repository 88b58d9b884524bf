"""A lost, emptied or damaged database is rebuilt from the folders of the runs."""

import json
import multiprocessing
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from core.__main__ import main
from core.config.training_config import TrainingConfig
from core.errors import CoreError, RunError
from core.events import Event
from core.runs.records import database, rebuilding
from core.runs.records.failures import Failure
from core.runs.records.manifest import EPOCHS_NAME, MANIFEST_NAME
from core.runs.records.store import Run, RunStatus, RunStore
from core.runs.worker.liveness import worker_lock
from core.wording.rebuilds import rebuild
from tests.disks import read_only

EPOCHS = 3
OVERWRITES = 130
PAGE = 4096


@pytest.fixture
def filled(store: RunStore, config: TrainingConfig) -> Iterator[RunStore]:
    """A store with a run of each status, named after it, three with curves. This process is the running worker."""
    for status in ("completed", "failed", "stopped"):
        run = store.create("d", "Textures", config, "recommended", name=status)
        store.claim(slots=9)
        store.report_worker(run.id, 4711, 12.5)
        for epoch in range(1, EPOCHS + 1):
            store.append(run.id, Event("head", epoch, EPOCHS, {"loss": 1 / epoch}, epoch=epoch), {"head": epoch})
        failure = Failure.of_text("It did.") if status == "failed" else None
        store.finish(run.id, RunStatus(status), failure, {"val_accuracy": 0.5}, {"head": 2.5})
    store.create("d", "Textures", config, name="running")
    running = store.claim(slots=9)
    for name in ("queued", "queued too"):
        store.create("d", "Textures", config, name=name)
    resumed = store.requeue(store.get("stopped").id)
    assert store.position(resumed.id) == 3
    with worker_lock(store.folder(running.id)):
        store.report_worker(running.id, os.getpid(), psutil.Process().create_time())
        yield store


def content(store: RunStore) -> list[object]:
    """Returns the complete records of a store's runs."""
    return [(run, store.events(run.id), store.position(run.id)) for run in without_progress(store.list())]


def without_progress(runs: list[Run]) -> list[Run]:
    return [replace(run, progress=None) for run in runs]


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


OLD_COLUMNS = (
    "sequence, id, name, dataset_id, dataset_name, config, recipe, status, phase, created, started, finished, error,"
    " metrics, seconds, progress, stop_requested, pid, pid_started, turn"
)
NEW_COLUMNS = OLD_COLUMNS.replace(" error", " iif(failure = '', '', 'It did.')")


def make_old(store: RunStore) -> None:
    """Turns the database and folders into those of an older version, which wrote no manifests."""
    old = store.path.with_name("old.sqlite")
    database.prepare(old, database.MIGRATIONS[:3])
    with sqlite3.connect(old) as connection:
        connection.execute("ATTACH ? AS new", (str(store.path),))
        connection.execute(f"INSERT INTO runs ({OLD_COLUMNS}) SELECT {NEW_COLUMNS} FROM new.runs")
        connection.execute("INSERT INTO events SELECT run_id, sequence, event FROM new.events")
    old.replace(store.path)
    for run in store.home.glob("runs/*"):
        (run / MANIFEST_NAME).unlink()
        (run / EPOCHS_NAME).unlink(missing_ok=True)
        if not (run / "lock").exists():
            run.rmdir()


def test_old_home_is_safe_once_it_was_opened(filled: RunStore) -> None:
    before = content(filled)
    make_old(filled)
    store = RunStore(filled.path)
    assert content(store) == before and store.rebuilds(in_terminal=True) == []
    remove(store.path)
    assert content(RunStore(store.path)) == before


def test_an_old_home_that_cant_be_migrated_can_be_viewed(filled: RunStore) -> None:
    before = content(filled)
    make_old(filled)
    with read_only(filled.home):
        store = RunStore(filled.path)
        assert content(store) == before and store.rebuilds(in_terminal=True) == []
        with pytest.raises(RunError, match=r"The data home .* is read-only\. Make it writable"):
            store.rename(store.get("completed").id, "another")
    assert store.rename(store.get("completed").id, "another").name == "another"


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


def test_old_home_is_salvaged_as_far_as_its_database_can_be_read(filled: RunStore) -> None:
    before = content(filled)
    make_old(filled)
    with sqlite3.connect(filled.path) as connection:
        connection.execute("UPDATE runs SET metrics = '{' WHERE name = 'failed'")
        connection.execute("UPDATE events SET event = '{' WHERE sequence = 3")
    store = RunStore(filled.path)
    assert [run for run, *_ in content(store)] == [run for run, *_ in before if run.name != "failed"]
    assert [event.epoch for event in store.events(store.get("completed").id)] == [1, 2]
    remove(store.path)
    assert len(RunStore(store.path).list()) == len(before) - 1


def test_rows_around_damaged_values_are_salvaged(filled: RunStore) -> None:
    shutil.rmtree(filled.home / "runs")
    with sqlite3.connect(filled.path) as connection:
        connection.execute("UPDATE runs SET status = 'unheard of' WHERE name = 'failed'")
    store = RunStore(filled.path)
    assert {run.name for run in store.list()} == {"completed", "stopped", "running", "queued", "queued too"}
    assert all((store.folder(run.id) / MANIFEST_NAME).is_file() for run in store.list())
    assert [event.epoch for event in store.events(store.get("completed").id)] == [1, 2, 3]


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


@pytest.mark.slow
def test_pages_overwritten_at_random(
    filled: RunStore, config: TrainingConfig, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRANSFER_STUDIO_SLOTS", "1")
    for number in range(8):  # enough for several pages of each kind
        filled.create("d", "Textures", config, name=f"more {number}")
    before, sound = content(filled), filled.path.read_bytes()
    names = sorted(item[0].name for item in before)
    generator = random.Random(0)
    num_rebuilt = 0
    for _ in range(OVERWRITES):
        for left in filled.home.glob("studio*"):
            left.unlink()
        filled.path.write_bytes(overwritten(sound, generator))
        assert main(["runs", "--json"]) == 0
        output = capsys.readouterr()
        assert sorted(run["name"] for run in json.loads(output.out)["runs"]) == names
        num_rebuilt += "came back" in output.err
        assert main(["show", "completed"]) == 0
        assert "Epoch 3 of 2: loss 0.333" in capsys.readouterr().out
        assert content(filled) == before
        assert all(item.path.is_file() for item in (RunStore(filled.path),))
    assert num_rebuilt > OVERWRITES // 2


@pytest.mark.slow
def test_changes_on_pages_overwritten_at_random(filled: RunStore, config: TrainingConfig) -> None:
    generator = random.Random(1)
    for number in range(OVERWRITES):
        names = {run.name for run in filled.list()}
        filled.path.write_bytes(overwritten(filled.path.read_bytes(), generator))
        try:
            filled.create("d", "Textures", config, name=f"new {number}")
            running = filled.get("running").id
            filled.append(running, Event("head", number, 200, {"loss": 0.5}, epoch=number + 1))
            filled.rename(filled.get("queued").id, "queued")
            filled.request_stop(filled.get(f"new {number}").id)
            filled.delete(filled.get(f"new {number}").id)
        except CoreError as error:  # one message, and the change isn't made
            raise AssertionError(str(error)) from error
        assert {run.name for run in filled.list()} == names
        assert [event.epoch for event in filled.events(running)] == list(range(1, number + 2))


def overwritten(content: bytes, generator: random.Random) -> bytes:
    """Returns a file with random damage: whole pages, parts of one, zeros, letters, a truncated end."""
    changed = bytearray(content)
    for _ in range(generator.choice((1, 1, 2, 5))):
        kind = generator.randrange(5)
        if kind == 0:
            start, size = generator.randrange(len(changed) // PAGE) * PAGE, PAGE
        elif kind == 1:
            start, size = generator.randrange(200), generator.randrange(1, 60)
        else:
            start, size = generator.randrange(len(changed)), generator.choice((1, 8, 64, 700))
        garbage = generator.choice((generator.randbytes(size), bytes(size), b"7" * size))
        changed[start : start + size] = garbage[: max(0, len(changed) - start)]
    return bytes(changed[: generator.randrange(len(changed))] if generator.random() < 0.1 else changed)
