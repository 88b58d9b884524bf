"""Rebuilding the list of runs: from their folders where the database is lost, and one by one where only runs are.

The folders are the truth: each holds its run's manifest. A database that is damaged is moved aside, never deleted.
"""

import json
import shutil
import sqlite3
import time
import uuid
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from core.errors import DatabaseDamagedError, RunError
from core.files import durable
from core.runs.records import database
from core.runs.records.evidence import note_what_is_unknown, record_of_folder
from core.runs.records.manifest import MANIFEST_NAME, RunRecord, read_record, write_record
from core.runs.records.rows import check_rows, check_seals, insert_record, salvage, stored_record
from core.runs.records.run_names import free_name

RUNS, DATASETS = "runs", "datasets"
DELETED = ".deleted-"
# What SQLite keeps beside a database while it is in use, and a crash leaves there.
COMPANIONS = ("", "-journal", "-wal", "-shm")
# A folder that holds nothing but these tells nothing of a run.
EMPTY = {"lock"}


@dataclass(frozen=True)
class Rebuild:
    """What was done to bring runs back.

    Attributes:
        time: when, in seconds since 1970.
        restored: how many runs came back.
        unreadable: names of folders of which no run could be made.
        moved_to: where the damaged database is now; empty where there was none.
        whole: whether the whole list was rebuilt, not just runs added that it lacked.
        hindrance: why the list could not be rebuilt for good; empty where it was.
    """

    time: float
    restored: int
    unreadable: tuple[str, ...] = ()
    moved_to: str = ""
    whole: bool = True
    hindrance: str = ""


@dataclass
class _Found:
    """The runs that folders and a damaged database tell of."""

    records: list[RunRecord] = field(default_factory=list)
    recorded: dict[str, RunRecord] = field(default_factory=dict)
    noted: set[str] = field(default_factory=set)
    unreadable: list[str] = field(default_factory=list)


def ensure_database(path: Path, is_doubtful: bool = False) -> None:
    """Makes the database at `path` one that can be used, whose runs are those of the folders beside it.

    Cheap where nothing is to be done, and safe from any process at any time.

    Args:
        path: the database; its folder is there.
        is_doubtful: whether something in it could not be read, so that a closer look is worth its time.

    Raises:
        RunError: it is missing, old or damaged, and the disk refuses to mend that.
    """
    if find_damage(path, is_doubtful) or not database.is_current(path):
        _mend(path, is_doubtful)
    elif not _is_settled(path):
        # It can be used as it is: on a disk that is full or read-only, later is soon enough.
        with suppress(RunError):
            _mend(path, is_doubtful)


def copy_to_look_at(path: Path, folder: Path, hindrance: str) -> Path:
    """Makes a database in another folder, from one that can't be used and can't be mended where it is.

    Args:
        path: the database that can't be used.
        folder: where to make the other one.
        hindrance: what keeps the database from being mended.

    Returns:
        The other database.

    Raises:
        RunError: that can't be done either.
    """
    target = folder / path.name
    for companion in COMPANIONS:
        with suppress(OSError):
            shutil.copyfile(f"{path}{companion}", f"{target}{companion}")
    if find_damage(target, is_doubtful=True) is None:
        database.prepare(target)
        return target
    found = _find_runs(path, target)
    for companion in COMPANIONS:
        Path(f"{target}{companion}").unlink(missing_ok=True)
    database.prepare(target)
    rebuild = Rebuild(time.time(), len(found.records), tuple(found.unreadable), hindrance=hindrance)
    with database.writing(target) as connection:
        _insert(connection, found.records, rebuild if found.records or found.unreadable else None)
    return target


def find_damage(path: Path, is_doubtful: bool = False) -> DatabaseDamagedError | None:
    """Returns what is wrong with the database; None where it is as the studio wrote it.

    Args:
        path: the database.
        is_doubtful: whether to read every value too.

    Raises:
        RunError: the disk refuses to read it.
    """
    try:
        database.check_structure(path)
        is_sealed = database.is_current(path)
        with database.reading(path) as connection:
            if is_sealed:
                check_seals(connection)
            if is_doubtful or not is_sealed:
                check_rows(connection)
    except DatabaseDamagedError as error:
        return error
    return None


