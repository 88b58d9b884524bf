"""Runs and epochs as rows: corruption is noticed, and costs only the damaged rows."""

import json
import math
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.config.training_config import TrainingConfig
from core.errors import DatabaseDamagedError, RunError
from core.events import Event
from core.runs.records import database, rows
from core.runs.records.failures import Failure
from core.runs.records.manifest import RunRecord
from core.runs.records.run import Run, RunStatus
from core.runs.records.store import RunStore

PAGE = 4096
# The first byte of a page that holds rows of a table.
TABLE_LEAF = 13
IDS = ("aaaaaaaa", "aaaabbbb", "cccccccc")


def epoch(run_id: str, number: int) -> Event:
    return Event("head", number, 9, {"loss": 0.5}, epoch=number, time=100.0, run_id=run_id, sequence=number)


def record(run_id: str, sequence: int) -> RunRecord:
    config = TrainingConfig(image_size=64)
    run = Run(run_id, f"run {sequence}", "d", "Textures", config, "", RunStatus.STOPPED, "head", created=100.0)
    run = replace(
        run, metrics={"val_accuracy": 0.5}, seconds={"head": 1.5}, failure=Failure("bug", {"kind": "KeyError"})
    )
    return RunRecord(run, sequence, turn=sequence + 5, events=(epoch(run_id, 1), epoch(run_id, 2), epoch(run_id, 3)))


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """The database of three runs with three epochs each, inside a transaction."""
    database.prepare(tmp_path / "studio.sqlite")
    with database.writing(tmp_path / "studio.sqlite") as connection:
        for sequence, run_id in enumerate(IDS, start=1):
            rows.insert_record(connection, record(run_id, sequence))
        yield connection


def change(connection: sqlite3.Connection, column: str, value: object, run_id: str = IDS[1]) -> None:
    connection.execute(f"UPDATE runs SET {column} = ? WHERE id = ?", (value, run_id))


def test_inserted_records_are_read(connection: sqlite3.Connection) -> None:
    for sequence, run_id in enumerate(IDS, start=1):
        assert rows.stored_record(connection, run_id) == record(run_id, sequence)
        assert rows.stored_manifest(connection, run_id) == replace(record(run_id, sequence), events=())
    rows.check_seals(connection)
    rows.check_rows(connection)


@pytest.mark.parametrize("sequence", [0, 2])
def test_a_place_that_is_unknown_or_taken_is_the_last_one(connection: sqlite3.Connection, sequence: int) -> None:
    rows.insert_record(connection, record("dddddddd", 9))
    late = replace(record("eeeeeeee", sequence), run=replace(record("eeeeeeee", sequence).run, name="late"))
    rows.insert_record(connection, late)
    assert rows.stored_manifest(connection, "eeeeeeee").sequence == 10


def test_epochs_that_are_there_stay(connection: sqlite3.Connection) -> None:
    rows.insert_events(connection, IDS[0], [replace(epoch(IDS[0], 3), step=8), epoch(IDS[0], 4)])
    assert [event.step for event in rows.stored_record(connection, IDS[0]).events] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        (IDS[0], [IDS[0]]),
        ("run 2", [IDS[1]]),
        ("c", [IDS[2]]),
        ("aaaa", [IDS[0], IDS[1]]),
        ("aaaab", [IDS[1]]),
        ("", []),
        ("run", []),
        ("%", []),
        ("RUN 2", []),
    ],
)
def test_runs_are_found_by_id_name_and_beginning(
    connection: sqlite3.Connection, reference: str, found: list[str]
) -> None:
    assert [run.id for run in rows.matching_runs(connection, reference)] == found


def test_an_id_goes_before_a_name_and_a_name_before_a_beginning(connection: sqlite3.Connection) -> None:
    for run_id, name in ((IDS[1], IDS[0]), (IDS[2], "aaaa")):
        change(connection, "name", name, run_id)
        rows.seal(connection, run_id)
    assert [run.id for run in rows.matching_runs(connection, IDS[0])] == [IDS[0]]
    assert [run.id for run in rows.matching_runs(connection, "aaaa")] == [IDS[2]]


@pytest.mark.parametrize(
    ("column", "value"), [("name", "Another"), ("turn", 99), ("metrics", '{"val_accuracy": 0.99}'), ("checksum", 0)]
)
def test_a_corrupted_row_is_noticed(connection: sqlite3.Connection, column: str, value: object) -> None:
    change(connection, column, value)
    for look in (
        rows.check_seals,
        rows.check_rows,
        lambda connection: rows.require_sealed(connection, IDS[1]),
        lambda connection: rows.stored_manifest(connection, IDS[1]),
        lambda connection: rows.matching_runs(connection, IDS[1]),
    ):
        with pytest.raises(DatabaseDamagedError, match="changed by something other than the studio"):
            look(connection)
    rows.require_sealed(connection, IDS[0])


def test_a_change_of_the_studios_own_is_sealed(connection: sqlite3.Connection) -> None:
    change(connection, "name", "Another")
    rows.seal(connection, IDS[1])
    rows.require_sealed(connection, IDS[1])
    assert rows.stored_manifest(connection, IDS[1]).run.name == "Another"


def test_a_run_that_isnt_there_needs_no_seal(connection: sqlite3.Connection) -> None:
    rows.require_sealed(connection, "12345678")


@pytest.mark.parametrize(
    ("column", "value"), [("config", "{"), ("status", "unheard of"), ("metrics", "[1]"), ("created", "now")]
)
def test_a_sealed_row_that_isnt_a_run_is_damage(connection: sqlite3.Connection, column: str, value: object) -> None:
    change(connection, column, value)
    rows.seal(connection, IDS[1])
    rows.check_seals(connection)
    with pytest.raises(DatabaseDamagedError, match="The record of a run can't be read"):
        rows.check_rows(connection)


