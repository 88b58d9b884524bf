"""The store of runs. Every change is one transaction, safe from any thread and any process."""

import json
import secrets
import shutil
import sqlite3
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from core.config.training_config import TrainingConfig
from core.errors import RunError
from core.events import PACE, Event
from core.runs.records import rows
from core.runs.records.access import DatabaseAccess
from core.runs.records.database import DiskRefusesError
from core.runs.records.failures import Failure
from core.runs.records.manifest import add_epoch, last_epoch, write_epochs, write_manifest
from core.runs.records.rebuilding import (
    RUNS,
    Rebuild,
    make_room,
    move_to_trash,
    note_rebuilds_told,
    read_rebuilds,
    sweep_trash,
)
from core.runs.records.run import Run, RunStatus
from core.runs.records.run_names import checked_name, checked_note, default_name, free_name

__all__ = ["Run", "RunStatus", "RunStore"]


class RunStore:
    """The runs of one data home.

    Guarantees: an acknowledged change survives a killed process, and is also in the manifest in the run's folder; a
    queued run is claimed once, longest waiting first; a finished run changes its status only if it is resumed; sequence
    numbers of a run's events grow by one. A lost or damaged database is rebuilt as soon as it is noticed.

    Args:
        path: the SQLite file; created if there is none. Its folder is the data home.

    Raises:
        RunError: the file can't be opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self._access = DatabaseAccess(self.path)

    @property
    def home(self) -> Path:
        """The data home."""
        return self.path.parent

    def folder(self, run_id: str) -> Path:
        """Returns the folder that holds the run's log, model and evaluation. It may not exist yet."""
        return self.home / "runs" / run_id

    def create(
        self,
        dataset_id: str,
        dataset_name: str,
        config: TrainingConfig,
        recipe: str = "",
        name: str | None = None,
        num_classes: int = 0,
        experiment_id: str = "",
        arm: str = "",
    ) -> Run:
        """Records a queued run.

        Args:
            dataset_id: the data set to train on.
            dataset_name: its name.
            config: the run's configuration.
            recipe: name of the recipe the configuration started from.
            name: the run's name; made from the data set and the recipe by default. A number is added if another
                run has it.
            num_classes: the number of the data set's classes; 0 if unknown.
            experiment_id: the experiment that it is an arm of, if it is.
            arm: which arm.

        Raises:
            RunError: the name is invalid, or the run can't be recorded.
        """
        wanted = checked_name(name) if name is not None else default_name(dataset_name, config, recipe)
        run_id = secrets.token_hex(4)

        def insert(connection: sqlite3.Connection) -> Run:
            taken = (row["name"] for row in connection.execute("SELECT name FROM runs"))
            named = (run_id, free_name(wanted, taken), dataset_id, dataset_name)
            values = (*named, config.to_json(), recipe, num_classes, experiment_id, arm, time.time())
            rows.insert_queued(connection, values)
            return self._settle(connection, run_id)

        try:
            return self._access.change(insert)
        except RunError:
            # A manifest without a run would restore the run.
            shutil.rmtree(self.folder(run_id), ignore_errors=True)
            raise

    def get(self, reference: str) -> Run:
        """Returns the run with this id, name or unique beginning of an id.

        Raises:
            RunError: there is none, or several ids begin like this.
        """
        found = self._access.read(lambda connection: rows.matching_runs(connection, reference))
        if not found:
            # Before reporting it missing, because damage may hide it.
            self._access.check()
            found = self._access.read(lambda connection: rows.matching_runs(connection, reference))
        return rows.only_match(found, reference)

    def list(self) -> Sequence[Run]:
        """Returns all runs, newest first."""
        return self._select("ORDER BY sequence DESC")

    def unfinished(self) -> Sequence[Run]:
        """Returns the queued and running runs, in the order of their turns."""
        return self._select("WHERE status IN ('queued', 'running') ORDER BY turn")

    def rename(self, run_id: str, name: str) -> Run:
        """Renames a run.

        Raises:
            RunError: there is no such run, or the name is invalid or taken.
        """
        name = checked_name(name)

        def change(connection: sqlite3.Connection) -> Run:
            if connection.execute("SELECT 1 FROM runs WHERE name = ? AND id != ?", (name, run_id)).fetchone():
                raise RunError(f"Another run has the name {name!r}. Choose a different one.")
            rows.require_sealed(connection, run_id)
            connection.execute("UPDATE runs SET name = ? WHERE id = ?", (name, run_id))
            return self._settle(connection, run_id)

        return self._access.change(change)

    def set_star(self, run_id: str, is_starred: bool) -> Run:
        """Stars a run, or takes its star away.

        Raises:
            RunError: there is no such run.
        """
        return self._annotate(run_id, "is_starred", int(is_starred))

    def set_note(self, run_id: str, note: str) -> Run:
        """Sets what the user writes about a run; empty for nothing.

        Raises:
            RunError: there is no such run, or the note is too long.
        """
        return self._annotate(run_id, "note", checked_note(note))

    def delete(self, run_id: str) -> None:
        """Deletes a run with its folder.

        Raises:
            RunError: there is no such run, it is running, or its folder can't be deleted.
        """

        def change(connection: sqlite3.Connection) -> None:
            row = connection.execute("SELECT name, status FROM runs WHERE id = ?", (run_id,)).fetchone()
            if rows.required(row, run_id)["status"] == RunStatus.RUNNING:
                raise RunError(f"The run {row['name']!r} is still running. Stop it first, then delete it.")
            # To the trash first: a folder without a run would restore the run.
            move_to_trash(self.home / RUNS, run_id)
            connection.execute("DELETE FROM runs WHERE id = ?", (run_id,))

        try:
            self._access.change(change)
        except DiskRefusesError:  # on a full disk, deleting the folder frees the space that the database needs
            if self._by_id(run_id).status != RunStatus.RUNNING:
                make_room(self.home / RUNS, run_id)
            self._access.change(change)
        sweep_trash(self.home / RUNS)

    def append(self, run_id: str, event: Event, seconds: Mapping[str, float] | None = None) -> Event:
        """Records an event of a running run: always as its progress, and permanently if an epoch ended.

        Args:
            run_id: the run.
            event: the event.
            seconds: how long each phase took so far; None keeps what is recorded.

        Returns:
            The event with its run's id and, if it was stored permanently, its sequence number.

        Raises:
            RunError: there is no such run, or a number isn't finite.
        """
        told = replace(rows.plain_event(event), run_id=run_id)
        taken = None if seconds is None else rows.finite(seconds)

        doubted: list[int] = []

        def change(connection: sqlite3.Connection) -> Event:
            rows.required(connection.execute("SELECT id FROM runs WHERE id = ?", (run_id,)).fetchone(), run_id)
            rows.require_sealed(connection, run_id)
            now = told
            if told.epoch:
                recorded = last_epoch(self.folder(run_id))
                now = replace(told, sequence=rows.next_sequence(connection, run_id, recorded, doubted))
            connection.execute(
                "UPDATE runs SET phase = ?, progress = ?, seconds = coalesce(?, seconds) WHERE id = ?",
                (now.phase, json.dumps(asdict(now)), rows.numbers_as_json(taken), run_id),
            )
            rows.seal(connection, run_id)
            if now.epoch:
                curve = {name: number for name, number in now.metrics.items() if name not in PACE}
                now = replace(now, metrics=curve)
                rows.insert_events(connection, run_id, [now])
                add_epoch(self.folder(run_id), now, taken)
            return now

        return self._access.change(change, is_frequent=True)

    def events(self, run_id: str, after: int = 0) -> Sequence[Event]:
        """Returns the events of the run's epochs whose sequence number is above `after`, in order."""
        query = "SELECT * FROM events WHERE run_id = ? AND sequence > ? ORDER BY sequence"
        return self._access.read(
            lambda connection: [rows.read_event(row) for row in connection.execute(query, (run_id, after))]
        )

    def align_events(self, run_id: str, events: Sequence[Event]) -> None:
        """Makes the run's epochs those of `events`, from epoch 1 on: adds missing ones, drops those beyond.

        Raises:
            RunError: a number isn't finite.
        """
        told = [
            replace(rows.plain_event(event), run_id=run_id, sequence=number)
            for number, event in enumerate(events, start=1)
        ]

        def change(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM events WHERE run_id = ? AND sequence > ?", (run_id, len(told)))
            rows.insert_events(connection, run_id, told)
            write_epochs(self.folder(run_id), rows.stored_record(connection, run_id).events)

        self._access.change(change)

    def claim(self, slots: int, own_experiment: str = "") -> Run | None:
        """Takes the longest waiting run from the queue if fewer than `slots` runs are running.

        However many processes do this at once, each run goes to only one of them. A worker that has just completed a
        run of an experiment, `own_experiment`, has a moment to take the next one of it before anyone else.
        """
        update = "UPDATE runs SET status = 'running', phase = 'starting', started = :now WHERE id = :id"
        return self._update(
            update,
            rows.NEXT_QUEUED,
            slots=slots,
            own=own_experiment,
            own_seconds=rows.OWN_SECONDS,
            now=time.time(),
        )

    def report_worker(self, run_id: str, pid: int, pid_started: float) -> Run | None:
        """Records the process that works on a claimed run. Returns None if the run isn't waiting for a worker."""
        return self._update(
            "UPDATE runs SET pid = :pid, pid_started = :pid_started WHERE id = :id",
            "SELECT id FROM runs WHERE id = :id AND status = 'running' AND pid = 0",
            id=run_id,
            pid=int(pid),
            pid_started=float(pid_started),
        )

    def request_stop(self, run_id: str) -> Run:
        """Asks a run to stop: a queued one is stopped at once, a running one is notified, a finished one is unchanged.

        Raises:
            RunError: there is no such run.
        """
        asked = self._update(
            "UPDATE runs SET stop_requested = :now, finished = iif(status = 'queued', :now, finished),"
            " status = iif(status = 'queued', 'stopped', status) WHERE id = :id",
            "SELECT id FROM runs WHERE id = :id AND (status = 'queued' OR (status = 'running' AND stop_requested = 0))",
            id=run_id,
        )
        return asked or self._by_id(run_id)

    def requeue(self, run_id: str) -> Run:
        """Puts a failed or stopped run at the end of the queue, with its events and its times so far.

        Raises:
            RunError: there is no such run, or it hasn't ended early.
        """
        queued = self._update(
            f"UPDATE runs SET status = 'queued', turn = {rows.NEXT_TURN}, phase = '', progress = '', failure = '',"
            " started = 0, finished = 0, stop_requested = 0, pid = 0, pid_started = 0 WHERE id = :id",
            "SELECT id FROM runs WHERE id = :id AND status IN ('failed', 'stopped')",
            id=run_id,
        )
        if queued:
            return queued
        run = self._by_id(run_id)
        raise RunError(
            f"The run {run.name!r} is {run.status}. Expected one that failed or was stopped: only those can be resumed."
        )

    def finish(
        self,
        run_id: str,
        status: RunStatus,
        failure: Failure | None = None,
        metrics: Mapping[str, float] | None = None,
        seconds: Mapping[str, float] | None = None,
        attempt: Run | None = None,
    ) -> bool:
        """Ends a running run.

        Args:
            run_id: the run.
            status: a finished status.
            failure: why it failed.
            metrics: the final metrics; None keeps those of an earlier attempt, except for a failed run.
            seconds: how long each phase took; None keeps what is recorded.
            attempt: only end the run if it is still in this attempt, worked on by this process.

        Returns:
            Whether the run was running, and so was ended by this call.

        Raises:
            RunError: a number isn't finite.
        """
        ended = self._update(
            "UPDATE runs SET status = :status, failure = :failure, metrics = coalesce(:metrics, metrics),"
            " seconds = coalesce(:seconds, seconds), finished = :now WHERE id = :id",
            "SELECT id FROM runs WHERE id = :id AND status = 'running'"
            " AND (:pid IS NULL OR (pid = :pid AND started = :started))",
            id=run_id,
            status=RunStatus(status),
            failure=rows.failure_as_json(failure),
            metrics=rows.numbers_as_json({} if metrics is None and status == RunStatus.FAILED else metrics),
            seconds=rows.numbers_as_json(seconds),
            pid=attempt.pid if attempt else None,
            started=attempt.started if attempt else None,
        )
        return ended is not None

    def position(self, run_id: str) -> int:
        """Returns the run's place in the queue, from 1; 0 if it isn't queued."""
        return self._access.read(lambda connection: connection.execute(rows.PLACE_IN_QUEUE, (run_id,)).fetchone()[0])

    def rebuilds(self, in_terminal: bool) -> Sequence[Rebuild]:
        """Returns the rebuilds that the user hasn't been told of yet.

        Args:
            in_terminal: whether in a terminal or on a page. Each is tracked separately.
        """
        return self._access.read(lambda connection: read_rebuilds(connection, in_terminal))

    def note_rebuilds_told(self, in_terminal: bool) -> None:
        """Records that the user has been told of the rebuilds.

        Raises:
            RunError: it can't be recorded.
        """
        self._access.change(lambda connection: note_rebuilds_told(connection, in_terminal))

    def _annotate(self, run_id: str, column: str, value: str | int) -> Run:
        update = f"UPDATE runs SET {column} = :value WHERE id = :id"
        return rows.required(self._update(update, "SELECT id FROM runs WHERE id = :id", id=run_id, value=value), run_id)

    def _select(self, condition: str) -> Sequence[Run]:
        return self._access.read(
            lambda connection: [rows.read_run(row) for row in connection.execute(f"SELECT * FROM runs {condition}")]
        )

    def _by_id(self, run_id: str) -> Run:
        return rows.required(next((run for run in self.list() if run.id == run_id), None), run_id)

    def _update(self, update: str, condition: str, **values: Any) -> Run | None:
        """Changes the run that a query finds and returns the changed run; None if it finds none."""

        def change(connection: sqlite3.Connection) -> Run | None:
            row = connection.execute(condition, values).fetchone()
            if row is None:
                return None
            rows.require_sealed(connection, row["id"])
            connection.execute(update, {"now": time.time(), **values, "id": row["id"]})
            return self._settle(connection, row["id"])

        return self._access.change(change)

    def _settle(self, connection: sqlite3.Connection, run_id: str) -> Run:
        """Seals a changed run and writes its manifest, before the change is committed. Returns the run.

        Raises:
            RunError: there is no such run.
            OSError: the manifest can't be written.
        """
        rows.required(connection.execute("SELECT id FROM runs WHERE id = ?", (run_id,)).fetchone(), run_id)
        rows.seal(connection, run_id)
        record = rows.stored_manifest(connection, run_id)
        write_manifest(self.folder(run_id), record)
        return record.run
