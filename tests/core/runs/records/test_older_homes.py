"""Homes of an older version, which wrote no manifests: safe once they were opened, salvaged where they are damaged."""

import shutil
import sqlite3

import pytest

from core.errors import RunError
from core.runs.records import database
from core.runs.records.manifest import EPOCHS_NAME, MANIFEST_NAME
from core.runs.records.store import RunStore
from tests.core.runs.records.conftest import content
from tests.disks import read_only

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
    store.path.unlink()
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


def test_old_home_is_salvaged_as_far_as_its_database_can_be_read(filled: RunStore) -> None:
    before = content(filled)
    make_old(filled)
    with sqlite3.connect(filled.path) as connection:
        connection.execute("UPDATE runs SET metrics = '{' WHERE name = 'failed'")
        connection.execute("UPDATE events SET event = '{' WHERE sequence = 3")
    store = RunStore(filled.path)
    assert [run for run, *_ in content(store)] == [run for run, *_ in before if run.name != "failed"]
    assert [event.epoch for event in store.events(store.get("completed").id)] == [1, 2]
    store.path.unlink()
    assert len(RunStore(store.path).list()) == len(before) - 1


def test_rows_around_damaged_values_are_salvaged(filled: RunStore) -> None:
    shutil.rmtree(filled.home / "runs")
    with sqlite3.connect(filled.path) as connection:
        connection.execute("UPDATE runs SET status = 'unheard of' WHERE name = 'failed'")
    store = RunStore(filled.path)
    assert {run.name for run in store.list()} == {"completed", "stopped", "running", "queued", "queued too"}
    assert all((store.folder(run.id) / MANIFEST_NAME).is_file() for run in store.list())
    assert [event.epoch for event in store.events(store.get("completed").id)] == [1, 2, 3]
