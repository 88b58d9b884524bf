"""Where a data set comes from, what was made from it, and what differs between two data sets."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.datasets.edit import RELABEL, REMOVE, Edit
from core.datasets.index import DatasetIndex
from core.datasets.store.store import DatasetStore
from core.datasets.versions.pending_edits import KEEP, RELABEL_PREFIX, decide, read_pending_edits, take_back
from core.errors import DatasetError
from core.progress import OnEvent, ShouldStop, ignore_event, never_stop


@dataclass(frozen=True)
class Comparison:
    """The differences between two data sets. Pictures are named by their `Sample.path`.

    Attributes:
        removed: pictures that only the old one has.
        added: pictures that only the new one has.
        relabelled: pictures of both with another class in the new one, except those of `renamed` classes.
        renamed: classes of the old one only that went as a whole into one class of the new one.
        before: number of pictures of each class of the old one, with `renamed` classes under their new name.
        after: number of pictures of each class of the new one.
    """

    removed: tuple[str, ...]
    added: tuple[str, ...]
    relabelled: tuple[str, ...]
    renamed: Mapping[str, str]
    before: Mapping[str, int]
    after: Mapping[str, int]


def lineage(store: DatasetStore, dataset: DatasetIndex) -> tuple[DatasetIndex, ...]:
    """Returns a data set's ancestors that still exist, oldest first, and itself last."""
    every = {other.id: other for other in store.list()}
    line = [dataset]
    seen = {dataset.id}
    while (parent := every.get(line[0].parent)) and parent.id not in seen:
        line.insert(0, parent)
        seen.add(parent.id)
    return tuple(line)


def children(store: DatasetStore, dataset: DatasetIndex) -> tuple[DatasetIndex, ...]:
    """Returns the versions made from a data set, newest first."""
    return tuple(other for other in store.list() if other.parent == dataset.id)


def make_version(
    store: DatasetStore,
    dataset: DatasetIndex,
    name: str | None = None,
    on_event: OnEvent = ignore_event,
    should_stop: ShouldStop = never_stop,
    further: Sequence[Edit] = (),
) -> DatasetIndex:
    """Makes a version from the decisions about a data set's pictures, and removes the decisions that were applied.

    Decisions to keep a picture are copied to the version.

    Args:
        store: where data sets are.
        dataset: the data set.
        name: name of the version; see `DatasetStore.derive`.
        on_event: told of the phases `version` and `audit` (pictures).
        should_stop: asked a few times a second.
        further: changes to apply after that, such as renaming a class.

    Raises:
        DatasetError: there is nothing to change, or the data set can't be changed like this. The decisions stay.
        Stopped: `should_stop` said so. The decisions stay, nothing else is left behind.
    """
    pending = read_pending_edits(dataset)
    edits = (*pending.edits(), *further)
    if not edits:
        raise DatasetError(
            f"There is nothing to change in {dataset.name} yet. Remove or relabel pictures first, then make a version."
        )
    version = store.derive(dataset.id, edits, name, on_event, should_stop)
    if version.id != dataset.id:
        here = {sample.path for sample in version.samples}
        kept = [path for path, decision in pending.decisions.items() if decision == KEEP and path in here]
        if kept:
            decide(version, kept, KEEP)
        take_back(dataset, pending)
    return version


def go_back(version: DatasetIndex, parent: DatasetIndex) -> None:
    """Restores the decisions that a version was made from, as decisions about its parent.

    This way a single click can be corrected without repeating all the others. Decisions made since then about the
    parent's pictures stay.

    Raises:
        DatasetError: the decisions can't be read or written.
    """
    decided = set(read_pending_edits(parent).decisions)
    here = {sample.path for sample in parent.samples}
    kept = [path for path, decision in read_pending_edits(version).decisions.items() if decision == KEEP]
    before: list[tuple[str, Sequence[str]]] = [(KEEP, kept)]
    before += [(REMOVE, edit.paths) for edit in version.edits if edit.kind == REMOVE]
    before += [(f"{RELABEL_PREFIX}{edit.class_names[0]}", edit.paths) for edit in version.edits if edit.kind == RELABEL]
    for decision, paths in before:
        again = [path for path in paths if path in here and path not in decided]
        if again:
            decide(parent, again, decision)


def compare(old: DatasetIndex, new: DatasetIndex) -> Comparison:
    """Returns the differences between two data sets, whether or not they are versions of one another."""
    before, after = _classes(old), _classes(new)
    both = [picture for picture in before if picture in after]
    renamed = _renamed(old, new, [(before[picture], after[picture]) for picture in both])
    return Comparison(
        removed=tuple(path for path, digest in before if (path, digest) not in after),
        added=tuple(path for path, digest in after if (path, digest) not in before),
        relabelled=tuple(
            picture[0] for picture in both if renamed.get(before[picture], before[picture]) != after[picture]
        ),
        renamed=renamed,
        before=_counts(old, renamed),
        after=dict(zip(new.class_names, new.distribution().totals, strict=True)),
    )


def _counts(dataset: DatasetIndex, renamed: Mapping[str, str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name, total in zip(dataset.class_names, dataset.distribution().totals, strict=True):
        name = renamed.get(name, name)
        counts[name] = counts.get(name, 0) + total
    return counts


def _classes(dataset: DatasetIndex) -> dict[tuple[str, str], str]:
    """Returns the class of each picture by path and content, as the same path may be another picture elsewhere."""
    return {(sample.path, sample.digest): dataset.class_names[sample.label] for sample in dataset.samples}


def _renamed(old: DatasetIndex, new: DatasetIndex, moves: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Returns the classes of the old one only whose pictures are now all in one class, with that class."""
    targets: dict[str, set[str]] = {}
    for before, after in moves:
        targets.setdefault(before, set()).add(after)
    left = set(new.class_names)
    gone = [name for name in old.class_names if name not in left]
    return {name: next(iter(targets[name])) for name in gone if len(targets.get(name, ())) == 1}
