"""Runs and their epochs as rows of the database. Each row is sealed with a checksum, so that corruption is noticed.

SQLite notices damage to the structure of its file, not to the values in it.
"""

import json
import math
import sqlite3
import zlib
from collections.abc import Iterable, Mapping, MutableSequence, Sequence
from dataclasses import asdict, replace
from typing import TypeVar

from core.errors import DatabaseDamagedError, RunError
from core.events import Event
from core.runs.records.failures import Failure
from core.runs.records.manifest import RunRecord, event_of, run_of
from core.runs.records.run import Run

Found = TypeVar("Found")

JSON_COLUMNS = ("config", "failure", "metrics", "seconds", "progress")
OUTSIDE_OF_RUN = ("sequence", "turn", "checksum")
# A damaged page that points back to earlier ones is read again and again, each time with other bogus rows.
MOST_DAMAGED_ROWS = 2000
PLACE_IN_QUEUE = (
    "SELECT count(*) FROM runs WHERE status = 'queued' AND turn <="
    " (SELECT turn FROM runs WHERE id = ? AND status = 'queued')"
)
# For so long an experiment's next run is left to the worker of the one before, which has TensorFlow loaded.
OWN_SECONDS = 3.0
NEXT_QUEUED = (
    "SELECT id FROM runs WHERE status = 'queued' AND (SELECT count(*) FROM runs WHERE status = 'running') < :slots"
    " AND (experiment_id IN ('', :own) OR NOT EXISTS (SELECT 1 FROM runs AS one WHERE one.status = 'completed'"
    " AND one.experiment_id = runs.experiment_id AND abs(one.finished - :now) < :own_seconds)) ORDER BY turn LIMIT 1"
)
NEXT_TURN = "(SELECT coalesce(max(turn), 0) + 1 FROM runs)"


def seal(connection: sqlite3.Connection, run_id: str) -> None:
    """Stores the checksum of a run's row after a change."""
    row = connection.execute("SELECT * FROM runs WHERE id = ?", (run_id,)).fetchone()
    connection.execute("UPDATE runs SET checksum = ? WHERE id = ?", (_row_checksum(row), run_id))


def require_sealed(connection: sqlite3.Connection, run_id: str) -> None:
    """Makes sure that a run's row is intact before a change to it is sealed.

    Raises:
        DatabaseDamagedError: it isn't.
    """
    row = connection.execute("SELECT * FROM runs WHERE id = ?", (run_id,)).fetchone()
    if row is not None:
        read_run(row)


def read_run(row: sqlite3.Row) -> Run:
    """Makes a run from its row.

    Raises:
        DatabaseDamagedError: the row isn't as it was written.
    """
    # A database that couldn't be migrated, on a read-only disk, has no checksums yet.
    if "checksum" in row.keys() and row["checksum"] != _row_checksum(row):  # noqa: SIM118 (a row isn't a dict)
        raise DatabaseDamagedError("The record of a run was changed by something other than the studio.")
    try:
        return _plain_run(row)
    except (ValueError, TypeError, IndexError, AttributeError, RecursionError) as error:
        raise DatabaseDamagedError(f"The record of a run can't be read: {error}") from error


def matching_runs(connection: sqlite3.Connection, reference: str) -> list[Run]:
    """Returns the run with that id or name, else the runs whose ids begin like this.

    Raises:
        DatabaseDamagedError: one of them isn't intact.
    """
    rows = connection.execute(
        "SELECT * FROM runs WHERE id = :reference OR name = :reference ORDER BY id = :reference DESC LIMIT 1",
        {"reference": reference},
    ).fetchall()
    rows = (
        rows
        or connection.execute(
            "SELECT * FROM runs WHERE :reference != '' AND substr(id, 1, length(:reference)) = :reference",
            {"reference": reference},
        ).fetchall()
    )
    return [read_run(row) for row in rows]


def only_match(found: Sequence[Run], reference: str) -> Run:
    """Returns the only one of the runs that a reference matches.

    Raises:
        RunError: there is none, or there are several.
    """
    if len(found) > 1:
        raise RunError(f"Expected one run. {len(found)} have an id that begins with {reference!r}. Give more of it.")
    if not found:
        raise RunError(f"There is no run {reference!r}. Expected the id or the name of a run; list them to find it.")
    return found[0]


def required(row: Found | None, run_id: str) -> Found:
    """Returns what was found of a run.

    Raises:
        RunError: nothing was.
    """
    if row is None:
        raise RunError(f"There is no run {run_id!r}. Expected the id of a run; list them to find it.")
    return row