def read_rebuilds(connection: sqlite3.Connection, in_terminal: bool) -> list[Rebuild]:
    """Returns what was done to bring runs back and hasn't been told of yet, in a terminal or on a page."""
    audience = _audience(in_terminal)
    rows = connection.execute(f"SELECT rebuild FROM rebuilds WHERE {audience} = 0 ORDER BY number").fetchall()
    rebuilds = []
    for row in rows:
        with suppress(ValueError, TypeError):
            values = json.loads(row["rebuild"])
            rebuilds.append(Rebuild(**values | {"unreadable": tuple(values["unreadable"])}))
    return rebuilds


def note_rebuilds_told(connection: sqlite3.Connection, in_terminal: bool) -> None:
    """Records that all of it has been told of, in a terminal or on a page."""
    connection.execute(f"UPDATE rebuilds SET {_audience(in_terminal)} = 1")


def _audience(in_terminal: bool) -> str:
    return "told" if in_terminal else "dismissed"


def move_to_trash(runs: Path, run_id: str) -> None:
    """Moves the folder of a run that is being deleted out of the way, so that it never comes back.

    Raises:
        OSError: the disk refuses.
    """
    with suppress(FileNotFoundError):
        (runs / run_id).rename(runs / f"{DELETED}{run_id}-{uuid.uuid4().hex[:8]}")


