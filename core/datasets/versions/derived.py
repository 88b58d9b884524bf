"""How a version relates to its parent: its lineage, and its files, which are hard links to the parent's."""

import errno
import os
import shutil
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from core.datasets.attributes.own_attributes import take_over_attributes
from core.datasets.index import DatasetIndex
from core.datasets.quality.image_statistics import STATISTICS_NAME
from core.datasets.sample import Sample
from core.errors import DatasetError
from core.files import durable
from core.progress import OnEvent, Progress, ShouldStop

# Errors if a hard link isn't possible: another disk, a file system without hard links, too many links.
NO_LINKS = {errno.EXDEV, errno.EPERM, errno.EACCES, errno.EMLINK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}


def rehomed_children(dataset: DatasetIndex, every: Iterable[DatasetIndex]) -> list[DatasetIndex]:
    """Returns the versions of a data set that is about to be deleted, as versions of its own parent, if any."""
    if not dataset.parent:
        return []
    children = [other for other in every if other.parent == dataset.id]
    return [replace(child, parent=dataset.parent, edits=(*dataset.edits, *child.edits)) for child in children]


def without_circle(dataset: DatasetIndex, every: Iterable[DatasetIndex]) -> DatasetIndex:
    """Returns a new version, without its parent if the changes led back to the content of a deleted ancestor."""
    parents = {other.id: other.parent for other in every}
    parent = dataset.parent
    seen = {""}
    while parent not in seen:
        if parent == dataset.id:
            return replace(dataset, parent="", edits=())
        seen.add(parent)
        parent = parents.get(parent, "")
    return dataset


def take_over(
    parent: DatasetIndex,
    samples: Sequence[Sample],
    folder: Path,
    spare_bytes: int,
    on_event: OnEvent,
    should_stop: ShouldStop,
) -> None:
    """Links pictures of a data set into the folder of a version, under the same names, with what is known of them.

    A version's files are hard links, so it takes no space and outlives its parent; copies, if the disk has no links.

    Args:
        parent: the data set that has them.
        samples: the pictures to link.
        folder: the version's folder.
        spare_bytes: how much of the disk must stay free if they are copied.
        on_event: told of the phase `version` (pictures).
        should_stop: asked a few times a second.

    Raises:
        DatasetError: the parent's pictures are gone, or the disk has no room for copies.
        OSError: the disk refuses them.
        Stopped: `should_stop` said so.
    """
    places = {(folder / sample.path).parent for sample in samples}
    for place in places:
        place.mkdir(parents=True, exist_ok=True)
    progress = Progress("version", len(samples), on_event, should_stop)
    is_copying = False
    for number, sample in enumerate(samples):
        source, target = parent.picture_path(sample), folder / sample.path
        try:
            if not is_copying and not _link(source, target):
                is_copying = True
                _check_room(parent, samples[number:], folder, spare_bytes)
            if is_copying:
                _copy(source, target)
        except FileNotFoundError as error:
            raise DatasetError(
                f"{parent.name} was deleted meanwhile, or its picture {sample.path} is gone. Choose another data set."
            ) from error
        progress.advance()
    progress.finish()
    _take_over_statistics(parent, folder)
    take_over_attributes(parent, [sample.path for sample in samples], folder)
    for place in places:
        durable.sync(place)


def _take_over_statistics(parent: DatasetIndex, folder: Path) -> None:
    """Copies the parent's image statistics to a version, so that no picture is decoded again."""
    source, target = parent.folder / STATISTICS_NAME, folder / STATISTICS_NAME
    if target.exists():  # it already includes those of added pictures
        return
    with suppress(FileNotFoundError):
        if not _link(source, target):
            _copy(source, target)


def _link(source: Path, target: Path) -> bool:
    """Makes a hard link to a file. Returns whether the disk supports that."""
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno in NO_LINKS:
            return False
        raise
    return True


def _copy(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
    durable.sync(target)


def _check_room(parent: DatasetIndex, samples: Sequence[Sample], folder: Path, spare_bytes: int) -> None:
    wanted = sum(parent.picture_path(sample).stat().st_size for sample in samples)
    if shutil.disk_usage(folder).free - wanted < spare_bytes:
        raise DatasetError(
            f"The disk has too little room for a version of {parent.name}. Free some space, or set "
            "TRANSFER_STUDIO_HOME to a folder on a larger disk."
        )
