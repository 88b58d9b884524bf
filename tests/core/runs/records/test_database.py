import sqlite3
import threading
from pathlib import Path

import pytest

from core.errors import RunError
from core.runs.records import database


def test_wal_only_with_a_fixed_sqlite() -> None:
    assert database.journal_mode((3, 40, 1)) == "delete"
    assert database.journal_mode((3, 44, 5)) == "delete"
    assert database.journal_mode((3, 44, 6)) == "wal"
    assert database.journal_mode((3, 45, 0)) == "delete"
    assert database.journal_mode((3, 50, 7)) == "wal"
    assert database.journal_mode((3, 51, 2)) == "delete"
    assert database.journal_mode((3, 51, 3)) == "wal"
    assert database.journal_mode((3, 60, 0)) == "wal"


def test_database_gets_the_journal_mode_of_this_sqlite(tmp_path: Path) -> None:
    path = tmp_path / "studio.sqlite"
    database.prepare(path)
    with database.reading(path) as connection:
        mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
    assert mode == database.journal_mode(sqlite3.sqlite_version_info)


def test_migrations_are_applied_once_and_recorded(tmp_path: Path) -> None:
    path = tmp_path / "home" / "studio.sqlite"
    database.prepare(path)
    database.prepare(path)
    with database.reading(path) as connection:
        names = [row["name"] for row in connection.execute("SELECT name FROM migrations ORDER BY rowid")]
    assert names == [migration.__name__ for migration in database.MIGRATIONS]


def test_later_migration_keeps_what_is_there(tmp_path: Path) -> None:
    def add_notes(connection: sqlite3.Connection) -> None:
        connection.execute("ALTER TABLE runs ADD COLUMN notes TEXT NOT NULL DEFAULT ''")

    path = tmp_path / "studio.sqlite"
    database.prepare(path)
    with database.writing(path) as connection:
        connection.execute(
            "INSERT INTO runs (id, name, dataset_id, dataset_name, config, recipe, status, created)"
            " VALUES ('a', 'a', '', '', '', '', 'queued', 0)"
        )
    database.prepare(path, (*database.MIGRATIONS, add_notes))
    with database.reading(path) as connection:
        assert tuple(connection.execute("SELECT id, notes FROM runs").fetchone()) == ("a", "")


def test_failed_migration_leaves_nothing(tmp_path: Path) -> None:
    def broken(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE half (id TEXT)")
        raise ValueError("broken")

    path = tmp_path / "studio.sqlite"
    with pytest.raises(ValueError, match="broken"):
        database.prepare(path, (*database.MIGRATIONS, broken))
    with database.reading(path) as connection:
        assert not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'half'").fetchone()
        assert not connection.execute("SELECT 1 FROM migrations WHERE name = 'broken'").fetchone()


def test_prepared_at_once_by_many(tmp_path: Path) -> None:
    path = tmp_path / "studio.sqlite"
    errors: list[Exception] = []

    def prepare() -> None:
        try:
            database.prepare(path)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=prepare) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_an_error_inside_rolls_back_the_transaction(tmp_path: Path) -> None:
    path = tmp_path / "studio.sqlite"
    database.prepare(path)
    with pytest.raises(KeyError), database.writing(path) as connection:
        connection.execute("INSERT INTO migrations VALUES ('never', 0)")
        raise KeyError
    with database.reading(path) as connection:
        assert not connection.execute("SELECT 1 FROM migrations WHERE name = 'never'").fetchone()


def test_missing_file_isnt_replaced_by_an_empty_database(tmp_path: Path) -> None:
    path = tmp_path / "studio.sqlite"
    database.prepare(path)
    path.unlink()
    with (
        pytest.raises(RunError, match=r"can't be opened\. Check its folder"),
        database.reading(path) as connection,
    ):
        connection.execute("SELECT * FROM runs")
    assert not path.exists()


def test_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "studio.sqlite"
    path.write_bytes(b"no database at all, but long enough to be taken for one " * 50)
    with pytest.raises(RunError, match=r"studio\.sqlite is damaged\. Move it away"):
        database.prepare(path)


def test_full_database_is_a_full_disk(tmp_path: Path) -> None:
    path = tmp_path / "studio.sqlite"
    database.prepare(path)
    with pytest.raises(RunError, match=r"^The disk is full\. Free some space"), database.writing(path) as connection:
        connection.execute("PRAGMA max_page_count = 1")
        connection.execute("CREATE TABLE large (content BLOB)")
        connection.execute("INSERT INTO large VALUES (zeroblob(10000000))")
