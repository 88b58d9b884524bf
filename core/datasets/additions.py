"""Pictures that are added to a class of a data set, checked like those of an import."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from core.datasets.archive import Extraction, extract_members
from core.datasets.edits import ADD, Edit, check_class_name, version_of
from core.datasets.index import TRAIN, UNDECIDED, DatasetIndex, Sample, Skipped
from core.datasets.names import escape_label
from core.datasets.picture_reader import Pictures, picture_members
from core.datasets.progress import Progress
from core.datasets.verify import judge
from core.errors import DatasetError
from core.events import OnEvent, ShouldStop
from core.settings import ImportLimits

ARRIVED = "arrived"
# Files that are added are named by their content, so that a path means the same picture in all versions.
NAME_LENGTH = 24


@dataclass(frozen=True)
class _Arrived:
    """A picture that can be added: where it was written, the name that it had, its content and its size."""

    file: Path
    name: str
    digest: str
    size: tuple[int, int]


def add_to(
    parent: DatasetIndex,
    class_name: str,
    pictures: Pictures,
    folder: Path,
    limits: ImportLimits,
    on_event: OnEvent,
    should_stop: ShouldStop,
) -> DatasetIndex:
    """Writes pictures into the folder of a version and returns what the version is.

    Args:
        parent: the data set. Its own pictures are not written.
        class_name: the class that they go to, one of the data set's or a new one.
        pictures: the name and the file of each picture. Those that are here already, or can't be read, are skipped.
        folder: the version's folder, empty.
        limits: what a picture may measure.
        on_event: told of the phases `extract` (files) and `pictures`.
        should_stop: asked a few times a second.

    Raises:
        DatasetError: the class's name can't be used, none of the pictures can, or a new class is too small.
        Stopped: `should_stop` said so.
    """
    if class_name not in parent.class_names:
        class_name = check_class_name(class_name, parent.class_names)
    arrival = folder / ARRIVED
    arrival.mkdir()
    members = picture_members({ARRIVED: pictures})
    extraction = extract_members(members, 0, arrival, f"the class {class_name}", limits, on_event, should_stop)
    skipped = [Skipped(_own_name(item.name), item.reason) for item in extraction.skipped]
    arrived = []
    progress = Progress("pictures", len(extraction.files), on_event, should_stop)
    for item in _judged(parent, extraction, arrival, limits):
        (skipped if isinstance(item, Skipped) else arrived).append(item)
        progress.advance()
    progress.finish()
    if not arrived:
        raise DatasetError(_nothing(class_name, skipped))
    samples = [_settle(parent, class_name, item, folder) for item in arrived]
    shutil.rmtree(arrival)
    return replace(_version(parent, class_name, samples), skipped=tuple(skipped), num_ignored=extraction.num_ignored)


def _judged(
    parent: DatasetIndex, extraction: Extraction, folder: Path, limits: ImportLimits
) -> Iterator[_Arrived | Skipped]:
    """Yields each file as a picture to add, or as one to skip."""
    known = {
        sample.digest: f"it is in {parent.name} already, in the class {parent.class_names[sample.label]}"
        for sample in parent.samples
    }
    files = extraction.files
    for file, verdict in zip(files, judge(files, [True] * len(files), folder, limits), strict=True):
        name = _own_name(file.label)
        if isinstance(verdict, str):
            yield Skipped(name, verdict)
        elif file.digest in known:
            yield Skipped(name, known[file.digest])
        else:
            known[file.digest] = f"it is the same picture as {name}"
            yield _Arrived(folder / file.file_name, name, file.digest, verdict.size)


def _settle(parent: DatasetIndex, class_name: str, item: _Arrived, folder: Path) -> Sample:
    """Moves a picture to where it stays. Its label is told later, when all classes are known."""
    path = f"pictures/{item.digest[:NAME_LENGTH]}{item.file.suffix}"
    (folder / path).parent.mkdir(exist_ok=True)
    item.file.rename(folder / path)
    has_splits = any(sample.split != UNDECIDED for sample in parent.samples)
    return Sample(
        path, 0, TRAIN if has_splits else UNDECIDED, escape_label(f"{class_name}/{item.name}"), item.digest, *item.size
    )


def _version(parent: DatasetIndex, class_name: str, added: list[Sample]) -> DatasetIndex:
    class_names = tuple(sorted({*parent.class_names, class_name}))
    labels = {name: label for label, name in enumerate(class_names)}
    samples = [replace(sample, label=labels[parent.class_names[sample.label]]) for sample in parent.samples]
    samples += [replace(sample, label=labels[class_name]) for sample in added]
    return version_of(parent, class_names, samples, [Edit(ADD, tuple(item.path for item in added), (class_name,))])


def _own_name(label: str) -> str:
    return label.removeprefix(f"{ARRIVED}/")


def _nothing(class_name: str, skipped: list[Skipped]) -> str:
    if not skipped:
        return f"Expected pictures to add to the class {class_name}. Received none. Choose some."
    first = skipped[0]
    which = "The picture" if len(skipped) == 1 else f"None of the {len(skipped):,} pictures"
    can = "can't" if len(skipped) == 1 else "can"
    return f"{which} {can} be added to the class {class_name}. {first.name}: {first.reason}. Choose others."
