"""A data set as a zip of class folders, fit for any program, and for an import that gives the same data set again."""

import re
import shutil
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from core.datasets.index import UNDECIDED, DatasetIndex, Sample
from core.datasets.progress import Progress
from core.errors import DatasetError
from core.events import OnEvent, ShouldStop, ignore_event, never_stop
from core.settings import MEGABYTE

ESCAPED = re.compile(r"\\x([0-9a-f]{2})|\\u([0-9a-f]{4})|\\U([0-9a-f]{8})")
# What no file may be called on one system or another, and a number that an earlier zip gave it.
UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
NUMBERED = re.compile(r"^\d{4,} ")
MAX_STEM_LENGTH = 80
FEWEST_DIGITS = 4
# The same data set always makes the same file: the time of day is no part of it.
EPOCH = (1980, 1, 1, 0, 0, 0)
READABLE = 0o100644 << 16


def write_zip(
    index: DatasetIndex,
    file: Path | BinaryIO,
    on_event: OnEvent = ignore_event,
    should_stop: ShouldStop = never_stop,
) -> None:
    """Writes a data set as a zip: `cat/0001 name.jpg`, below `train`, `validation` and `test` where splits are given.

    Pictures are stored as they are, for they are packed already. Nothing is held in memory but the list of names.

    Args:
        index: the data set.
        file: where to; a path or a file that is open for writing, which need not be able to go back.
        on_event: told of the phase `pack` (pictures).
        should_stop: asked a few times a second.

    Raises:
        DatasetError: a picture is gone.
        OSError: the file can't be written.
        Stopped: `should_stop` said so. The caller removes what was written.
    """
    progress = Progress("pack", len(index.samples), on_event, should_stop)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for sample, name in packed_names(index):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.external_attr = READABLE
            path = index.picture_path(sample)
            try:
                entry.file_size = path.stat().st_size
                picture = path.open("rb")
            except OSError as error:
                raise DatasetError(
                    f"The picture {sample.path} of {index.name} can't be read ({error.strerror}). Import the data set "
                    "again."
                ) from error
            with picture, archive.open(entry, "w") as target:
                shutil.copyfileobj(picture, target, MEGABYTE)
            progress.advance()
    progress.finish()


def packed_names(index: DatasetIndex) -> Iterator[tuple[Sample, str]]:
    """Yields each picture with its name in the zip, class by class. No two differ only by case."""
    ordered = sorted(index.samples, key=lambda sample: (sample.split, sample.label, sample.path))
    sizes = Counter((sample.split, sample.label) for sample in ordered)
    digits = max(FEWEST_DIGITS, len(str(max(sizes.values(), default=0))))
    numbers: Counter[tuple[str, int]] = Counter()
    for sample in ordered:
        place = sample.split, sample.label
        numbers[place] += 1
        file_name = f"{numbers[place]:0{digits}d} {_stem(sample)}{Path(sample.path).suffix}"
        folders = [_unescape(index.class_names[sample.label])]
        if sample.split != UNDECIDED:
            folders.insert(0, sample.split)
        yield sample, "/".join([*folders, file_name])


def _stem(sample: Sample) -> str:
    """Returns what the picture was called, without what might not be a file's name elsewhere."""
    last = sample.name.rsplit("/", 1)[-1]
    stem = UNSAFE.sub("_", NUMBERED.sub("", Path(last).stem))
    return stem[:MAX_STEM_LENGTH].strip(" .") or "picture"


def _unescape(class_name: str) -> str:
    """Returns a class's name with its invisible characters, which an import writes out, as they were."""
    return ESCAPED.sub(lambda match: _character(int(next(filter(None, match.groups())), 16)), class_name)


def _character(code: int) -> str:
    is_sayable = 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF
    return chr(code) if is_sayable else "_"
