"""Adding pictures to a class of a data set, with the same checks as an import."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from core.datasets.archives.archive import Extraction, extract_members
from core.datasets.archives.picture_reader import Pictures, picture_members
from core.datasets.class_names import check_class_name, in_order
from core.datasets.edit import ADD, Edit
from core.datasets.index import DatasetIndex
from core.datasets.names import escape_label
from core.datasets.quality.image_statistics import pack, read_statistics, write_statistics
from core.datasets.sample import Sample, Skipped
from core.datasets.splits import TRAIN, UNDECIDED
from core.datasets.store.verification import Sound, judge
from core.datasets.versions.edits import version_of
from core.errors import DatasetError
from core.progress import OnEvent, Progress, ShouldStop
from core.settings import ImportLimits
from core.wording import reasons as words
from core.wording.coded import Note, Reason

ARRIVED = "arrived"
# Added files are named by their content, so that a path means the same picture in all versions.
NAME_LENGTH = 24
SHOWN_NAMES = 5


@dataclass(frozen=True)
class _Arrived:
    """A picture that can be added: its file, its original name, its content and its statistics."""

    file: Path
    name: str
    digest: str
    sound: Sound


@dataclass(frozen=True)
class _Refused:
    """A file that isn't added: its name, why, and whether it is only because the picture is there already."""

    name: str
    reason: Reason
    is_known: bool = False


def add_to(
    parent: DatasetIndex,
    class_name: str,
    pictures: Pictures,
    folder: Path,
    limits: ImportLimits,
    on_event: OnEvent,
    should_stop: ShouldStop,
) -> DatasetIndex:
    """Writes pictures and the statistics of all pictures into the folder of a version, and returns the version.

    Args:
        parent: the data set. Its own pictures are not written.
        class_name: the class that they go to, one of the data set's or a new one.
        pictures: the name and the file of each picture. Those that can't be read are listed as skipped, and those
            that are there already are mentioned in a note.
        folder: the version's folder, empty.
        limits: limits on pictures.
        on_event: told of the phases `extract` (files) and `pictures`.
        should_stop: asked a few times a second.

    Raises:
        DatasetError: the class name or none of the pictures can be used, or a new class is too small.
        Stopped: `should_stop` said so.
    """
    if class_name not in parent.class_names:
        class_name = check_class_name(class_name, parent.class_names)
    arrival = folder / ARRIVED
    arrival.mkdir()
    members = picture_members({ARRIVED: pictures})
    extraction = extract_members(members, 0, arrival, f"the class {class_name}", limits, on_event, should_stop)
    progress = Progress("pictures", len(extraction.files), on_event, should_stop)
    judged = []
    for item in _judged(parent, extraction, arrival, limits):
        judged.append(item)
        progress.advance()
    progress.finish()
    arrived = [item for item in judged if isinstance(item, _Arrived)]
    refused = [_Refused(_own_name(item.name), item.reason) for item in extraction.skipped]
    refused += [item for item in judged if isinstance(item, _Refused)]
    if not arrived:
        raise DatasetError(_nothing(class_name, refused))
    version = _version(parent, class_name, [_settle(parent, class_name, item, folder) for item in arrived])
    shutil.rmtree(arrival)
    all_statistics = pack([item.digest for item in arrived], [item.sound.statistics for item in arrived])
    write_statistics(replace(version, folder=folder), np.concatenate([read_statistics(parent), all_statistics]))
    # A picture that is there already isn't faulty, so the audit doesn't mention it.
    skipped = tuple(Skipped(item.name, item.reason) for item in refused if not item.is_known)
    known = [item.name for item in refused if item.is_known]
    return replace(version, skipped=skipped, num_ignored=extraction.num_ignored, notes=_notes(known))


def _judged(
    parent: DatasetIndex, extraction: Extraction, folder: Path, limits: ImportLimits
) -> Iterator[_Arrived | _Refused]:
    """Yields each file as a picture to add, or why it isn't."""
    known = {
        sample.digest: Reason("known", {"dataset": parent.name, "class_name": parent.class_names[sample.label]})
        for sample in parent.samples
    }
    files = extraction.files
    for file, verdict in zip(files, judge(files, [True] * len(files), folder, limits), strict=True):
        name = _own_name(file.label)
        if isinstance(verdict, Reason):
            yield _Refused(name, verdict)
        elif file.digest in known:
            yield _Refused(name, known[file.digest], is_known=True)
        else:
            known[file.digest] = Reason("twice", {"name": name})
            yield _Arrived(folder / file.file_name, name, file.digest, verdict)


def _settle(parent: DatasetIndex, class_name: str, item: _Arrived, folder: Path) -> Sample:
    """Moves a picture to its final path. Its label is set later, when all classes are known."""
    path = f"pictures/{item.digest[:NAME_LENGTH]}{item.file.suffix}"
    (folder / path).parent.mkdir(exist_ok=True)
    item.file.rename(folder / path)
    has_splits = any(sample.split != UNDECIDED for sample in parent.samples)
    return Sample(
        path,
        0,
        TRAIN if has_splits else UNDECIDED,
        escape_label(f"{class_name}/{item.name}"),
        item.digest,
        *item.sound.size,
    )


def _version(parent: DatasetIndex, class_name: str, added: list[Sample]) -> DatasetIndex:
    class_names = in_order({*parent.class_names, class_name})
    labels = {name: label for label, name in enumerate(class_names)}
    samples = [replace(sample, label=labels[parent.class_names[sample.label]]) for sample in parent.samples]
    samples += [replace(sample, label=labels[class_name]) for sample in added]
    return version_of(parent, class_names, samples, [Edit(ADD, tuple(item.path for item in added), (class_name,))])


def _own_name(label: str) -> str:
    return label.removeprefix(f"{ARRIVED}/")


def _notes(known: list[str]) -> tuple[Note, ...]:
    """Returns a note on the pictures that are there already, if any."""
    if not known:
        return ()
    return (Note("known_pictures", {"count": len(known), "names": known[:SHOWN_NAMES]}),)


def _nothing(class_name: str, refused: list[_Refused]) -> str:
    if not refused:
        return f"Expected pictures to add to the class {class_name}. Received none. Choose some."
    first = refused[0]
    which = "The picture" if len(refused) == 1 else f"None of the {len(refused):,} pictures"
    can = "can't" if len(refused) == 1 else "can"
    why = words.reason(first.reason)
    return f"{which} {can} be added to the class {class_name}. {first.name}: {why}. Choose others."
