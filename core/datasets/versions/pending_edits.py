"""Decisions about single pictures that haven't been made into a version yet, stored with the data set."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from filelock import FileLock

from core.datasets.class_names import check_class_name
from core.datasets.edit import RELABEL, REMOVE, Edit
from core.datasets.index import DatasetIndex
from core.errors import DatasetError
from core.files import durable

PENDING_EDITS_NAME = "draft.json"
KEEP = "keep"
UNDECIDED = ""
RELABEL_PREFIX = f"{RELABEL}:"


@dataclass(frozen=True)
class PendingEdits:
    """Decisions about pictures of a data set.

    Attributes:
        decisions: for pictures by their `Sample.path`, `keep`, `remove` or `relabel:<class>`.
    """

    decisions: Mapping[str, str] = field(default_factory=dict)

    def edits(self) -> tuple[Edit, ...]:
        """Returns the changes that the decisions amount to: none if all pictures are kept."""
        paths: dict[str, list[str]] = {}
        for path, decision in sorted(self.decisions.items()):
            paths.setdefault(decision, []).append(path)
        removed = paths.pop(REMOVE, [])
        edits = [Edit(REMOVE, tuple(removed))] if removed else []
        for decision, own in sorted(paths.items()):
            if decision.startswith(RELABEL_PREFIX):
                edits.append(Edit(RELABEL, tuple(own), (decision.removeprefix(RELABEL_PREFIX),)))
        return tuple(edits)


def read_pending_edits(dataset: DatasetIndex) -> PendingEdits:
    """Returns the decisions about pictures of a data set; none at first.

    Raises:
        DatasetError: the decisions can't be read.
    """
    path = dataset.folder / PENDING_EDITS_NAME
    try:
        decisions = json.loads(path.read_text(encoding="utf-8"))["decisions"]
        return PendingEdits({str(name): str(decision) for name, decision in decisions.items()})
    except FileNotFoundError:
        return PendingEdits()
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DatasetError(
            f"The decisions about pictures of {dataset.name} can't be read. Discard them and decide again."
        ) from error


def decide(dataset: DatasetIndex, paths: Iterable[str], decision: str) -> PendingEdits:
    """Records a decision about pictures, which replaces earlier decisions about them.

    Args:
        dataset: the data set.
        paths: the pictures, as `Sample.path`.
        decision: `keep`, `remove`, `relabel:<class>`, or empty to undo the decision.

    Returns:
        All current decisions.

    Raises:
        DatasetError: there is no such picture or decision, or the decisions can't be read or written.
    """
    paths = tuple(paths)
    _check(dataset, paths, decision)
    with _locked(dataset):
        decisions = dict(read_pending_edits(dataset).decisions)
        for path in paths:
            if decision == UNDECIDED:
                decisions.pop(path, None)
            else:
                decisions[path] = decision
        return _write(dataset, decisions)


def take_back(dataset: DatasetIndex, done: PendingEdits) -> PendingEdits:
    """Removes decisions that have been applied. Those changed since then stay.

    Raises:
        DatasetError: the decisions can't be read or written.
    """
    with _locked(dataset):
        decisions = read_pending_edits(dataset).decisions
        rest = {path: decision for path, decision in decisions.items() if done.decisions.get(path) != decision}
        return _write(dataset, rest)


def discard_pending_edits(dataset: DatasetIndex) -> None:
    """Removes all decisions about pictures of a data set."""
    with _locked(dataset):
        (dataset.folder / PENDING_EDITS_NAME).unlink(missing_ok=True)


def _check(dataset: DatasetIndex, paths: tuple[str, ...], decision: str) -> None:
    known = {sample.path for sample in dataset.samples}
    for path in paths:
        if path not in known:
            raise DatasetError(f"There is no picture {path} in {dataset.name}. Take its path from the data set.")
    if decision in (KEEP, REMOVE, UNDECIDED):
        return
    if not decision.startswith(RELABEL_PREFIX) or decision == RELABEL_PREFIX:
        raise DatasetError(f"Expected 'keep', 'remove' or 'relabel:' and a class. Received {decision!r}. Fix it.")
    class_name = decision.removeprefix(RELABEL_PREFIX)
    if class_name not in dataset.class_names:
        check_class_name(class_name, dataset.class_names)


def _write(dataset: DatasetIndex, decisions: Mapping[str, str]) -> PendingEdits:
    path = dataset.folder / PENDING_EDITS_NAME
    if decisions:
        durable.write(path, json.dumps({"decisions": decisions}).encode())
    else:
        path.unlink(missing_ok=True)
    return PendingEdits(dict(decisions))


@contextmanager
def _locked(dataset: DatasetIndex) -> Iterator[None]:
    """Locks the decisions against concurrent changes, such as in another tab, and turns disk errors into words."""
    if not dataset.folder.is_dir():  # the lock would create the folder again
        raise DatasetError(f"The data set {dataset.name} was deleted meanwhile. Choose another one.")
    try:
        with FileLock(dataset.folder / f".{PENDING_EDITS_NAME}.lock"):
            yield
    except OSError as error:
        raise DatasetError(
            f"The decisions about pictures of {dataset.name} can't be written ({error.strerror}). Fix that and decide "
            "again."
        ) from error
