"""The SQLite file: connections, transactions, schema."""

import errno
import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from core.errors import DatabaseDamagedError, RunError
from core.files import durable
from core.files.disk import can_write, refusal
from core.runs.records.failures import Failure
from core.runs.records.rows import seal, seal_all
from core.wording.failures import DISK_FULL

READ_ONLY = "The data home {home} is read-only. Make it writable, or set TRANSFER_STUDIO_HOME to another folder."
BUSY_SECONDS = 20
LOCK_NAME = ".studio.lock"
LOCK_POLL_SECONDS = 0.005


def journal_mode(version: tuple[int, ...]) -> str:
    """Returns the journal mode that is safe with this version of SQLite.

    Versions before 3.51.3 can, rarely, damage a database in WAL mode when several connections write
    (https://sqlite.org/wal.html#walresetbug); 3.44.6 and 3.50.7 have the fix too.
    """
    mended = version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    return "wal" if mended else "delete"


class DiskRefusesError(RunError):
    """The database can't be written or read for lack of space or permission. It isn't damaged."""

    code = "disk_refuses"


class DiskFullError(DiskRefusesError):
    """There is no space left for the database."""

    code = "disk_full"

    def __init__(self) -> None:
        super().__init__(DISK_FULL)


@contextmanager
def _errors_in_words(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, MemoryError) as error:
        raise _in_words(path, error) from error


def _in_words(path: Path, error: Exception) -> RunError:
    """Returns an error of SQLite in words, distinguishing problems with the disk from damage in the file.

    Any other error on a readable and writable file may come from damage in it: the repair looks closer, and raises the
    error again if there is none.
    """
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return DiskFullError()
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return RunError(f"The database {path} was in use for more than {BUSY_SECONDS} seconds. Try again.")
    if code == sqlite3.SQLITE_IOERR:
        return DiskRefusesError(
            f"The disk refuses to read or write the database {path} ({error}). Fix that, then try again."
        )
    is_writable = can_write(path.parent) and os.access(path, os.W_OK)
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN) and path.is_file() and not is_writable:
        return DiskRefusesError(READ_ONLY.format(home=path.parent))
    if code == sqlite3.SQLITE_CANTOPEN:
        words = f"The database {path} can't be opened. Check its folder, then start again."
        return RunError(words) if path.is_file() else DatabaseDamagedError(words)
    return DatabaseDamagedError(f"The database {path} is damaged. Move it away, then start again.")


def _open(path: Path, mode: str) -> sqlite3.Connection:
    address = f"{path.absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
    connection.row_factory = sqlite3.Row
    return connection


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Opens a connection for one reading.

    A connection per call costs a fraction of a millisecond and is thread-safe. `mode=rw` keeps SQLite from creating an
    empty database if the file is gone.

    Raises:
        RunError: the database can't be read.
    """
    with _errors_in_words(path), closing(_open(path, "rw")) as connection:
        yield connection


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """Opens a connection inside a transaction that is committed at the end, or rolled back on an error.

    The transaction takes the write lock at once: one that begins by reading would fail without waiting if another
    writer came first.

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


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keeps all others from changing or replacing the database.

    Raises:
        RunError: the data home is gone or can't be written, or another process holds the lock for too long.
    """
    if not path.parent.is_dir():  # the lock would create it again
        raise RunError(f"The data home {path.parent} is gone. Start the studio again to begin a new one.")
    lock = FileLock(path.parent / LOCK_NAME)
    try:
        lock.acquire(timeout=BUSY_SECONDS, poll_interval=LOCK_POLL_SECONDS)
    except Timeout as error:
        raise RunError(f"The database {path} was in use for more than {BUSY_SECONDS} seconds. Try again.") from error
    except OSError as error:
        raise disk_refuses(path, error) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def changing(path: Path) -> Iterator[sqlite3.Connection]:
    """Opens a connection inside a transaction of the database at `path`, which can't be replaced meanwhile.

    Raises:
        RunError: the database can't be written.
    """
    with locked(path):
        try:
            with writing(path) as connection:
                yield connection
        except OSError as error:
            raise disk_refuses(path, error) from error


def disk_refuses(path: Path, error: OSError) -> RunError:
    """Returns an error of the data home's disk in words.

    Raises:
        OSError: the error itself, if it isn't the disk's.
    """
    if durable.is_full(error):
        return DiskFullError()
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return DiskRefusesError(READ_ONLY.format(home=path.parent))
    refused = refusal(error)
    if refused is None:
        raise error
    return DiskRefusesError(str(refused))


def create_runs(connection: sqlite3.Connection) -> None:
    """Creates the table of runs; `sequence` is the order in which they were submitted."""
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
    """Creates the table of the epochs' events."""
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
    """Gives each run a turn: a resumed run goes to the end of the queue but keeps its place in the list."""
    connection.execute("ALTER TABLE runs ADD COLUMN turn INTEGER NOT NULL DEFAULT 0")
    connection.execute("UPDATE runs SET turn = sequence")
    connection.execute("DROP INDEX runs_by_status")
    connection.execute("CREATE INDEX runs_by_turn ON runs (status, turn)")


