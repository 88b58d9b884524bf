"""The data sets in the order of the list: versions beside what they were made from. No Streamlit calls."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.datasets.index import DatasetIndex
from core.datasets.sample import Sample
from core.datasets.store.dataset_names import VERSION
from core.runs.records.store import Run


@dataclass(frozen=True)
class Entry:
    """A data set in the list.

    Attributes:
        dataset: the data set.
        original: the data set that it is a version of, over all versions in between; None for an original.
        number: which version it is; 1 for an original.
    """

    dataset: DatasetIndex
    original: DatasetIndex | None
    number: int


def entries(datasets: Sequence[DatasetIndex]) -> list[Entry]:
    """Returns all data sets, those of the latest addition first, and each original followed by its versions."""
    by_id = {dataset.id: dataset for dataset in datasets}
    families: defaultdict[str, list[DatasetIndex]] = defaultdict(list)
    for dataset in datasets:
        families[_original(dataset, by_id).id].append(dataset)
    newest_first = sorted(families.items(), key=lambda one: max(own.created for own in one[1]), reverse=True)
    return [entry for original_id, family in newest_first for entry in _family(by_id[original_id], family)]


def _original(dataset: DatasetIndex, by_id: Mapping[str, DatasetIndex]) -> DatasetIndex:
    line = [dataset]
    while parent := by_id.get(line[-1].parent):
        if parent in line:
            # Records that somebody edited, each a version of the other: the same one stands for all of them.
            return min(line[line.index(parent) :], key=lambda own: (own.created, own.id))
        line.append(parent)
    return line[-1]


def _family(original: DatasetIndex, family: Sequence[DatasetIndex]) -> list[Entry]:
    versions = sorted((own for own in family if own.id != original.id), key=lambda own: own.created)
    # The number in a name, which is never given twice, rather than the place, which changes with deletions.
    numbered = [(own, VERSION.fullmatch(own.name)) for own in versions]
    found = [
        Entry(own, original, int(match[2]) if match else place) for place, (own, match) in enumerate(numbered, start=2)
    ]
    return [Entry(original, None, 1), *found]


def matching(found: Sequence[Entry], words: str) -> list[Entry]:
    """Returns the data sets whose name, or one of whose classes, contains these words in any case."""
    wanted = words.casefold().split()
    return [entry for entry in found if all(any(word in text for text in _texts(entry)) for word in wanted)]


def _texts(entry: Entry) -> list[str]:
    return [text.casefold() for text in (entry.dataset.name, *entry.dataset.class_names)]


def best_runs(runs: Sequence[Run]) -> dict[str, Run]:
    """Returns the run with the best accuracy on the validation pictures of each data set, by the data set's id."""
    best: dict[str, Run] = {}
    for run in runs:
        if run.has_model and "val_accuracy" in run.metrics:
            known = best.get(run.dataset_id)
            if known is None or run.metrics["val_accuracy"] > known.metrics["val_accuracy"]:
                best[run.dataset_id] = run
    return best


def telling_pictures(dataset: DatasetIndex, number: int) -> list[Sample]:
    """Returns a few pictures, of as many different classes as possible."""
    by_label: defaultdict[int, list[Sample]] = defaultdict(list)
    for sample in dataset.samples:
        if len(by_label[sample.label]) < number:
            by_label[sample.label].append(sample)
    turns = [
        by_label[label][turn] for turn in range(number) for label in sorted(by_label) if turn < len(by_label[label])
    ]
    return turns[:number]