def test_a_corrupted_epoch_is_noticed(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE events SET event = replace(event, '0.5', '0.1') WHERE sequence = 2")
    with pytest.raises(DatabaseDamagedError, match="The database was changed"):
        rows.check_seals(connection)
    for look in (rows.check_rows, lambda connection: rows.stored_record(connection, IDS[0])):
        with pytest.raises(DatabaseDamagedError, match="The record of an epoch can't be read"):
            look(connection)
    assert rows.stored_manifest(connection, IDS[0]).run.id == IDS[0]


def test_epochs_of_an_unknown_run_are_damage(connection: sqlite3.Connection) -> None:
    connection.execute("COMMIT")
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("BEGIN")
    rows.insert_events(connection, "12345678", [epoch("12345678", 1)])
    with pytest.raises(DatabaseDamagedError, match="There are epochs of an unknown run"):
        rows.check_rows(connection)


def test_rows_without_seals_are_sealed(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE runs SET checksum = 0")
    connection.execute("UPDATE events SET checksum = 0")
    rows.seal_all(connection)
    rows.check_seals(connection)
    rows.check_rows(connection)


def test_damage_costs_only_the_damaged_rows(connection: sqlite3.Connection) -> None:
    change(connection, "status", "unheard of")
    connection.execute("UPDATE events SET event = '{' WHERE run_id = ? AND sequence = 2", (IDS[2],))
    found = rows.salvage(connection)
    assert set(found) == {IDS[0], IDS[2]}
    assert found[IDS[0]] == record(IDS[0], 1)
    assert found[IDS[2]] == replace(record(IDS[2], 3), events=(epoch(IDS[2], 1),))


def test_epochs_are_salvaged_up_to_the_first_that_is_missing(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM events WHERE run_id = ? AND sequence = 1", (IDS[0],))
    connection.execute("DELETE FROM events WHERE run_id = ? AND sequence = 3", (IDS[1],))
    found = rows.salvage(connection)
    assert [event.sequence for event in found[IDS[0]].events] == []
    assert [event.sequence for event in found[IDS[1]].events] == [1, 2]


def test_numbers_become_pythons_own() -> None:
    numbers = rows.finite({"loss": np.float32(0.5), "batch": np.int64(3), "share": 1})
    assert numbers == {"loss": 0.5, "batch": 3.0, "share": 1.0}
    assert {type(number) for number in numbers.values()} == {float}
    assert rows.numbers_as_json({"loss": np.float32(0.5)}) == '{"loss": 0.5}'
    assert rows.numbers_as_json(None) is None
    event = rows.plain_event(Event("head", np.int64(1), np.int32(2), {"loss": np.float32(0.5)}, epoch=np.int64(1)))
    assert {type(value) for value in (event.step, event.total, event.epoch)} == {int}
    assert json.loads(json.dumps(event.metrics)) == {"loss": 0.5}


def test_an_event_loses_what_only_the_store_may_set() -> None:
    event = rows.plain_event(epoch(IDS[0], 3))
    assert event == replace(epoch(IDS[0], 3), run_id="", sequence=0)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, np.float32("nan")])
def test_numbers_that_arent_finite_are_refused(number: float) -> None:
    for take in (rows.finite, rows.numbers_as_json, lambda numbers: rows.plain_event(Event("head", metrics=numbers))):
        with pytest.raises(RunError, match=r"Received loss = -?(nan|inf): the training diverged\. Lower the learning"):
            take({"accuracy": 0.5, "loss": number})


def test_failures_are_stored_as_codes() -> None:
    assert rows.failure_as_json(None) == ""
    assert json.loads(rows.failure_as_json(Failure("bug", {"kind": "KeyError"}))) == {
        "code": "bug",
        "parameters": {"kind": "KeyError"},
    }
    # A file name may contain characters that can't be encoded.
    assert rows.failure_as_json(Failure("error", {"message": "\udcff.png is gone."})).encode()


@pytest.mark.timeout(60)
def test_a_row_out_of_order_beside_damaged_epochs_is_read_once(store: RunStore, config: TrainingConfig) -> None:
    """Reading damaged epochs between the rows of runs made SQLite return the same rows forever."""
    names = [store.create("d", "Textures", config, name=f"run {number}").name for number in range(6)]
    content = bytearray(store.path.read_bytes())
    with closing(sqlite3.connect(store.path)) as connection:
        pages = dict(connection.execute("SELECT name, rootpage FROM sqlite_master WHERE type = 'table'"))
    content[(pages["events"] - 1) * PAGE : pages["events"] * PAGE] = bytes(PAGE)
    for leaf in range(0, len(content), PAGE):
        if content[leaf] != TABLE_LEAF or names[3].encode() not in content[leaf : leaf + PAGE]:
            continue
        for number in range(int.from_bytes(content[leaf + 3 : leaf + 5])):
            cell = leaf + int.from_bytes(content[leaf + 8 + 2 * number : leaf + 10 + 2 * number])
            rowid = cell + (2 if content[cell] & 0x80 else 1)  # after the length, which takes at most two bytes
            if content[rowid] == 4:
                content[rowid] = 0
    store.path.write_bytes(content)
    with closing(sqlite3.connect(store.path)) as connection:
        connection.row_factory = sqlite3.Row
        assert [row["sequence"] for row in connection.execute("SELECT * FROM runs ORDER BY sequence")].count(0) == 1
        found = rows.salvage(connection)
    assert sorted(record.run.name for record in found.values()) == [name for name in names if name != "run 3"]
