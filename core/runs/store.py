"""Where runs are recorded. Every change is one transaction, safe from any thread and any process."""

import json
import math
import secrets
import sqlite3
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from core.backbones import get_backbone
from core.config import TrainingConfig
from core.errors import RunError
from core.events import PACE, Event
from core.recipes import RECIPES
from core.runs import database
from core.runs.record import Run, RunStatus

__all__ = ["Run", "RunStatus", "RunStore"]

NAME_LENGTH = 100
NEXT_TURN = "(SELECT coalesce(max(turn), 0) + 1 FROM runs)"


class RunStore:
    """The runs of one data home.

    Promises: an acknowledged change survives a killed process; a queued run is claimed once, the longest waiting
    first; a finished run changes its status only where it is resumed; sequence numbers of a run's events grow by one.

    Args:
        path: the SQLite file; created where there is none. The data home is its folder.

    Raises:
        RunError: the file can't be opened, or isn't a database.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        database.prepare(self.path)

    @property
    def home(self) -> Path:
        """The data home."""
        return self.path.parent

    def folder(self, run_id: str) -> Path:
        """Returns the folder that holds the run's log, model and evaluation. It may not exist yet."""
        return self.home / "runs" / run_id

    def create(
        self, dataset_id: str, dataset_name: str, config: TrainingConfig, recipe: str = "", name: str | None = None
    ) -> Run:
        """Records a queued run.

        Args:
            dataset_id: the data set to train on.
            dataset_name: its name.
            config: what to do.
            recipe: name of the recipe the configuration started from.
            name: the run's name; made from the data set and the recipe where there is none. A number is added
                where another run has it.

        Raises:
            RunError: the name can't be used.
        """
        wanted = _checked_name(name) if name is not None else f"{dataset_name}, {_way(config, recipe)}"[:NAME_LENGTH]
        run_id = secrets.token_hex(4)
        with database.writing(self.path) as connection:
            connection.execute(
                "INSERT INTO runs (id, name, dataset_id, dataset_name, config, recipe, status, created, turn)"
                f" VALUES (?, ?, ?, ?, ?, ?, ?, ?, {NEXT_TURN})",
                (
                    run_id,
                    _free_name(connection, wanted),
                    dataset_id,
                    dataset_name,
                    config.to_json(),
                    recipe,
                    RunStatus.QUEUED,
                    time.time(),
                ),
            )
        return self.get(run_id)

    def get(self, reference: str) -> Run:
        """Returns the run with this id, name or unique beginning of an id.

        Raises:
            RunError: there is none, or several ids begin like this.
        """
        with database.reading(self.path) as connection:
            row = connection.execute(
                "SELECT * FROM runs WHERE id = :reference OR name = :reference ORDER BY id = :reference DESC",
                {"reference": reference},
            ).fetchone()
            if row:
                return _run(row)
            rows = connection.execute(
                "SELECT * FROM runs WHERE :reference != '' AND substr(id, 1, length(:reference)) = :reference",
                {"reference": reference},
            ).fetchall()
        if len(rows) > 1:
            raise RunError(f"Expected one run. {len(rows)} have an id that begins with {reference!r}. Give more of it.")
        if not rows:
            raise RunError(
                f"There is no run {reference!r}. Expected the id or the name of a run; list them to find it."
            )
        return _run(rows[0])

    def list(self) -> list[Run]:
        """Returns all runs, the newest first."""
        with database.reading(self.path) as connection:
            return [_run(row) for row in connection.execute("SELECT * FROM runs ORDER BY sequence DESC")]

    def unfinished(self) -> Sequence[Run]:
        """Returns the queued and the running runs, in the order of their turns."""
        with database.reading(self.path) as connection:
            return [
                _run(row)
                for row in connection.execute("SELECT * FROM runs WHERE status IN ('queued', 'running') ORDER BY turn")
            ]

    def rename(self, run_id: str, name: str) -> Run:
        """Gives the run another name.

        Raises:
            RunError: there is no such run, or the name can't be used.
        """
        name = _checked_name(name)
        with database.writing(self.path) as connection:
            try:
                row = connection.execute("UPDATE runs SET name = ? WHERE id = ? RETURNING *", (name, run_id)).fetchone()
            except sqlite3.IntegrityError as error:
                raise RunError(f"Another run has the name {name!r}. Choose a name of its own.") from error
        return _run(_found(row, run_id))

    def delete(self, run_id: str) -> None:
        """Removes the run's record and its events, but not its folder (`core.runs.queue.delete` does both).

        Raises:
            RunError: there is no such run, or it is running.
        """
        with database.writing(self.path) as connection:
            row = connection.execute("SELECT name, status FROM runs WHERE id = ?", (run_id,)).fetchone()
            if _found(row, run_id)["status"] == RunStatus.RUNNING:
                raise RunError(f"The run {row['name']!r} is still running. Stop it first, then delete it.")
            connection.execute("DELETE FROM runs WHERE id = ?", (run_id,))

    def append(self, run_id: str, event: Event, seconds: Mapping[str, float] | None = None) -> Event:
        """Records what a running run says: always as its progress, and for good where an epoch ended.

        Args:
            run_id: the run.
            event: what it says.
            seconds: how long each phase took so far; None leaves what is recorded.

        Returns:
            The event with its run's id and, where it was stored for good, its sequence number.

        Raises:
            RunError: there is no such run, or a number isn't finite.
        """
        values = _plain(event) | {"run_id": run_id}
        with database.writing(self.path) as connection:
            if event.epoch:
                last = connection.execute("SELECT max(sequence) FROM events WHERE run_id = ?", (run_id,)).fetchone()[0]
                values["sequence"] = (last or 0) + 1
            text = json.dumps(values)
            updated = connection.execute(
                "UPDATE runs SET phase = ?, progress = ?, seconds = coalesce(?, seconds) WHERE id = ? RETURNING id",
                (event.phase, text, _numbers(seconds), run_id),
            ).fetchone()
            _found(updated, run_id)
            if event.epoch:
                values["metrics"] = {name: number for name, number in values["metrics"].items() if name not in PACE}
                row = (run_id, values["sequence"], json.dumps(values))
                connection.execute("INSERT INTO events VALUES (?, ?, ?)", row)
        return Event(**values)

    def events(self, run_id: str, after: int = 0) -> Sequence[Event]:
        """Returns the events of the run's epochs whose sequence number is above `after`, in order."""
        with database.reading(self.path) as connection:
            rows = connection.execute(
                "SELECT event FROM events WHERE run_id = ? AND sequence > ? ORDER BY sequence", (run_id, after)
            )
            return [Event(**json.loads(row["event"])) for row in rows]

    def align_events(self, run_id: str, events: Sequence[Event]) -> None:
        """Makes the run's epochs those of `events`, from epoch 1 on: adds what lacks, drops what is beyond.

        Raises:
            RunError: a number isn't finite.
        """
        rows = [(run_id, number, _plain(event) | {"run_id": run_id}) for number, event in enumerate(events, start=1)]
        with database.writing(self.path) as connection:
            connection.execute("DELETE FROM events WHERE run_id = ? AND sequence > ?", (run_id, len(rows)))
            connection.executemany(
                "INSERT OR IGNORE INTO events VALUES (?, ?, ?)",
                [(run_id, number, json.dumps(values | {"sequence": number})) for run_id, number, values in rows],
            )

    def claim(self, slots: int) -> Run | None:
        """Takes the longest waiting run out of the queue if fewer than `slots` runs are running.

        However many processes do this at once, a run is given to one of them.
        """
        with database.writing(self.path) as connection:
            row = connection.execute(
                "UPDATE runs SET status = 'running', phase = 'starting', started = ?"
                " WHERE id = (SELECT id FROM runs WHERE status = 'queued' ORDER BY turn LIMIT 1)"
                " AND (SELECT count(*) FROM runs WHERE status = 'running') < ? RETURNING *",
                (time.time(), slots),
            ).fetchone()
        return _run(row) if row else None

    def report_worker(self, run_id: str, pid: int, pid_started: float) -> Run | None:
        """Records the process that works on a claimed run. Returns None where the run isn't waiting for a worker."""
        with database.writing(self.path) as connection:
            row = connection.execute(
                "UPDATE runs SET pid = ?, pid_started = ? WHERE id = ? AND status = 'running' AND pid = 0 RETURNING *",
                (int(pid), float(pid_started), run_id),
            ).fetchone()
        return _run(row) if row else None

    def request_stop(self, run_id: str) -> Run:
        """Asks a run to stop: a queued one is stopped at once, a running one is told, a finished one stays as it is.

        Raises:
            RunError: there is no such run.
        """
        with database.writing(self.path) as connection:
            connection.execute(
                "UPDATE runs SET stop_requested = :now WHERE id = :id AND status = 'running' AND stop_requested = 0",
                {"now": time.time(), "id": run_id},
            )
            connection.execute(
                "UPDATE runs SET status = 'stopped', finished = :now, stop_requested = :now"
                " WHERE id = :id AND status = 'queued'",
                {"now": time.time(), "id": run_id},
            )
            row = connection.execute("SELECT * FROM runs WHERE id = ?", (run_id,)).fetchone()
        return _run(_found(row, run_id))

    def requeue(self, run_id: str) -> Run:
        """Puts a run that failed or was stopped at the end of the queue, with its events and what it took so far.

        Raises:
            RunError: there is no such run, or it hasn't ended early.
        """
        with database.writing(self.path) as connection:
            row = connection.execute(
                f"UPDATE runs SET status = 'queued', turn = {NEXT_TURN}, phase = '', progress = '', error = '',"
                " started = 0, finished = 0, stop_requested = 0, pid = 0, pid_started = 0"
                " WHERE id = ? AND status IN ('failed', 'stopped') RETURNING *",
                (run_id,),
            ).fetchone()
            if row:
                return _run(row)
            row = connection.execute("SELECT * FROM runs WHERE id = ?", (run_id,)).fetchone()
        run = _run(_found(row, run_id))
        raise RunError(
            f"The run {run.name!r} is {run.status}. Expected one that failed or was stopped: only those can be resumed."
        )

    def finish(
        self,
        run_id: str,
        status: RunStatus,
        error: str = "",
        metrics: Mapping[str, float] | None = None,
        seconds: Mapping[str, float] | None = None,
        attempt: Run | None = None,
    ) -> bool:
        """Ends a running run.

        Args:
            run_id: the run.
            status: a finished status.
            error: why it failed, in words.
            metrics: the final numbers; None leaves those of an earlier attempt, but for a run that failed.
            seconds: how long each phase took; None leaves what is recorded.
            attempt: only end the run if it is still at this attempt, worked on by that process.

        Returns:
            Whether the run was running, and so was ended by this call.

        Raises:
            RunError: a number isn't finite.
        """
        values = {
            "id": run_id,
            "status": RunStatus(status),
            "error": error,
            "metrics": _numbers({} if metrics is None and status == RunStatus.FAILED else metrics),
            "seconds": _numbers(seconds),
            "now": time.time(),
            "pid": attempt.pid if attempt else None,
            "started": attempt.started if attempt else None,
        }
        with database.writing(self.path) as connection:
            row = connection.execute(
                "UPDATE runs SET status = :status, error = :error, metrics = coalesce(:metrics, metrics),"
                " seconds = coalesce(:seconds, seconds), finished = :now WHERE id = :id AND status = 'running'"
                " AND (:pid IS NULL OR (pid = :pid AND started = :started)) RETURNING id",
                values,
            ).fetchone()
        return row is not None

    def position(self, run_id: str) -> int:
        """Returns the run's place in the queue, from 1; 0 where it isn't queued."""
        with database.reading(self.path) as connection:
            return connection.execute(
                "SELECT count(*) FROM runs WHERE status = 'queued' AND turn <="
                " (SELECT turn FROM runs WHERE id = ? AND status = 'queued')",
                (run_id,),
            ).fetchone()[0]


