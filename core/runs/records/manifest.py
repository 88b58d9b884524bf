"""The record of a run in its own folder: its manifest, `run.json`, and its epochs.

The list of runs is rebuilt from this if the database is lost. It is written before the change is committed to the
database, so it is never behind. Epochs are appended as lines to `epochs.jsonl`: a run may have a thousand of them. A
line torn by a crash is skipped, and a repeated line replaces the earlier one and all after it, because a change that
couldn't be committed is made again.
"""

import json
import math
import os
import re
import zlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.config.training_config import TrainingConfig
from core.errors import ConfigError
from core.events import Event
from core.files import durable
from core.runs.records.failures import Failure
from core.runs.records.run import Run, RunStatus

MANIFEST_NAME = "run.json"
MANIFEST_FORMAT = 1
EPOCHS_NAME = "epochs.jsonl"
TAIL_BYTES = 16_384
RUN_ID = re.compile(r"[0-9a-f]{8}")
LATEST = 253_402_300_799.0  # the last second of the year 9999, the end of Python's dates
# A name may contain invisible characters, such as those that join two emoji, but no terminal control characters.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
# Records from before these were added lack them.
LATER_FIELDS = ("num_classes", "is_starred", "note", "experiment_id", "arm")
EARLY_FIELDS = tuple(item.name for item in fields(Run) if item.name not in ("failure", *LATER_FIELDS))
TEXTS = ("name", "dataset_id", "dataset_name", "recipe", "phase", "note", "experiment_id", "arm")
TIMES = ("created", "started", "finished", "stop_requested", "pid_started")


@dataclass(frozen=True)
class RunRecord:
    """The complete record of a run.

    Attributes:
        run: the run, without its latest progress, which is only of interest at the moment.
        sequence: its number in the order of submission; 0 if unknown.
        turn: its place in the queue.
        events: its epochs.
    """

    run: Run
    sequence: int = 0
    turn: int = 0
    events: tuple[Event, ...] = ()


def write_record(folder: Path, record: RunRecord) -> None:
    """Writes the complete record of a run into its folder, creating it if necessary.

    Raises:
        OSError: the disk refuses.
    """
    folder.mkdir(parents=True, exist_ok=True)
    write_epochs(folder, record.events)
    write_manifest(folder, record)


def write_manifest(folder: Path, record: RunRecord) -> None:
    """Writes a run's manifest into its folder, creating it if necessary; its epochs are unchanged.

    Raises:
        OSError: the disk refuses; an earlier manifest is unchanged.
    """
    run = asdict(replace(record.run, progress=None))
    body = {
        "format": MANIFEST_FORMAT,
        "sequence": record.sequence,
        "turn": record.turn,
        "run": {name: value for name, value in run.items() if name != "progress"},
    }
    folder.mkdir(parents=True, exist_ok=True)
    durable.write(folder / MANIFEST_NAME, json.dumps(body | {"checksum": _checksum(body)}, allow_nan=False).encode())


def write_epochs(folder: Path, events: Iterable[Event]) -> None:
    """Replaces the recorded epochs of a run.

    Raises:
        OSError: the disk refuses; the old record is unchanged.
    """
    durable.write(folder / EPOCHS_NAME, b"".join(_line(event, None) for event in events))


def add_epoch(folder: Path, event: Event, seconds: Mapping[str, float] | None) -> None:
    """Appends an epoch to the record of a run.

    Args:
        folder: of the run.
        event: the epoch, with its sequence number.
        seconds: how long each phase of the run took so far, if known.

    Raises:
        OSError: the disk refuses.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / EPOCHS_NAME).open("ab") as file:
        file.write(_line(event, seconds))
        file.flush()
        os.fsync(file.fileno())


def last_epoch(folder: Path) -> int:
    """Returns the sequence number of the latest epoch recorded in a run's folder; 0 if there is none."""
    with suppress(OSError), (folder / EPOCHS_NAME).open("rb") as file:
        # Lines are much shorter than this, and only the latest matter.
        file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL_BYTES))
        events, _ = _events_of(file.read())
        return events[-1].sequence if events else 0
    return 0


def read_record(folder: Path) -> RunRecord:
    """Reads the complete record of a run from its folder.

    Raises:
        ValueError: there is none, it is damaged, or it belongs to another run or another version of the studio.
    """
    try:
        body = json.loads((folder / MANIFEST_NAME).read_bytes())
        checksum = body.pop("checksum")
        if body["format"] != MANIFEST_FORMAT or checksum != _checksum(body):
            raise ValueError("a manifest that was changed, or is from another version")
        run = run_of({**body["run"], "progress": None})
        if run.id != folder.name:
            raise ValueError("the manifest of another run")
        events, seconds = _read_epochs(folder)
        if run.status == RunStatus.RUNNING and events:
            # The manifest was written when the run began.
            run = replace(run, phase=events[-1].phase, seconds=seconds or run.seconds)
        return RunRecord(run, _whole(body["sequence"]), _whole(body["turn"]), events)
    except (OSError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"no manifest that can be read: {error}") from error


