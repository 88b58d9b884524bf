"""The database can be read and changed even if its file is lost or damaged meanwhile."""

import os
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from core.config.training_config import TrainingConfig
from core.errors import DatabaseDamagedError, RunError
from core.runs.records import database
from core.runs.records.access import DatabaseAccess
from core.runs.records.store import RunStore
from tests.disks import read_only


@pytest.fixture
def access(store: RunStore, config: TrainingConfig) -> DatabaseAccess:
    """Access to a database of two runs, which are also recorded in their folders."""
    for name in ("first", "second"):
        store.create("d", "Textures", config, name=name)
    return DatabaseAccess(store.path)


def names(connection: sqlite3.Connection) -> list[str]:
    return [row["name"] for row in connection.execute("SELECT name FROM runs ORDER BY sequence")]


def note(connection: sqlite3.Connection, name: str = "noted") -> str:
    """Makes a change that affects no run."""
    connection.execute("INSERT INTO migrations VALUES (?, 0)", (name,))
    return name


def noted(access: DatabaseAccess) -> list[str]:
    known = {migration.__name__ for migration in database.MIGRATIONS}
    found = access.read(lambda connection: connection.execute("SELECT name FROM migrations").fetchall())
    return [row["name"] for row in found if row["name"] not in known]


def remove(path: Path) -> None:
    path.unlink()


def scribble(path: Path) -> None:
    path.write_bytes(os.urandom(30_000))


def replace_by_another(path: Path) -> None:
    other = path.with_name("other.sqlite")
    database.prepare(other)
    other.replace(path)


def change_a_value(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE runs SET name = 'changed' WHERE name = 'second'")


def test_a_data_home_is_made_where_there_is_none(tmp_path: Path) -> None:
    access = DatabaseAccess(tmp_path / "a" / "b" / "studio.sqlite")
    assert access.read(names) == []
    assert access.path.is_file()


def test_a_data_home_that_cant_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match=r"The data home .*file can't be used: .* Name another folder"):
        DatabaseAccess(tmp_path / "file" / "studio.sqlite")


def test_what_is_found_and_done_is_returned(access: DatabaseAccess) -> None:
    assert access.read(names) == ["first", "second"]
    assert access.change(note) == "noted"
    assert access.change(lambda connection: note(connection, "often"), is_frequent=True) == "often"
    assert sorted(noted(access)) == ["noted", "often"]


def test_a_failed_change_is_rolled_back(access: DatabaseAccess) -> None:
    def fail(connection: sqlite3.Connection) -> None:
        note(connection)
        raise KeyError("a bug")

    with pytest.raises(KeyError, match="a bug"):
        access.change(fail)
    assert noted(access) == []


@pytest.mark.parametrize("damage", [remove, scribble, replace_by_another])
def test_a_lost_file_is_repaired_by_the_next_read_or_write(
    access: DatabaseAccess, damage: Callable[[Path], None]
) -> None:
    damage(access.path)
    assert access.read(names) == ["first", "second"]
    damage(access.path)
    access.change(note)
    assert access.read(names) == ["first", "second"]
    assert noted(access) == ["noted"]


def test_damage_that_only_a_thorough_check_finds_is_repaired(access: DatabaseAccess, store: RunStore) -> None:
    change_a_value(access.path)
    access.check()
    assert access.read(names) == ["first", "second"]
    assert len(list(store.home.glob("studio.damaged-*"))) == 1


def test_a_call_that_finds_damage_is_repeated(access: DatabaseAccess) -> None:
    looks: list[int] = []

    def look(connection: sqlite3.Connection) -> int:
        looks.append(len(looks))
        if len(looks) == 1:
            note(connection)
            raise DatabaseDamagedError("It seems so.")
        return len(looks)

    assert access.read(look) == 2
    looks.clear()
    assert access.change(look) == 2
    # The first change was rolled back, and persistent damage is reported.
    assert noted(access) == ["noted"]
    with pytest.raises(DatabaseDamagedError, match="Again"):
        access.read(lambda connection: (_ for _ in ()).throw(DatabaseDamagedError("Again.")))


def test_error_that_isnt_damage_stays_an_error(access: DatabaseAccess) -> None:
    before = access.path.stat().st_ino
    with pytest.raises(RunError):
        access.read(lambda connection: connection.execute("SELECT nothing FROM nowhere"))
    assert access.path.stat().st_ino == before and not list(access.path.parent.glob("studio.damaged-*"))
    with database.reading(access.path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_a_database_that_cant_be_repaired_is_read_from_a_copy(access: DatabaseAccess) -> None:
    scribble(access.path)
    scribbled = access.path.read_bytes()
    with read_only(access.path.parent):
        late = DatabaseAccess(access.path)
        for either in (access, late):
            assert either.read(names) == ["first", "second"]
            with pytest.raises(RunError, match=r"The data home .* is read-only\. Make it writable"):
                either.change(note)
        assert access.path.read_bytes() == scribbled
    # Repaired as soon as the disk allows it.
    for either in (access, late):
        assert either.read(names) == ["first", "second"]
    access.change(note)
    assert noted(late) == ["noted"]


def test_many_threads_repair_it_once(access: DatabaseAccess) -> None:
    scribble(access.path)
    found: list[list[str]] = []
    threads = [threading.Thread(target=lambda: found.append(access.read(names))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [["first", "second"]] * 6
    assert len(list(access.path.parent.glob("studio.damaged-*"))) == 1