def add_checksums(connection: sqlite3.Connection) -> None:
    """Gives each row a checksum. A later migration that changes the rows of runs must seal them again."""
    connection.execute("ALTER TABLE runs ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0")
    connection.execute("ALTER TABLE events ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0")
    seal_all(connection)


def create_rebuilds(connection: sqlite3.Connection) -> None:
    """Creates the table of rebuilds, and where the user has been told of them."""
    connection.execute(
        """
        CREATE TABLE rebuilds (
            number INTEGER PRIMARY KEY,
            rebuild TEXT NOT NULL,
            told INTEGER NOT NULL DEFAULT 0,
            dismissed INTEGER NOT NULL DEFAULT 0
        )
        """
    )


def code_failures(connection: sqlite3.Connection) -> None:
    """Stores why runs failed as codes. Existing sentences are kept."""
    connection.execute("ALTER TABLE runs RENAME COLUMN error TO failure")
    for row in connection.execute("SELECT id, failure FROM runs").fetchall():
        failure = json.dumps(Failure.of_text(row["failure"]).as_json()) if row["failure"] else ""
        connection.execute("UPDATE runs SET failure = ? WHERE id = ?", (failure, row["id"]))
        seal(connection, row["id"])


def add_annotations(connection: sqlite3.Connection) -> None:
    """Gives each run a star, a note and the number of its classes, which older runs don't know."""
    connection.execute("ALTER TABLE runs ADD COLUMN num_classes INTEGER NOT NULL DEFAULT 0")
    connection.execute("ALTER TABLE runs ADD COLUMN is_starred INTEGER NOT NULL DEFAULT 0")
    connection.execute("ALTER TABLE runs ADD COLUMN note TEXT NOT NULL DEFAULT ''")
    for row in connection.execute("SELECT id FROM runs").fetchall():
        seal(connection, row["id"])


def add_experiments(connection: sqlite3.Connection) -> None:
    """Gives each run the experiment that it is an arm of, which older runs don't have."""
    for name in ("experiment_id", "arm"):
        connection.execute(f"ALTER TABLE runs ADD COLUMN {name} TEXT NOT NULL DEFAULT ''")
    for row in connection.execute("SELECT id FROM runs").fetchall():
        seal(connection, row["id"])


Migration = Callable[[sqlite3.Connection], None]
MIGRATIONS: tuple[Migration, ...] = (
    create_runs,
    create_events,
    add_turns,
    add_checksums,
    create_rebuilds,
    code_failures,
    add_annotations,
    add_experiments,
)


def prepare(path: Path, migrations: tuple[Migration, ...] = MIGRATIONS) -> None:
    """Creates the database if there is none and brings its schema up to date.

    Each migration and its record are one transaction, so two processes can do this at once.

    Raises:
        RunError: the database can't be opened.
    """
    make_home(path)
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


def make_home(path: Path) -> None:
    """Creates the folder of the database.

    Raises:
        RunError: it can't be created or read.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.exists()
    except OSError as error:
        raise RunError(
            f"The data home {path.parent} can't be used: {error.strerror}. Name another folder in TRANSFER_STUDIO_HOME."
        ) from error


def is_current(path: Path) -> bool:
    """Returns whether all migrations have been applied to the database.

    Raises:
        RunError: it can't be read.
    """
    with reading(path) as connection:
        return {migration.__name__ for migration in MIGRATIONS} <= _applied(connection)


def check_structure(path: Path) -> None:
    """Looks for damage in the structure of the database, in about a millisecond per megabyte.

    Raises:
        DatabaseDamagedError: there is no database, or it is damaged.
        RunError: it can't be read.
    """
    if not path.is_file() or not path.stat().st_size:
        raise DatabaseDamagedError(f"The database {path} is missing or empty.")
    with reading(path) as connection:
        # `quick_check` would save a tenth of the time, but miss entries missing from the indices.
        found = connection.execute("PRAGMA integrity_check(1)").fetchone()
        if found is None or found[0] != "ok" or not _applied(connection):
            raise DatabaseDamagedError(f"The database {path} is damaged.")


def _create(path: Path) -> None:
    if path.exists():
        return
    with _errors_in_words(path), closing(_open(path, "rwc")) as connection:
        connection.execute(f"PRAGMA journal_mode = {journal_mode(sqlite3.sqlite_version_info)}")


def _applied(connection: sqlite3.Connection) -> set[str]:
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'migrations'").fetchone():
        return set()
    return {row["name"] for row in connection.execute("SELECT name FROM migrations")}