def make_room(runs: Path, run_id: str) -> None:
    """Deletes what is in the folder of a run that is being deleted; the folder itself still tells of the deletion."""
    with suppress(OSError):
        move_to_trash(runs, run_id)
    for path in runs.glob(f"{DELETED}*/*"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def sweep_trash(runs: Path) -> None:
    """Deletes the folders of deleted runs, as far as that is possible now."""
    for trashed in runs.glob(f"{DELETED}*"):
        shutil.rmtree(trashed, ignore_errors=True)


def _mend(path: Path, is_doubtful: bool) -> None:
    with database.locked(path):
        try:
            if find_damage(path, is_doubtful):
                _rebuild(path)
            database.prepare(path)
            _settle(path)
        except OSError as error:
            raise database.disk_refuses(path, error) from error


def _rebuild(path: Path) -> None:
    """Builds a database beside the damaged one, then puts it in its place. Killed at any moment, nothing is lost."""
    found = _find_runs(path, path)
    for left in path.parent.glob(f".{path.name}.*"):
        left.unlink()
    beside = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    moved_to = _free_place(path)
    is_moved = any(_has_content(Path(f"{path}{companion}")) for companion in COMPANIONS)
    rebuild = Rebuild(
        time.time(), len(found.records), tuple(found.unreadable), str(moved_to) if _has_content(path) else ""
    )
    try:
        database.prepare(beside)
        with database.writing(beside) as connection:
            _insert(connection, found.records, rebuild if is_moved or found.records or found.unreadable else None)
            # Before the damaged database is out of reach: it may know of runs that have no manifest.
            _write_manifests(connection, path.parent / RUNS, found)
        durable.sync(beside)
        _move_aside(path, moved_to)
        beside.replace(path)
        durable.sync(path.parent)
    finally:
        for companion in COMPANIONS:
            Path(f"{beside}{companion}").unlink(missing_ok=True)


def _find_runs(path: Path, readable: Path) -> _Found:
    """Returns the runs that the folders beside `path` tell of, and those that only `readable` knows.

    Args:
        path: of the database.
        readable: the damaged database, or a copy of it.
    """
    runs = path.parent / RUNS
    salvaged = _salvage(readable)
    found = _Found()
    for folder in run_folders(runs):
        _take(found, folder, salvaged.pop(folder.name, None))
    buried = {name[len(DELETED) :].split("-")[0] for name in _names(runs) if name.startswith(DELETED)}
    # A run that never began has no folder in a data home of an older version.
    found.records += [record for run_id, record in salvaged.items() if run_id not in buried]
    found.records = _in_order(found.records)
    return found


def _take(found: _Found, folder: Path, salvaged: RunRecord | None) -> None:
    """Adds the run of a folder to what was found: of its manifest, else of the database, else of its files."""
    record = salvaged
    with suppress(ValueError):
        found.recorded[folder.name] = record = read_record(folder)
    if record is None:
        record = record_of_folder(folder, folder.parents[1] / DATASETS)
        if record:
            found.noted.add(record.run.id)
    if record:
        found.records.append(record)
    elif not _is_empty(folder):
        found.unreadable.append(folder.name)


def _salvage(path: Path) -> dict[str, RunRecord]:
    if not path.is_file() or not path.stat().st_size:
        return {}
    with suppress(RunError), database.reading(path) as connection:
        return salvage(connection)
    return {}


def _in_order(records: Iterable[RunRecord]) -> list[RunRecord]:
    """Returns runs in the order of their submission; by their age where that isn't known of all."""
    records = list(records)
    known = {record.sequence for record in records if record.sequence}
    if len(known) == len(records):
        return sorted(records, key=lambda record: record.sequence)
    ordered = sorted(records, key=lambda record: record.run.created)
    return [replace(record, sequence=number) for number, record in enumerate(ordered, start=1)]


def _insert(connection: sqlite3.Connection, records: Sequence[RunRecord], rebuild: Rebuild | None) -> None:
    taken = {row["name"] for row in connection.execute("SELECT name FROM runs")}
    for record in records:
        name = free_name(record.run.name, taken)
        taken.add(name)
        insert_record(connection, replace(record, run=replace(record.run, name=name)))
    if rebuild:
        connection.execute("INSERT INTO rebuilds (rebuild) VALUES (?)", (json.dumps(asdict(rebuild)),))


def _write_manifests(connection: sqlite3.Connection, runs: Path, found: _Found) -> None:
    """Brings the manifests of restored runs in line with their rows."""
    for record in found.records:
        folder = runs / record.run.id
        restored = stored_record(connection, record.run.id)
        if found.recorded.get(record.run.id) != restored:
            write_record(folder, restored)
        if record.run.id in found.noted:
            note_what_is_unknown(folder, restored.run)


def _free_place(path: Path) -> Path:
    """Returns where a damaged database can be moved: beside its place, under a name with the time."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    names = (f"{path.stem}.damaged-{stamp}{extra}{path.suffix}" for extra in ("", *(f"-{n}" for n in range(2, 1000))))
    return next(place for place in map(path.with_name, names) if not place.exists())


def _has_content(path: Path) -> bool:
    return path.exists() and (not path.is_file() or path.stat().st_size > 0)


def _move_aside(path: Path, moved_to: Path) -> None:
    # The companions first: one that stays would be taken for that of the new database.
    for companion in reversed(COMPANIONS):
        old = Path(f"{path}{companion}")
        if _has_content(old):
            old.rename(f"{moved_to}{companion}")
        else:
            old.unlink(missing_ok=True)


def run_folders(runs: Path) -> list[Path]:
    """Returns the folders of runs; none where there is no folder for them."""
    return [runs / name for name in sorted(_names(runs)) if not name.startswith(".") and (runs / name).is_dir()]


def _names(runs: Path) -> list[str]:
    try:
        return [path.name for path in runs.iterdir()]
    except OSError:  # there is none, or it isn't for this user to look into
        return []


def _is_empty(folder: Path) -> bool:
    return {path.name for path in folder.iterdir()} <= EMPTY


def _is_settled(path: Path) -> bool:
    """Returns whether every run has its manifest, every folder its run, and every deletion is done."""
    runs = path.parent / RUNS
    with database.reading(path) as connection:
        known = {row["id"] for row in connection.execute("SELECT id FROM runs")}
    names = _names(runs)
    if any(name.startswith(DELETED) for name in names):
        return False
    if any(not (runs / run_id / MANIFEST_NAME).exists() for run_id in known):
        return False
    return all(folder.name in known or _is_empty(folder) for folder in run_folders(runs))


def _settle(path: Path) -> None:
    """Ends deletions that were interrupted, writes the manifests that lack, and takes up runs that the list lacks."""
    runs = path.parent / RUNS
    with database.writing(path) as connection:
        for name in _names(runs):
            if name.startswith(DELETED):
                connection.execute("DELETE FROM runs WHERE id = ?", (name[len(DELETED) :].split("-")[0],))
        known = {row["id"] for row in connection.execute("SELECT id FROM runs")}
        for run_id in known:
            if not (runs / run_id / MANIFEST_NAME).exists():
                write_record(runs / run_id, stored_record(connection, run_id))
        found = _Found()
        for folder in run_folders(runs):
            if folder.name not in known:
                _take(found, folder, None)
        found.records = sorted(found.records, key=lambda record: (record.sequence, record.run.created))
        rebuild = Rebuild(time.time(), len(found.records), tuple(found.unreadable), whole=False)
        _insert(connection, found.records, rebuild if found.records else None)
        _write_manifests(connection, runs, found)
    sweep_trash(runs)
