"""What was acknowledged before a kill, and whether all of it is still there and intact afterwards."""

import hashlib
import json
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from core.datasets.index import DatasetIndex
from core.datasets.store.manifest import read_manifest
from core.datasets.store.store import DatasetStore
from core.errors import CoreError
from core.evaluation.evaluation import load_evaluations
from core.runs import queue
from core.runs.records.store import Run, RunStatus, RunStore
from core.runs.worker.reserve import NAME as RESERVE_NAME
from core.settings import Settings

FOUND_SECONDS = 30


@dataclass
class Ledger:
    """What this data home was seen to contain.

    Attributes:
        settings: where it is.
        datasets: names of the data sets that must be there, by id.
        runs: names of the runs that must be there, by id.
        epochs: the metrics of the epochs that were seen, by run.
        losses: sentences on what is gone or broken.
        leftovers: how many of what kind of file were left after the sweeps.
    """

    settings: Settings
    datasets: dict[str, str] = field(default_factory=dict)
    runs: dict[str, str] = field(default_factory=dict)
    epochs: dict[str, list[dict[str, float]]] = field(default_factory=dict)
    losses: list[str] = field(default_factory=list)
    leftovers: Counter[str] = field(default_factory=Counter)

    @property
    def store(self) -> RunStore:
        """The runs."""
        return RunStore(self.settings.database)

    def acknowledge(self, action: dict[str, str]) -> None:
        """Records an action that was reported as done."""
        kind, key, name = action["kind"], action["id"], action.get("name", "")
        held = self.runs if kind.endswith(" run") else self.datasets
        if kind.startswith("delete"):
            held.pop(key, None)
            self.epochs.pop(key, None)
        else:
            held[key] = name

    def see_epochs(self, run_id: str) -> int:
        """Records the epochs that a run has reported; returns how many."""
        self.epochs[run_id] = [dict(event.metrics) for event in self.store.events(run_id)]
        return len(self.epochs[run_id])

    def check(self, under_way: dict[str, str] | None = None) -> None:
        """Compares what is there with what must be, and records what was done but no longer reported.

        Args:
            under_way: the action that the kill interrupted, which may be done or not.
        """
        DatasetStore(self.settings).sweep()
        self._check_database()
        queue.reconcile(self.store)
        self._check_datasets(under_way or {})
        self._check_runs(under_way or {})
        self._count_leftovers()

    def _check_database(self) -> None:
        with closing(sqlite3.connect(self.settings.database)) as connection:
            found = connection.execute("PRAGMA integrity_check").fetchone()[0]
        if found != "ok":
            self.losses.append(f"the database: {found}")

    def _check_datasets(self, under_way: dict[str, str]) -> None:
        found: dict[str, str] = {}
        for folder in self.settings.datasets.glob("[!.]*"):
            try:
                dataset = read_manifest(folder)
                found[dataset.id] = dataset.name
                self.losses += [f"data set {dataset.name}: {fault}" for fault in _faults(dataset)]
            except CoreError as error:
                self.losses.append(f"data set {folder.name}: {error}")
        self._compare("data set", self.datasets, found, under_way)

    def _check_runs(self, under_way: dict[str, str]) -> None:
        runs = {run.id: run for run in self.store.list()}
        self._compare("run", self.runs, {run.id: run.name for run in runs.values()}, under_way)
        for run in runs.values():
            self.losses += [f"run {run.name}: {fault}" for fault in self._run_faults(run)]

    def _compare(self, what: str, held: dict[str, str], found: dict[str, str], under_way: dict[str, str]) -> None:
        touched = under_way.get("id", "")
        for key, name in held.items():
            if key not in found and not (key == touched and under_way["kind"].startswith("delete")):
                self.losses.append(f"{what} {name} ({key}) is gone")
            elif key in found and found[key] != name and not (key == touched and found[key] == under_way.get("name")):
                self.losses.append(f"{what} {name} ({key}) is called {found[key]}")
        held.clear()
        held.update(found)

    def _run_faults(self, run: Run) -> Iterator[str]:
        told = [dict(event.metrics) for event in self.store.events(run.id)]
        seen = self.epochs.get(run.id, [])
        if told[: len(seen)] != seen:
            yield f"{len(seen)} epochs were seen, now there are {len(told)}, or other ones"
        self.epochs[run.id] = told
        if run.status == RunStatus.FAILED and not run.can_resume:
            yield "it failed and can't be resumed"
        if run.has_model:
            yield from _model_faults(self.store.folder(run.id))

    def _count_leftovers(self) -> None:
        home = self.settings.home
        at_work = {run.id for run in self.store.unfinished()}
        recorded = {run.id for run in self.store.list()}
        self.leftovers = Counter(
            {
                "workspaces": len(list(self.settings.datasets.glob(".importing-*"))),
                "deleted data sets": len(list(self.settings.datasets.glob(".deleted-*"))),
                "parts in data sets": len(list(home.glob("datasets/*/.*.part"))),
                "parts in runs": sum(path.parent.name not in at_work for path in home.glob("runs/*/.*.part")),
                "reserves": sum(path.parent.name not in at_work for path in home.glob(f"runs/*/{RESERVE_NAME}")),
                "folders without a run": sum(path.name not in recorded for path in home.glob("runs/[!.]*")),
                "feature files, swept after an hour": len(list(home.glob("features/*/.*.part")))
                + sum(not path.with_suffix(".digests.json").exists() for path in home.glob("features/*/*.npy")),
            }
        )

    def await_death(self, run_id: str) -> Run:
        """Waits until a run whose worker was killed is known to have ended."""
        deadline = time.monotonic() + FOUND_SECONDS
        while time.monotonic() < deadline:
            queue.reconcile(self.store)
            run = self.store.get(run_id)
            if run.status.is_finished:
                return run
            time.sleep(0.05)
        self.losses.append(f"run {run_id} is {run.status} {FOUND_SECONDS} seconds after its worker was killed")
        return run


def _faults(dataset: DatasetIndex) -> Iterator[str]:
    """Returns which pictures of a data set are missing or changed."""
    for sample in dataset.samples:
        try:
            content = dataset.picture_path(sample).read_bytes()
        except OSError as error:
            yield f"{sample.name}: {error}"
            continue
        if hashlib.sha256(content).hexdigest() != sample.digest:
            yield f"{sample.name} was changed"


def _model_faults(folder: Path) -> Iterator[str]:
    """Returns what is wrong with the files of a run that has a model."""
    try:
        load_evaluations(folder)
        description = json.loads((folder / "model" / "classifier.json").read_text())
        for name, checksum in description["checksums"].items():
            if hashlib.sha256((folder / "model" / name).read_bytes()).hexdigest() != checksum:
                yield f"its {name} was changed"
    except (OSError, ValueError, KeyError, CoreError) as error:
        yield f"its model can't be read: {error}"
