"""The experiments of a data home: one small file each, in `experiments/`. Their runs are in the store of runs."""

import re
import secrets
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from core.errors import RunError
from core.experiments.experiment import Arm, Experiment, Kind
from core.files import durable

FOLDER = "experiments"
EXPERIMENT_ID = re.compile(r"[0-9a-f]{8}")


class ExperimentStore:
    """The experiments of one data home.

    Args:
        home: the data home.
    """

    def __init__(self, home: Path) -> None:
        self.folder = home / FOLDER

    def create(self, kind: Kind, dataset_id: str, dataset_name: str, arms: Sequence[Arm]) -> Experiment:
        """Records a new experiment.

        Raises:
            OSError: the disk refuses.
        """
        found = Experiment(secrets.token_hex(4), kind, dataset_id, dataset_name, time.time(), tuple(arms))
        durable.make_folder(self.folder)
        durable.write(self._path(found.id), found.to_json().encode())
        return found

    def get(self, reference: str) -> Experiment:
        """Returns the experiment with this id or unique beginning of an id.

        Raises:
            RunError: there is none, or several ids begin like this.
        """
        found = [one for one in self.list() if reference and one.id.startswith(reference)]
        if len(found) != 1:
            several = f"{len(found)} have an id that begins like this" if found else "There is none"
            raise RunError(
                f"Expected the id of an experiment. Received {reference!r}. {several}; list them to find it."
            )
        return found[0]

    def list(self) -> Sequence[Experiment]:
        """Returns all experiments, newest first. One whose file can't be read is left out; its runs still are there."""
        found = []
        for path in durable.paths_in(self.folder):
            if path.suffix == ".json" and EXPERIMENT_ID.fullmatch(path.stem):
                with suppress(OSError, ValueError):
                    one = Experiment.from_json(path.read_text())
                    if one.id == path.stem:
                        found.append(one)
        return sorted(found, key=lambda one: one.created, reverse=True)

    def delete(self, experiment_id: str) -> None:
        """Forgets an experiment; its runs stay.

        Raises:
            OSError: the disk refuses.
        """
        self._path(experiment_id).unlink(missing_ok=True)

    def _path(self, experiment_id: str) -> Path:
        return self.folder / f"{experiment_id}.json"
