"""Rebuilding the list of runs from their folders: all if the database is lost, or only those missing in it.

The folders are authoritative: each holds its run's manifest. A damaged database is moved aside, never deleted.
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
# Files that SQLite keeps beside a database in use, and that a crash leaves there.
COMPANIONS = ("", "-journal", "-wal", "-shm")
# A folder with nothing but these says nothing about a run.
EMPTY = {"lock"}


@dataclass(frozen=True)
class Rebuild:
    """What was done to restore lost runs.

    Attributes:
        time: when, in seconds since 1970.
        restored: how many runs came back.
        unreadable: names of folders from which no run could be restored.
        moved_to: where the damaged database is now; empty if there was none.
        whole: whether the whole list was rebuilt, or only missing runs added.
        hindrance: why the list could not be rebuilt for good; empty if it was.
    """

    time: float
    restored: int
    unreadable: tuple[str, ...] = ()
    moved_to: str = ""
    whole: bool = True
    hindrance: str = ""


@dataclass
class _Found:
    """The runs found in folders and a damaged database."""

    records: list[RunRecord] = field(default_factory=list)
    recorded: dict[str, RunRecord] = field(default_factory=dict)
    noted: set[str] = field(default_factory=set)
    unreadable: list[str] = field(default_factory=list)


def ensure_database(path: Path, is_doubtful: bool = False) -> None:
    """Makes sure that the database at `path` is usable and lists the runs in the folders beside it.

    Cheap if there is nothing to do, and safe from any process at any time.

    Args:
        path: the database; its folder exists.
        is_doubtful: whether something in it could not be read, so that a thorough check is worth its time.

    Raises:
        RunError: it is missing, old or damaged, and the disk prevents its repair.
    """
    if find_damage(path, is_doubtful) or not database.is_current(path):
        _mend(path, is_doubtful)
    elif not _is_settled(path):
        # It is usable as it is: on a full or read-only disk, this can wait.
        with suppress(RunError):
            _mend(path, is_doubtful)


def copy_to_look_at(path: Path, folder: Path, hindrance: str) -> Path:
    """Makes a usable copy of a database in another folder, if the original can't be used or repaired.

    Args:
        path: the unusable database.
        folder: where to make the copy.
        hindrance: what prevents the repair.

    Returns:
        Path of the copy.

    Raises:
        RunError: that isn't possible either.
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
    """Returns what is wrong with the database; None if it is intact.

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
    """Returns the rebuilds that the user hasn't been told of yet, in a terminal or on a page."""
    audience = _audience(in_terminal)
    rows = connection.execute(f"SELECT rebuild FROM rebuilds WHERE {audience} = 0 ORDER BY number").fetchall()
    rebuilds = []
    for row in rows:
        with suppress(ValueError, TypeError):
            values = json.loads(row["rebuild"])
            rebuilds.append(Rebuild(**values | {"unreadable": tuple(values["unreadable"])}))
    return rebuilds


def note_rebuilds_told(connection: sqlite3.Connection, in_terminal: bool) -> None:
    """Records that the user has been told of all rebuilds, in a terminal or on a page."""
    connection.execute(f"UPDATE rebuilds SET {_audience(in_terminal)} = 1")


def _audience(in_terminal: bool) -> str:
    return "told" if in_terminal else "dismissed"


def move_to_trash(runs: Path, run_id: str) -> None:
    """Moves the folder of a run that is being deleted to the trash, so that the run isn't restored from it.

    Raises:
        OSError: the disk refuses.
    """
    with suppress(FileNotFoundError):
        (runs / run_id).rename(runs / f"{DELETED}{run_id}-{uuid.uuid4().hex[:8]}")


def make_room(runs: Path, run_id: str) -> None:
    """Deletes the content of a deleted run's folder; the folder itself stays as a mark of the deletion."""
    with suppress(OSError):
        move_to_trash(runs, run_id)
    for path in runs.glob(f"{DELETED}*/*"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def sweep_trash(runs: Path) -> None:
    """Deletes the folders of deleted runs, as far as possible now."""
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
    """Builds a database beside the damaged one, then replaces it. Nothing is lost if killed at any moment."""
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
            # While the damaged database is still there, as it may list runs without a manifest.
            _write_manifests(connection, path.parent / RUNS, found)
        durable.sync(beside)
        _move_aside(path, moved_to)
        beside.replace(path)
        durable.sync(path.parent)
    finally:
        for companion in COMPANIONS:
            Path(f"{beside}{companion}").unlink(missing_ok=True)


def _find_runs(path: Path, readable: Path) -> _Found:
    """Returns the runs in the folders beside `path`, and those that are only in `readable`.

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
    # In a data home of an older version, a run that never began has no folder.
    found.records += [record for run_id, record in salvaged.items() if run_id not in buried]
    found.records = _in_order(found.records)
    return found


def _take(found: _Found, folder: Path, salvaged: RunRecord | None) -> None:
    """Adds the run of a folder to what was found: from its manifest, else the database, else its files."""
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
    """Returns runs in the order of submission; by age if that isn't known for all."""
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
    """Reconciles the manifests of restored runs with their rows."""
    for record in found.records:
        folder = runs / record.run.id
        restored = stored_record(connection, record.run.id)
        if found.recorded.get(record.run.id) != restored:
            write_record(folder, restored)
        if record.run.id in found.noted:
            note_what_is_unknown(folder, restored.run)


def _free_place(path: Path) -> Path:
    """Returns where to move a damaged database: in the same folder, under a name with the time."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    names = (f"{path.stem}.damaged-{stamp}{extra}{path.suffix}" for extra in ("", *(f"-{n}" for n in range(2, 1000))))
    return next(place for place in map(path.with_name, names) if not place.exists())


def _has_content(path: Path) -> bool:
    return path.exists() and (not path.is_file() or path.stat().st_size > 0)


def _move_aside(path: Path, moved_to: Path) -> None:
    # The companion files first: one that stays would be taken for the new database's.
    for companion in reversed(COMPANIONS):
        old = Path(f"{path}{companion}")
        if _has_content(old):
            old.rename(f"{moved_to}{companion}")
        else:
            old.unlink(missing_ok=True)


def run_folders(runs: Path) -> list[Path]:
    """Returns the folders of runs; none if their parent folder doesn't exist."""
    return [runs / name for name in sorted(_names(runs)) if not name.startswith(".") and (runs / name).is_dir()]


def _names(runs: Path) -> list[str]:
    try:
        return [path.name for path in runs.iterdir()]
    except OSError:  # it doesn't exist, or this user may not read it
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
    """Finishes interrupted deletions, writes missing manifests, and adds missing runs to the list."""
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
