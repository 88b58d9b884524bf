"""The training state after each epoch, on disk, so that an interrupted run continues where it was.

Random numbers for shuffling and augmentation are derived from the seed and the number of the epoch, and those of
dropout are among the head's variables, so variables, optimizer and counters are all there is to save.
"""

import json
import math
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import RunError
from core.files import durable
from core.files.checksums import sha256_of

# In the folder of a run.
CHECKPOINT_FOLDER = "checkpoints"
LISTING = "checkpoints.json"
KEPT = 2
# To wait for the disk takes longer than a small head's epoch. States of less than a second are only safe from the death
# of the process, and listed on their own: whatever becomes of them when the power fails, the others stay.
SECONDS_BETWEEN_WAITS = 1.0
RECENT = "recent.json"


@dataclass(frozen=True)
class TrainingState:
    """Everything that training needs to continue with the next epoch.

    Attributes:
        phase: `head` or `fine_tune`.
        epoch: finished epochs of the phase.
        first_epoch: finished epochs of the run when the phase began.
        history: metrics of all of the run's epochs.
        best: lowest validation loss of the phase.
        waited: epochs since then.
        kept_epoch: the epoch of the phase whose weights are kept.
        variables: the network's current variables.
        kept: the kept weights.
        optimizer: the optimizer's own variables.
    """

    phase: str
    epoch: int
    first_epoch: int
    history: list[dict[str, float]]
    best: float
    waited: int
    kept_epoch: int
    variables: Sequence[np.ndarray] = field(default=(), repr=False)
    kept: Sequence[np.ndarray] = field(default=(), repr=False)
    optimizer: Sequence[np.ndarray] = field(default=(), repr=False)


ARRAYS = ("variables", "kept", "optimizer")


@dataclass(frozen=True)
class Loaded:
    """What was found on disk.

    Attributes:
        state: the newest intact state; None if there is none.
        num_damaged: how many newer ones were damaged.
    """

    state: TrainingState | None
    num_damaged: int


class Checkpoints:
    """The newest states of one run: two that survive a power failure, and one since.

    Args:
        folder: their own.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._waited = -math.inf

    def save(self, state: TrainingState) -> None:
        """Writes a state beside the previous one, then lists it: if killed at any moment, one of them is intact.

        About once a second it waits until the state is on disk.

        Raises:
            OSError: the disk is full; the previous state is unchanged.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"{state.first_epoch + state.epoch:06d}-{state.phase}.npz"
        waits = time.monotonic() - self._waited >= SECONDS_BETWEEN_WAITS
        with durable.writing(self.folder / name, survives_power_loss=waits) as file:
            np.savez(file, allow_pickle=False, **_flat(state))
        entry = {"name": name, "sha256": sha256_of(self.folder / name)}
        if waits:
            earlier = [one for one in self._listed(LISTING) if one["name"] != name]
            durable.write(self.folder / LISTING, json.dumps([entry, *earlier][:KEPT]).encode())
            (self.folder / RECENT).unlink(missing_ok=True)
            self._waited = time.monotonic()
        else:
            durable.write(self.folder / RECENT, json.dumps([entry]).encode(), survives_power_loss=False)
        self._sweep({one["name"] for one in self._entries()})

    def load(self) -> Loaded:
        """Reads the newest intact state."""
        for damaged, entry in enumerate(self._entries()):
            try:
                path = self.folder / entry["name"]
                if sha256_of(path) == entry["sha256"]:
                    with np.load(path, allow_pickle=False) as arrays:
                        return Loaded(_state(arrays), damaged)
            except (OSError, ValueError, KeyError, TypeError):
                continue
        return Loaded(None, len(self._entries()))

    def clear(self) -> None:
        """Deletes the states of a run that is complete."""
        for listing in (RECENT, LISTING):
            (self.folder / listing).unlink(missing_ok=True)
        self._sweep(set())

    def _entries(self) -> list[dict[str, str]]:
        """Returns what is listed, the newest first, whose names begin with the number of their epoch."""
        listed = [*self._listed(RECENT), *self._listed(LISTING)]
        return sorted(listed, key=lambda entry: entry["name"], reverse=True)

    def _listed(self, listing: str) -> list[dict[str, str]]:
        try:
            entries = json.loads((self.folder / listing).read_text())
            return [{"name": str(entry["name"]), "sha256": str(entry["sha256"])} for entry in entries]
        except (OSError, ValueError, KeyError, TypeError):
            return []

    def _sweep(self, listed: set[str]) -> None:
        """Deletes the states that aren't listed, and unfinished files of killed processes."""
        for path in [*self.folder.glob("*.npz"), *self.folder.glob(".*.part")]:
            if path.name not in listed:
                path.unlink(missing_ok=True)


def _flat(state: TrainingState) -> dict[str, np.ndarray]:
    counters = asdict(replace(state, variables=(), kept=(), optimizer=()))
    for name in ARRAYS:
        counters[name] = len(getattr(state, name))
    arrays = {f"{name}/{index}": array for name in ARRAYS for index, array in enumerate(getattr(state, name))}
    return {"counters": np.frombuffer(json.dumps(counters).encode(), np.uint8), **arrays}


def _state(arrays: np.lib.npyio.NpzFile) -> TrainingState:
    counters = json.loads(arrays["counters"].tobytes())
    for name in ARRAYS:
        counters[name] = [arrays[f"{name}/{index}"] for index in range(counters[name])]
    return TrainingState(**counters)


def require_same_shapes(state: Sequence[np.ndarray], variables: Sequence[Any], what: str) -> None:
    """Checks that saved values belong to these variables.

    Raises:
        RunError: they belong to another network.
    """
    if [array.shape for array in state] != [tuple(variable.shape) for variable in variables]:
        raise RunError(f"The checkpoint's {what} belongs to another network. Start the run again from the beginning.")
