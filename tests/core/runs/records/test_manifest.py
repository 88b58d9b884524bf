"""What the folder of a run records, and which records are rejected."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from core.config.training_config import TrainingConfig
from core.events import Event
from core.runs.records.failures import Failure
from core.runs.records.manifest import (
    EPOCHS_NAME,
    MANIFEST_NAME,
    TAIL_BYTES,
    RunRecord,
    add_epoch,
    event_of,
    last_epoch,
    read_record,
    run_of,
    write_epochs,
    write_manifest,
    write_record,
)
from core.runs.records.run import Run, RunStatus

RUN_ID = "deadbeef"


def epoch(number: int, loss: float = 0.5) -> Event:
    return Event("head", number, 9, {"loss": loss}, epoch=number, time=100.0 + number, run_id=RUN_ID, sequence=number)


@pytest.fixture
def run() -> Run:
    return Run(
        id=RUN_ID,
        name="Mine",
        dataset_id="d",
        dataset_name="Textures",
        config=TrainingConfig(image_size=64).with_options(trainable_blocks=2, flip=True),
        recipe="recommended",
        status=RunStatus.FAILED,
        phase="head",
        created=100.0,
        started=110.0,
        finished=150.5,
        failure=Failure("out_of_memory"),
        metrics={"val_accuracy": 0.5},
        seconds={"head": 2.5},
        stop_requested=149.0,
        pid=4711,
        pid_started=12.5,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "runs" / RUN_ID


def test_what_was_written_is_read(run: Run, folder: Path) -> None:
    record = RunRecord(run, sequence=3, turn=7, events=(epoch(1), epoch(2)))
    write_record(folder, record)
    assert read_record(folder) == record


def test_progress_is_not_recorded(run: Run, folder: Path) -> None:
    write_manifest(folder, RunRecord(replace(run, progress=epoch(1))))
    assert read_record(folder) == RunRecord(run)


def test_a_manifest_leaves_the_epochs_as_they_are(run: Run, folder: Path) -> None:
    write_record(folder, RunRecord(run, events=(epoch(1),)))
    write_manifest(folder, RunRecord(replace(run, name="Another")))
    assert read_record(folder) == RunRecord(replace(run, name="Another"), events=(epoch(1),))


def test_epochs_are_added(run: Run, folder: Path) -> None:
    write_manifest(folder, RunRecord(run))
    assert last_epoch(folder) == 0
    for number in (1, 2, 3):
        add_epoch(folder, epoch(number), {"head": number})
        assert last_epoch(folder) == number
    assert read_record(folder).events == (epoch(1), epoch(2), epoch(3))
    write_epochs(folder, [epoch(1)])
    assert (last_epoch(folder), read_record(folder).events) == (1, (epoch(1),))


def test_a_torn_line_is_skipped(run: Run, folder: Path) -> None:
    write_record(folder, RunRecord(run, events=(epoch(1), epoch(2))))
    path = folder / EPOCHS_NAME
    path.write_bytes(path.read_bytes()[:-20])
    assert last_epoch(folder) == 1
    add_epoch(folder, epoch(2, loss=0.25), None)
    assert read_record(folder).events == (epoch(1), epoch(2, loss=0.25))


def test_a_repeated_epoch_replaces_the_earlier_one_and_all_after_it(run: Run, folder: Path) -> None:
    write_record(folder, RunRecord(run, events=(epoch(1), epoch(2), epoch(3))))
    add_epoch(folder, epoch(2, loss=0.25), None)
    assert read_record(folder).events == (epoch(1), epoch(2, loss=0.25))


def test_the_latest_epoch_of_many_is_found_by_the_end_of_the_file(run: Run, folder: Path) -> None:
    write_record(folder, RunRecord(run, events=tuple(epoch(number) for number in range(1, 301))))
    assert (folder / EPOCHS_NAME).stat().st_size > 2 * TAIL_BYTES
    assert last_epoch(folder) == 300


def test_a_running_run_is_as_far_as_its_epochs(run: Run, folder: Path) -> None:
    running = replace(run, status=RunStatus.RUNNING, phase="starting", failure=None, seconds={})
    write_manifest(folder, RunRecord(running))
    add_epoch(folder, replace(epoch(1), phase="fine_tune"), {"head": 4.0})
    read = read_record(folder).run
    assert (read.phase, read.seconds) == ("fine_tune", {"head": 4.0})
    write_manifest(folder, RunRecord(run))
    assert (read_record(folder).run.phase, read_record(folder).run.seconds) == ("head", {"head": 2.5})


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"\xff\xfe"),
        lambda path: path.write_text("[]"),
        lambda path: path.write_text("[" * 100_000),
        lambda path: path.write_text("{}"),
        lambda path: path.write_text(path.read_text().replace("Mine", "Name")),
        lambda path: path.write_text(path.read_text().replace('"format": 1', '"format": 2')),
    ],
    ids=["gone", "empty", "no text", "a list", "deep", "nothing in it", "changed", "another version"],
)
def test_a_changed_manifest_is_rejected(run: Run, folder: Path, damage: Callable[[Path], object]) -> None:
    write_manifest(folder, RunRecord(run))
    damage(folder / MANIFEST_NAME)
    with pytest.raises(ValueError, match=r"manifest|Expecting value|decode"):
        read_record(folder)


def test_the_manifest_of_another_run_is_rejected(run: Run, folder: Path) -> None:
    write_manifest(folder, RunRecord(run))
    folder.rename(folder.with_name("12345678"))
    with pytest.raises(ValueError, match="the manifest of another run"):
        read_record(folder.with_name("12345678"))


def values_of(run: Run) -> dict[str, Any]:
    return json.loads(json.dumps(asdict(run)))


def test_a_run_comes_back_from_its_values(run: Run) -> None:
    assert run_of(values_of(run)) == run
    with_progress = replace(run, progress=epoch(3))
    assert run_of(values_of(with_progress)) == with_progress


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", "../../etc"),
        ("id", "DEADBEEF"),
        ("name", ""),
        ("name", "a\nb"),
        ("name", 3),
        ("recipe", "\x1b[31m"),
        ("status", "unheard of"),
        ("config", {"backbone": "unheard of"}),
        ("metrics", {"val_accuracy": float("nan")}),
        ("seconds", [1]),
        ("created", -1),
        ("created", 1e300),
        ("started", True),
        ("pid", 1.5),
        ("pid", -1),
        ("num_classes", -1),
        ("note", "a\nb"),
    ],
)
def test_values_that_dont_describe_a_run_are_refused(run: Run, name: str, value: object) -> None:
    with pytest.raises(ValueError, match=r"Expected|not a run|not a valid"):
        run_of(values_of(run) | {name: value})


def test_a_run_lacks_no_value(run: Run) -> None:
    values = values_of(run)
    del values["pid_started"]
    with pytest.raises(ValueError, match="not a run: 'pid_started'"):
        run_of(values)


def test_an_event_comes_back_from_its_values() -> None:
    assert event_of(json.loads(json.dumps(asdict(epoch(3))))) == epoch(3)
    older = {name: value for name, value in asdict(epoch(3)).items() if name != "pictures"}
    assert event_of(older) == epoch(3)


@pytest.mark.parametrize(
    "changes",
    [
        {"step": 1.5},
        {"epoch": -1},
        {"sequence": True},
        {"phase": None},
        {"time": "now"},
        {"time": -1.0},
        {"metrics": {"loss": float("inf")}},
        {"metrics": [1]},
        {"pictures": [1]},
        {"unheard_of": 1},
    ],
)
def test_values_that_dont_describe_an_event_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"Expected|not an event"):
        event_of(asdict(epoch(3)) | changes)
