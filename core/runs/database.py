"""The SQLite file: connections, transactions, schema."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from core.errors import RunError

DISK_FULL = "The disk is full. Free some space, then start again."
BUSY_SECONDS = 20


def journal_mode(version: tuple[int, ...]) -> str:
    """Returns the journal mode that is safe with this version of SQLite.

    Versions before 3.51.3 can, rarely, damage a database in WAL mode when several connections write
    (https://sqlite.org/wal.html#walresetbug); 3.44.6 and 3.50.7 have the mend too.
    """
    mended = version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    return "wal" if mended else "delete"


@contextmanager
def _errors_in_words(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.IntegrityError:
        raise
    except sqlite3.DatabaseError as error:
        code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
        if code == sqlite3.SQLITE_FULL:
            raise RunError(DISK_FULL) from error
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise RunError(
                f"The database {path} was in use for more than {BUSY_SECONDS} seconds. Try again."
            ) from error
        if code == sqlite3.SQLITE_CANTOPEN:
            raise RunError(f"The database {path} can't be opened. Check its folder, then start again.") from error
        if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            raise RunError(f"The database {path} is damaged. Move it away, then start again.") from error
        raise


def _open(path: Path, mode: str) -> sqlite3.Connection:
    address = f"{path.absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
    connection.row_factory = sqlite3.Row
    return connection


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Opens a connection for one reading.

    A connection a call costs a fraction of a millisecond and is safe from any thread. `mode=rw` keeps SQLite from
    making an empty database where the file is gone.

    Raises:
        RunError: the database can't be read.
    """
    with _errors_in_words(path), closing(_open(path, "rw")) as connection:
        yield connection


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """Opens a connection inside a transaction that is committed at the end, or undone where an error is raised.

    The transaction takes the write lock at once: one that begins by reading would fail without waiting when another
    writer was first.

    Raises:
        RunError: the database can't be written.
    """
    with reading(path) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def create_runs(connection: sqlite3.Connection) -> None:
    """Makes the table of runs; `sequence` is the order in which they were submitted."""
    connection.execute(
        """
        CREATE TABLE runs (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL UNIQUE,
            dataset_id TEXT NOT NULL,
            dataset_name TEXT NOT NULL,
            config TEXT NOT NULL,
            recipe TEXT NOT NULL,
            status TEXT NOT NULL,
            phase TEXT NOT NULL DEFAULT '',
            created REAL NOT NULL,
            started REAL NOT NULL DEFAULT 0,
            finished REAL NOT NULL DEFAULT 0,
            error TEXT NOT NULL DEFAULT '',
            metrics TEXT NOT NULL DEFAULT '{}',
            seconds TEXT NOT NULL DEFAULT '{}',
            progress TEXT NOT NULL DEFAULT '',
            stop_requested REAL NOT NULL DEFAULT 0,
            pid INTEGER NOT NULL DEFAULT 0,
            pid_started REAL NOT NULL DEFAULT 0
        )
        """
    )
    connection.execute("CREATE INDEX runs_by_status ON runs (status, sequence)")


def create_events(connection: sqlite3.Connection) -> None:
    """Makes the table of epochs' events."""
    connection.execute(
        """
        CREATE TABLE events (
            run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            sequence INTEGER NOT NULL,
            event TEXT NOT NULL,
            PRIMARY KEY (run_id, sequence)
        ) WITHOUT ROWID
        """
    )


def add_turns(connection: sqlite3.Connection) -> None:
    """Gives each run its place in the queue: a run that is resumed goes to the end of it, but stays in the list."""
    connection.execute("ALTER TABLE runs ADD COLUMN turn INTEGER NOT NULL DEFAULT 0")
    connection.execute("UPDATE runs SET turn = sequence")
    connection.execute("DROP INDEX runs_by_status")
    connection.execute("CREATE INDEX runs_by_turn ON runs (status, turn)")


Migration = Callable[[sqlite3.Connection], None]
MIGRATIONS: tuple[Migration, ...] = (create_runs, create_events, add_turns)


def prepare(path: Path, migrations: tuple[Migration, ...] = MIGRATIONS) -> None:
    """Creates the database where there is none and brings its schema up to date.

    Each migration and the record that it was applied are one transaction, so two processes can do this at once.

    Raises:
        RunError: the database can't be opened.
    """
    _create(path)
    wanted = {migration.__name__ for migration in migrations}
    with reading(path) as connection:
        if wanted <= _applied(connection):
            return
    for migration in migrations:
        with writing(path) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied REAL NOT NULL)")
            if migration.__name__ not in _applied(connection):
                migration(connection)
                connection.execute("INSERT INTO migrations VALUES (?, ?)", (migration.__name__, time.time()))


def _create(path: Path) -> None:
    try:
        if path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(
            f"The data home {path.parent} can't be used: {error.strerror}. Name another folder in TRANSFER_STUDIO_HOME."
        ) from error
    with _errors_in_words(path), closing(_open(path, "rwc")) as connection:
        connection.execute(f"PRAGMA journal_mode = {journal_mode(sqlite3.sqlite_version_info)}")


def _applied(connection: sqlite3.Connection) -> set[str]:
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'migrations'").fetchone():
        return set()
    return {row["name"] for row in connection.execute("SELECT name FROM migrations")}