def _way(config: TrainingConfig, recipe: str) -> str:
    """Returns what tells runs on the same data apart: the recipe, and the backbone where it isn't the recipe's own."""
    backbone = get_backbone(config.backbone).label
    if recipe not in RECIPES:
        return backbone
    own = RECIPES[recipe].config.backbone == config.backbone
    return RECIPES[recipe].label.lower() + ("" if own else f" with {backbone}")


def _run(row: sqlite3.Row) -> Run:
    values = {name: row[name] for name in row.keys() if name not in ("sequence", "turn")}  # noqa: SIM118 (a row isn't a dict)
    values["config"] = TrainingConfig.from_json(row["config"])
    values["status"] = RunStatus(row["status"])
    values["metrics"] = json.loads(row["metrics"])
    values["seconds"] = json.loads(row["seconds"])
    values["progress"] = Event(**json.loads(row["progress"])) if row["progress"] else None
    return Run(**values)


def _found(row: sqlite3.Row | None, run_id: str) -> sqlite3.Row:
    if row is None:
        raise RunError(f"There is no run {run_id!r}. Expected the id of a run; list them to find it.")
    return row


def _finite(numbers: Mapping[str, float]) -> dict[str, float]:
    """Converts NumPy's numbers, which SQLite and JSON don't take, and refuses what isn't a number."""
    converted = {str(name): float(number) for name, number in numbers.items()}
    for name, number in converted.items():
        if not math.isfinite(number):
            raise RunError(
                f"Expected finite numbers. Received {name} = {number}: the training diverged."
                " Lower the learning rate, then start again."
            )
    return converted


def _numbers(numbers: Mapping[str, float] | None) -> str | None:
    return None if numbers is None else json.dumps(_finite(numbers))


def _plain(event: Event) -> dict[str, Any]:
    return {
        "phase": event.phase,
        "step": int(event.step),
        "total": int(event.total),
        "metrics": _finite(event.metrics),
        "epoch": int(event.epoch),
        "time": float(event.time),
        "sequence": 0,
    }


def _checked_name(name: str) -> str:
    name = " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())
    if not 0 < len(name) <= NAME_LENGTH:
        raise RunError(f"Expected a name of 1 to {NAME_LENGTH} characters. Received {len(name)}. Choose another.")
    return name


def _free_name(connection: sqlite3.Connection, wanted: str) -> str:
    taken = {row["name"] for row in connection.execute("SELECT name FROM runs")}
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted} ({number})"
    return name