def run_of(values: Mapping[str, Any]) -> Run:
    """Makes a run from JSON values.

    Raises:
        ValueError: they don't describe a run.
    """
    try:
        chosen = {name: values[name] for name in EARLY_FIELDS} | {
            name: values[name] for name in LATER_FIELDS if name in values
        }
        run = Run(
            **chosen
            | {
                "config": _config(json.dumps(values["config"])),
                "status": RunStatus(values["status"]),
                "failure": _failure(values),
                "progress": event_of(values["progress"]) if values["progress"] else None,
                "metrics": _numbers(values["metrics"]),
                "seconds": _numbers(values["seconds"]),
                "is_starred": bool(values.get("is_starred")),
            }
        )
    except (KeyError, TypeError, AttributeError, ConfigError) as error:
        raise ValueError(f"not a run: {error}") from error
    _check(run)
    return run


def _failure(values: Mapping[str, Any]) -> Failure | None:
    """Reads why a run failed: a code, or a sentence under its name in older versions."""
    found = values.get("failure") or values.get("error")
    return Failure.from_json(found) if found else None


@lru_cache(maxsize=256)
def _config(text: str) -> TrainingConfig:
    """Reads a configuration; cached, because it is frozen and many runs share one."""
    return TrainingConfig.from_json(text)


def event_of(values: Mapping[str, Any]) -> Event:
    """Makes an event from JSON values.

    Raises:
        ValueError: they don't describe an event.
    """
    try:
        event = Event(**values)
        _numbers(event.metrics)
        for number in (event.step, event.total, event.epoch, event.sequence):
            _whole(number)
        _require(all(isinstance(text, str) for text in (event.phase, event.run_id, *event.pictures)), "texts")
        _require(_is_time(event.time), "a time")
    except (TypeError, AttributeError) as error:
        raise ValueError(f"not an event: {error}") from error
    return event


def _line(event: Event, seconds: Mapping[str, float] | None) -> bytes:
    body = {"event": asdict(event), "seconds": seconds}
    # It begins with a line break, because the previous line may be torn.
    return b"\n" + json.dumps(body | {"checksum": _checksum(body)}, allow_nan=False).encode()


def _read_epochs(folder: Path) -> tuple[tuple[Event, ...], dict[str, float] | None]:
    """Returns the epochs of a run, and how long each phase took up to the last of them, if known."""
    with suppress(OSError):
        return _events_of((folder / EPOCHS_NAME).read_bytes())
    return (), None


def _events_of(lines: bytes) -> tuple[tuple[Event, ...], dict[str, float] | None]:
    events: dict[int, Event] = {}
    seconds = None
    for line in filter(None, lines.split(b"\n")):
        try:
            body = json.loads(line)
            if body.pop("checksum") != _checksum(body):
                continue
            event = event_of(body["event"])
            seconds = _numbers(body["seconds"]) if body["seconds"] else None
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            continue
        events = {number: other for number, other in events.items() if number < event.sequence}
        events[event.sequence] = event
    return tuple(events.values()), seconds


def _check(run: Run) -> None:
    _require(isinstance(run.id, str) and bool(RUN_ID.fullmatch(run.id)), "an id")
    for name in TEXTS:
        text = getattr(run, name)
        _require(isinstance(text, str) and not CONTROL.search(text), f"a text as {name}")
    _require(bool(run.name), "a name")
    for name in TIMES:
        _require(_is_time(getattr(run, name)), f"a time as {name}")
    _whole(run.pid)
    _whole(run.num_classes)


def _require(condition: bool, what: str) -> None:
    if not condition:
        raise ValueError(f"Expected {what}.")


def _is_time(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= LATEST


def _whole(value: Any) -> int:
    _require(isinstance(value, int) and not isinstance(value, bool) and value >= 0, "a whole number")
    return value


def _numbers(values: Mapping[str, Any]) -> dict[str, float]:
    for name, value in values.items():
        _require(isinstance(name, str) and isinstance(value, int | float) and math.isfinite(value), "numbers")
    return dict(values)


def _checksum(body: Mapping[str, Any]) -> int:
    return zlib.crc32(json.dumps(body).encode())
