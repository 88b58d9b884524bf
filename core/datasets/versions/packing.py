"""A data set as a zip of class folders, for any program, and for an import that gives the same data set again."""

import csv
import io
import re
import shutil
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.datasets.archives.members import TableFile
from core.datasets.index import DatasetIndex
from core.datasets.layouts.candidates import choose_candidate
from core.datasets.layouts.options import KEEP, ReadingOptions
from core.datasets.names import escape_label, is_junk, split_name
from core.datasets.sample import Sample
from core.datasets.splits import UNDECIDED
from core.datasets.tables.cells import as_cell
from core.errors import DatasetError
from core.progress import OnEvent, Progress, ShouldStop, ignore_event, never_stop
from core.settings import MEGABYTE

ESCAPED = re.compile(r"\\x([0-9a-f]{2})|\\u([0-9a-f]{4})|\\U([0-9a-f]{8})")
# Names that are invalid on some system, and numbers added by an earlier zip.
UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
NUMBERED = re.compile(r"^\d{4,} ")
MAX_STEM_LENGTH = 80
FEWEST_DIGITS = 4
TABLE_NAME = "labels.csv"
# Classes such as A and a lie in folders of their own. Whoever imports them is asked whether they stay apart.
SIMILAR_CLASSES = ReadingOptions(similar_classes=KEEP)
# A fixed time, so that the same data set always makes the same file.
EPOCH = (1980, 1, 1, 0, 0, 0)
READABLE = 0o100644 << 16


@dataclass(frozen=True)
class Packing:
    """The content of a zip: each picture with its name, and a CSV of classes, empty if folders give the classes."""

    names: tuple[tuple[Sample, str], ...]
    table: bytes = b""


def write_zip(
    dataset: DatasetIndex,
    file: Path | BinaryIO,
    on_event: OnEvent = ignore_event,
    should_stop: ShouldStop = never_stop,
) -> None:
    """Writes a data set as a zip: `cat/0001 name.jpg`, below `train`, `validation` and `test` if it has splits.

    Pictures are stored uncompressed, because they are compressed already. Only the list of names is held in memory.

    Args:
        dataset: the data set.
        file: a path or a file open for writing, which need not be seekable.
        on_event: told of the phase `pack` (pictures).
        should_stop: asked a few times a second.

    Raises:
        DatasetError: a picture is missing.
        OSError: the file can't be written.
        Stopped: `should_stop` said so. The caller removes what was written.
    """
    packing = plan(dataset)
    progress = Progress("pack", len(dataset.samples), on_event, should_stop)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        if packing.table:
            archive.writestr(_entry(TABLE_NAME), packing.table)
        for sample, name in packing.names:
            _write_picture(archive, dataset, sample, name)
            progress.advance()
    progress.finish()


def plan(dataset: DatasetIndex) -> Packing:
    """Returns how to pack a data set: in class folders, or with a table if folders would be read differently.

    That is the case if the name of a class contains a slash, or if classes are called `train` and `test`.
    """
    folders = Packing(tuple(_names(dataset, _class_folder)))
    if _comes_back(folders, dataset):
        return folders
    flat = tuple(_names(dataset, lambda sample, dataset: "pictures"))
    beside_table = Packing(flat, _table(dataset, flat))
    return beside_table if _comes_back(beside_table, dataset) else folders


def _write_picture(archive: zipfile.ZipFile, dataset: DatasetIndex, sample: Sample, name: str) -> None:
    entry = _entry(name)
    path = dataset.picture_path(sample)
    try:
        entry.file_size = path.stat().st_size
        picture = path.open("rb")
    except OSError as error:
        raise DatasetError(
            f"The picture {sample.path} of {dataset.name} can't be read ({error.strerror}). Import the data set again."
        ) from error
    with picture, archive.open(entry, "w") as target:
        shutil.copyfileobj(picture, target, MEGABYTE)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.external_attr = READABLE
    return entry


def _names(dataset: DatasetIndex, folder_of: Callable[[Sample, DatasetIndex], str]) -> Iterator[tuple[Sample, str]]:
    """Yields each picture with its name in the zip, numbered in its folder. No two names differ only by case."""
    folders = [(folder_of(sample, dataset), sample) for sample in dataset.samples]
    ordered = sorted(folders, key=lambda pair: (pair[0], pair[1].path))
    sizes = Counter(folder for folder, _ in ordered)
    digits = max(FEWEST_DIGITS, len(str(max(sizes.values(), default=0))))
    numbers: Counter[str] = Counter()
    for folder, sample in ordered:
        numbers[folder] += 1
        number = f"{numbers[folder]:0{digits}d}"
        yield sample, f"{folder}/{number} {_stem(sample)}{Path(sample.path).suffix}"


def _class_folder(sample: Sample, dataset: DatasetIndex) -> str:
    class_name = _unescape(dataset.class_names[sample.label])
    return class_name if sample.split == UNDECIDED else f"{sample.split}/{class_name}"


def _table(dataset: DatasetIndex, names: Sequence[tuple[Sample, str]]) -> bytes:
    """Returns a CSV with the class of each picture, and its split if there are splits."""
    has_split = any(sample.split != UNDECIDED for sample in dataset.samples)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["filename", "label", "split"] if has_split else ["filename", "label"])
    for sample, name in names:
        row = [as_cell(name), as_cell(_unescape(dataset.class_names[sample.label]))]
        writer.writerow([*row, sample.split] if has_split else row)
    return text.getvalue().encode()


def _comes_back(packing: Packing, dataset: DatasetIndex) -> bool:
    """Whether an import would read the same classes and splits from it."""
    try:
        paths = [split_name(name) for _, name in packing.names]
        if any(is_junk(path) for path in paths):
            return False
        shown = [tuple(escape_label(part) for part in path) for path in paths]
        tables = [TableFile((TABLE_NAME,), packing.table)] if packing.table else []
        digests = [sample.digest for sample, _ in packing.names]
        assignments = choose_candidate(shown, tables, dataset.name, SIMILAR_CLASSES, digests).assignments
    except DatasetError:
        return False
    return all(
        (assignment.class_name, assignment.split) == (dataset.class_names[sample.label], sample.split)
        for (sample, _), assignment in zip(packing.names, assignments, strict=True)
    )


def _stem(sample: Sample) -> str:
    """Returns the picture's original name, without characters that are invalid on some systems."""
    last = sample.name.rsplit("/", 1)[-1]
    stem = UNSAFE.sub("_", NUMBERED.sub("", Path(last).stem))
    return stem[:MAX_STEM_LENGTH].strip(" .") or "picture"


def _unescape(class_name: str) -> str:
    """Returns a class's name with its original invisible characters, which an import escapes."""
    return ESCAPED.sub(lambda match: _character(int(next(filter(None, match.groups())), 16)), class_name)


def _character(code: int) -> str:
    is_sayable = 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF
    return chr(code) if is_sayable else "_"