def read_event(row: sqlite3.Row) -> Event:
    """Makes an event from its row.

    Raises:
        DatabaseDamagedError: the row isn't as it was written.
    """
    try:
        if "checksum" in row.keys() and row["checksum"] != _checksum(row["event"]):  # noqa: SIM118
            raise ValueError("it was changed by something other than the studio")
        return event_of(json.loads(row["event"]))
    except (ValueError, TypeError, IndexError, AttributeError, RecursionError) as error:
        raise DatabaseDamagedError(f"The record of an epoch can't be read: {error}") from error


def stored_manifest(connection: sqlite3.Connection, run_id: str) -> RunRecord:
    """Returns the record of an existing run, without its epochs.

    Raises:
        DatabaseDamagedError: it isn't as it was written.
    """
    row = connection.execute("SELECT * FROM runs WHERE id = ?", (run_id,)).fetchone()
    return RunRecord(read_run(row), row["sequence"], row["turn"])


def stored_record(connection: sqlite3.Connection, run_id: str) -> RunRecord:
    """Returns the complete record of an existing run.

    Raises:
        DatabaseDamagedError: something of it isn't as it was written.
    """
    record = stored_manifest(connection, run_id)
    events = connection.execute("SELECT * FROM events WHERE run_id = ? ORDER BY sequence", (run_id,))
    return replace(record, run=replace(record.run, progress=None), events=tuple(read_event(event) for event in events))


def insert_record(connection: sqlite3.Connection, record: RunRecord) -> None:
    """Stores a new run with its complete record.

    It becomes the last in the order of submission if its own number is unknown or taken.
    """
    run = record.run
    taken = connection.execute("SELECT 1 FROM runs WHERE sequence = ?", (record.sequence,)).fetchone()
    values = asdict(run) | {
        "sequence": record.sequence if record.sequence and not taken else None,
        "turn": record.turn,
        "config": run.config.to_json(),
        "failure": failure_as_json(run.failure),
        "metrics": json.dumps(run.metrics),
        "seconds": json.dumps(run.seconds),
        "progress": "",
        "checksum": 0,
    }
    names = ", ".join(values)
    places = ", ".join(f":{name}" for name in values)
    connection.execute(f"INSERT INTO runs ({names}) VALUES ({places})", values)
    seal(connection, run.id)
    insert_events(connection, run.id, record.events)


def insert_queued(connection: sqlite3.Connection, values: Sequence[str | int | float]) -> None:
    """Stores a new run at the end of the queue, unsealed.

    Args:
        connection: to the database.
        values: id, name, data set's id and name, configuration as JSON, recipe, number of classes, experiment's id,
            arm, time of submission.
    """
    connection.execute(
        "INSERT INTO runs (id, name, dataset_id, dataset_name, config, recipe, num_classes, experiment_id, arm,"
        f" created, status, turn) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', {NEXT_TURN})",
        values,
    )


def next_sequence(connection: sqlite3.Connection, run_id: str, recorded: int, doubted: MutableSequence[int]) -> int:
    """Returns the sequence number of a run's next epoch.

    Args:
        connection: to the database.
        run_id: the run.
        recorded: number of the latest epoch that is recorded in the run's folder.
        doubted: whether a lack was reported before is kept in it: only the first one is.

    Raises:
        DatabaseDamagedError: the database seems to lack epochs.
    """
    last = connection.execute("SELECT max(sequence) FROM events WHERE run_id = ?", (run_id,)).fetchone()[0] or 0
    if recorded > last and not doubted:
        doubted.append(recorded)
        raise DatabaseDamagedError("The database lacks epochs that are recorded in the folder of their run.")
    return max(last, recorded) + 1


def insert_events(connection: sqlite3.Connection, run_id: str, events: Iterable[Event]) -> None:
    """Stores the events of a run's epochs under their sequence numbers, unless they are there already."""
    texts = [(event.sequence, json.dumps(asdict(event), allow_nan=False)) for event in events]
    connection.executemany(
        "INSERT OR IGNORE INTO events (run_id, sequence, event, checksum) VALUES (?, ?, ?, ?)",
        [(run_id, sequence, text, _checksum(text)) for sequence, text in texts],
    )


def check_seals(connection: sqlite3.Connection) -> None:
    """Compares all rows with their checksums, in a tenth of the time it takes to read them.

    Raises:
        DatabaseDamagedError: one isn't intact.
    """
    try:
        runs = all(row["checksum"] == _row_checksum(row) for row in connection.execute("SELECT * FROM runs"))
        connection.create_function("checksum_of", 1, _checksum, deterministic=True)
        broken = connection.execute("SELECT 1 FROM events WHERE checksum IS NOT checksum_of(event) LIMIT 1")
        if not runs or broken.fetchone():
            raise DatabaseDamagedError("The database was changed by something other than the studio.")
    except (IndexError, TypeError, AttributeError) as error:
        raise DatabaseDamagedError("The database lacks tables or columns of the studio.") from error


