"""Makes a data set from extracted files: assigns them to classes and decodes each once to check that it is intact."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from core.datasets.archives.archive import ExtractedFile, Extraction
from core.datasets.archives.parts import lone_part
from core.datasets.class_sizes import Picture
from core.datasets.index import DatasetIndex, fingerprint
from core.datasets.layouts.candidates import choose_candidate, unlabelled
from core.datasets.layouts.layout import (
    GIVEN_CLASSES,
    OUTSIDE,
    UNLABELLED,
    AmbiguousLayout,
    Assignment,
    LayoutCandidate,
)
from core.datasets.layouts.options import AS_FOUND, ReadingOptions
from core.datasets.names import escape_label, is_archive_piece
from core.datasets.quality.image_statistics import SIDE, ImageStatistics, measure, pack, write_statistics
from core.datasets.sample import Sample, Skipped
from core.datasets.splits import TEST, TRAIN, VALIDATION, without_lone_train
from core.datasets.store.question_examples import with_examples
from core.datasets.store.small_classes import Reading, find_left_out, note_on_left_out
from core.errors import DatasetError
from core.images.decoder_threads import decoder_threads
from core.images.decoding import PictureError, open_sized
from core.progress import OnEvent, Progress, ShouldStop
from core.settings import ImportLimits
from core.wording import reasons as words
from core.wording.coded import Note, Reason
from core.wording.readings import EXPECTED, IN_TERMINAL
from core.wording.readings import question as question_words


@dataclass(frozen=True)
class Sound:
    """A picture that can be used: its upright width and height in pixels, and its statistics."""

    size: tuple[int, int]
    statistics: ImageStatistics


def build_index(
    extraction: Extraction,
    folder: Path,
    name: str,
    limits: ImportLimits,
    on_event: OnEvent,
    should_stop: ShouldStop,
    options: ReadingOptions = AS_FOUND,
) -> DatasetIndex:
    """Makes a data set from extracted files. Files that aren't usable pictures are deleted.

    The statistics of the others are written into the data set's folder.

    Args:
        extraction: the files of the source.
        folder: the folder that holds them, inside the data set's folder.
        name: name of the source in messages.
        limits: limits on pictures.
        on_event: receives the progress of the phase `pictures`.
        should_stop: asked a few times a second.
        options: the user's decisions about how to read the source.

    Raises:
        AmbiguousLayout: the classes can be read in more than one way, or some are too small for training.
        DatasetError: the pictures don't make a data set: there are none, or only one class.
        Stopped: `should_stop` said so.
    """
    files = extraction.files
    paths = [tuple(escape_label(part) for part in file.parts) for file in files]
    digests = [file.digest for file in files]
    try:
        candidate = choose_candidate(paths, extraction.tables, name, options, digests)
    except AmbiguousLayout as question:
        raise with_examples(question, files, folder) from question
    assignments, class_names = candidate.assignments, candidate.class_names
    labels = {class_name: label for label, class_name in enumerate(class_names)}
    try:
        _check_classes(candidate, extraction, name)
    except AmbiguousLayout as question:
        raise with_examples(question, files, folder) from question
    reading = Reading(name, candidate, options)
    # Asked before any picture is decoded, as far as it is known by then.
    find_left_out(reading, _expected(files, assignments, labels))
    progress = Progress("pictures", len(files), on_event, should_stop)
    decoded = _decode(files, assignments, labels, folder, limits, progress)
    skipped = (*extraction.skipped, *decoded.skipped)
    if not decoded.samples:
        raise _nothing_to_read(name, skipped)
    found = ((sample.label, sample.digest, sample.split) for sample in decoded.samples)
    left_out = find_left_out(replace(reading, refused=decoded.refused), found)
    pairs = zip(decoded.samples, decoded.statistics, strict=True)
    statistics = [one for sample, one in pairs if sample.label not in left_out]
    notes = candidate.notes + note_on_left_out(class_names, left_out)
    class_names, samples = _without(left_out, class_names, decoded.samples, folder.parent)
    kept = without_lone_train(samples)
    dataset = DatasetIndex(
        id=fingerprint(class_names, kept),
        name=name,
        class_names=class_names,
        samples=kept,
        skipped=skipped,
        num_ignored=extraction.num_ignored,
        folder=folder.parent,
        notes=extraction.notes + notes + _leaks(samples),
        receipt=(candidate.told_by, *extraction.receipt),
    )
    write_statistics(dataset, pack([sample.digest for sample in samples], statistics))
    return dataset


@dataclass(frozen=True)
class _Decoded:
    """What decoding all pictures once has shown.

    Attributes:
        samples: the usable ones.
        statistics: of each of them.
        skipped: files that were left out and aren't mentioned elsewhere.
        refused: by class label, one of its pictures that couldn't be used.
    """

    samples: list[Sample] = field(default_factory=list)
    statistics: list[ImageStatistics] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    refused: dict[int, Skipped] = field(default_factory=dict)


def _decode(
    files: Sequence[ExtractedFile],
    assignments: Sequence[Assignment],
    labels: Mapping[str, int],
    folder: Path,
    limits: ImportLimits,
    progress: Progress,
) -> _Decoded:
    """Decodes each picture once and deletes those that aren't usable or have no class."""
    decoded = _Decoded()
    verdicts = judge(files, [bool(assignment.class_name) for assignment in assignments], folder, limits)
    for file, assignment, verdict in zip(files, assignments, verdicts, strict=True):
        name = assignment.class_name
        if isinstance(verdict, Reason):
            if name or assignment.reason:
                decoded.skipped.append(Skipped(file.label, assignment.reason or verdict))
            if name:
                decoded.refused.setdefault(labels[name], decoded.skipped[-1])
            (folder / file.file_name).unlink()
        else:
            path = f"{folder.name}/{file.file_name}"
            decoded.samples.append(Sample(path, labels[name], assignment.split, file.label, file.digest, *verdict.size))
            decoded.statistics.append(verdict.statistics)
        progress.advance()
    progress.finish()
    return decoded


def _expected(
    files: Sequence[ExtractedFile], assignments: Sequence[Assignment], labels: Mapping[str, int]
) -> Iterator[Picture]:
    """Yields the possible pictures, each file counting as one: whether it is a copy or broken isn't known yet."""
    for file, assignment in zip(files, assignments, strict=True):
        if assignment.class_name:
            yield labels[assignment.class_name], file.file_name, assignment.split


def _without(
    left_out: set[int], class_names: Sequence[str], samples: list[Sample], folder: Path
) -> tuple[tuple[str, ...], list[Sample]]:
    """Returns the classes and pictures that stay, and deletes the files of the others."""
    if not left_out:
        return tuple(class_names), samples
    kept = [label for label in range(len(class_names)) if label not in left_out]
    labels = {label: number for number, label in enumerate(kept)}
    for sample in samples:
        if sample.label in left_out:
            (folder / sample.path).unlink()
    staying = [replace(sample, label=labels[sample.label]) for sample in samples if sample.label in labels]
    return tuple(class_names[label] for label in kept), staying


def judge(
    files: Sequence[ExtractedFile], is_inside: Sequence[bool], folder: Path, limits: ImportLimits
) -> Iterator[Reason | Sound]:
    """Yields, for each file in turn, its size and statistics, or the reason why it is left out."""
    pool = decoder_threads("pictures")
    try:
        paths = [folder / file.file_name for file in files]
        yield from pool.map(partial(_judge, limits=limits), paths, is_inside)
    finally:
        pool.shutdown(cancel_futures=True)


def _judge(path: Path, is_inside: bool, limits: ImportLimits) -> Reason | Sound:
    if not is_inside:
        return OUTSIDE
    try:
        picture, size = open_sized(path, limits, SIDE)
    except PictureError as error:
        return error.reason
    _flush(path)
    return Sound(size, measure(picture))


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _leaks(samples: Sequence[Sample]) -> tuple[Note, ...]:
    """Returns a note if validation or test pictures are copies of training pictures."""
    train = {sample.digest for sample in samples if sample.split == TRAIN}
    copies = sum(sample.split in (VALIDATION, TEST) and sample.digest in train for sample in samples)
    if not copies:
        return ()
    return (Note("copies_in_train", {"count": copies}),)


def _check_classes(candidate: LayoutCandidate, extraction: Extraction, name: str) -> None:
    """Refuses a source without two classes, unless it is meant to have none.

    Raises:
        AmbiguousLayout: it may be taken without labels.
        DatasetError: there is no picture, or the source is only a part of another.
    """
    class_names = candidate.class_names
    if not extraction.files:
        raise _nothing_to_read(name, extraction.skipped)
    if len(class_names) > 1 or candidate.name == UNLABELLED:
        return
    note = Note("one_class", {"name": name, "class_name": class_names[0]}) if class_names else None
    notes = [note or Note("no_folders", {"name": name})]
    if candidate.name == GIVEN_CLASSES or lone_part(name) or is_archive_piece(name):
        raise DatasetError(question_words(notes, IN_TERMINAL))
    raise AmbiguousLayout([*notes, Note("take_unlabelled")], [unlabelled(len(extraction.files))])


def _nothing_to_read(name: str, skipped: Sequence[Skipped]) -> DatasetError:
    return DatasetError(f"{name} holds no picture that can be read. {EXPECTED}{_main_reason(skipped)}")


def _main_reason(skipped: Sequence[Skipped]) -> str:
    if not skipped:
        return ""
    reason = Counter(item.reason for item in skipped).most_common(1)[0][0]
    files = "1 file was" if len(skipped) == 1 else f"{len(skipped):,} files were"
    example = next(item.name for item in skipped if item.reason == reason)
    return f" {files} skipped, such as {example}: {words.reason(reason)}."