def check_rows(connection: sqlite3.Connection) -> None:
    """Reads everything in the database.

    Raises:
        DatabaseDamagedError: something of it isn't as it was written.
    """
    known = {read_run(row).id for row in connection.execute("SELECT * FROM runs")}
    for row in connection.execute("SELECT * FROM events"):
        if row["run_id"] not in known:
            raise DatabaseDamagedError("There are epochs of an unknown run.")
        read_event(row)


def seal_all(connection: sqlite3.Connection) -> None:
    """Seals the rows of a database that had no checksums."""
    for row in connection.execute("SELECT id FROM runs").fetchall():
        seal(connection, row["id"])
    for row in connection.execute("SELECT run_id, sequence, event FROM events").fetchall():
        connection.execute(
            "UPDATE events SET checksum = ? WHERE run_id = ? AND sequence = ?",
            (_checksum(row["event"]), row["run_id"], row["sequence"]),
        )


def numbers_as_json(numbers: Mapping[str, float] | None) -> str | None:
    """Returns numbers in their stored form; None for None.

    Raises:
        RunError: one isn't finite.
    """
    return None if numbers is None else json.dumps(finite(numbers))


def failure_as_json(failure: Failure | None) -> str:
    """Returns a failure in its stored form; empty for None."""
    if failure is None:
        return ""
    # A message may contain a file name that can't be encoded.
    return json.dumps(failure.as_json(), ensure_ascii=False).encode(errors="replace").decode()


def plain_event(event: Event) -> Event:
    """Returns the event with plain Python numbers.

    Raises:
        RunError: a number isn't finite.
    """
    return Event(
        phase=event.phase,
        step=int(event.step),
        total=int(event.total),
        metrics=finite(event.metrics),
        epoch=int(event.epoch),
        time=float(event.time),
        pictures=event.pictures,
    )


def salvage(connection: sqlite3.Connection) -> dict[str, RunRecord]:
    """Returns the runs of a damaged database that can still be read, with their readable epochs."""
    found: dict[str, RunRecord] = {}
    # From both ends, because reading stops at the first damaged page.
    for order in ("ASC", "DESC"):
        for row, run in _salvaged_runs(connection, order):
            turn = row["turn"] if "turn" in row.keys() else row["sequence"]  # noqa: SIM118
            found.setdefault(run.id, RunRecord(run, row["sequence"], turn, _salvaged_events(connection, run.id)))
    return found


def _salvaged_runs(connection: sqlite3.Connection, order: str) -> list[tuple[sqlite3.Row, Run]]:
    """Returns the runs that can be read from one end of their table, with their rows.

    Reads all of them before anything else: after an error in between, SQLite searches for its position in the table
    again, never finds it if rows are out of order, and returns the same rows forever.
    """
    found: list[tuple[sqlite3.Row, Run]] = []
    num_damaged = 0
    for row in _readable(connection, f"SELECT * FROM runs ORDER BY sequence {order}"):
        try:
            found.append((row, replace(read_run(row), progress=None)))
        except DatabaseDamagedError:
            num_damaged += 1
            if num_damaged == MOST_DAMAGED_ROWS:
                break
    return found


def _salvaged_events(connection: sqlite3.Connection, run_id: str) -> tuple[Event, ...]:
    """Returns a run's first epochs, up to a damaged one."""
    events: list[Event] = []
    for row in _readable(connection, "SELECT * FROM events WHERE run_id = ? ORDER BY sequence", run_id):
        try:
            event = read_event(row)
        except DatabaseDamagedError:
            break
        if (event.run_id, event.sequence) != (run_id, len(events) + 1):
            break
        events.append(event)
    return tuple(events)


def _readable(connection: sqlite3.Connection, query: str, *values: str) -> Iterable[sqlite3.Row]:
    try:
        yield from connection.execute(query, values)
    except (sqlite3.Error, MemoryError):
        return


def _plain_run(row: sqlite3.Row) -> Run:
    values = {name: row[name] for name in row.keys() if name not in OUTSIDE_OF_RUN}  # noqa: SIM118
    for name in JSON_COLUMNS:
        values[name] = json.loads(values[name]) if values.get(name) else None
    return run_of(values)


def _row_checksum(row: sqlite3.Row) -> int:
    return _checksum(repr([value for name, value in zip(row.keys(), row, strict=True) if name != "checksum"]))


def _checksum(text: str) -> int:
    return zlib.crc32(text.encode())


def finite(numbers: Mapping[str, float]) -> dict[str, float]:
    """Returns plain Python numbers, because SQLite and JSON don't accept NumPy's.

    Raises:
        RunError: one isn't finite.
    """
    converted = {str(name): float(number) for name, number in numbers.items()}
    for name, number in converted.items():
        if not math.isfinite(number):
            raise RunError(
                f"Expected finite numbers. Received {name} = {number}: the training diverged."
                " Lower the learning rate, then start again."
            )
    return converted
