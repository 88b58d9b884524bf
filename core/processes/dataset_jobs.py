"""Jobs on data sets in processes of their own, so that a picture that crashes a decoder can't crash the web server."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import BinaryIO

from core.datasets.archives.picture_reader import Pictures
from core.datasets.edit import Edit
from core.datasets.index import DatasetIndex
from core.datasets.layouts.layout import AmbiguousLayout
from core.datasets.layouts.options import AS_FOUND, ReadingOptions
from core.datasets.quality.audit import audit, write_audit
from core.datasets.store.samples import SAMPLES, import_sample
from core.datasets.store.store import DatasetStore
from core.datasets.store.versions import make_version
from core.errors import DatasetError, Stopped
from core.processes.actions import (
    AddPictures,
    AuditDataset,
    Files,
    Imported,
    ImportPictures,
    ImportSample,
    ImportSource,
    LayoutQuestion,
    MakeVersion,
)
from core.processes.connection import ProcessEnded, ask_once
from core.processes.server import Handlers, serve
from core.progress import OnEvent, ShouldStop, ignore_event, never_stop
from core.settings import MEGABYTE, Settings

MODULE = "core.processes.dataset_jobs"
NOTHING_KEPT = "Nothing of it was kept. Close other programs, or leave out the largest pictures."


def import_in_subprocess(
    store: DatasetStore,
    source: Path | BinaryIO,
    name: str | None = None,
    on_event: OnEvent = ignore_event,
    should_stop: ShouldStop = never_stop,
    options: ReadingOptions = AS_FOUND,
    label: str = "",
) -> DatasetIndex:
    """Does what `DatasetStore.import_source` does, in a process of its own.

    Args:
        store: where to import it.
        source: the archive's path, an open archive (an upload; it is streamed to disk first), or a folder.
        name: name of the data set; the source's name by default.
        on_event: told of the phases `extract` (entries) and `pictures`.
        should_stop: asked a few times a second.
        options: what the user has decided about how to read it.
        label: name of the source in messages, for an upload stored under another name; its own name by default.

    Raises:
        AmbiguousLayout: the classes can be read in more than one way. Call again with the same source and the
            `options` of the candidate that the user chose.
        DatasetError: the source can't be used, or the process was killed. Nothing is left behind.
        Stopped: `should_stop` said so. Nothing is left behind.
    """
    label = Path(label or getattr(source, "name", "") or "The archive").name
    with ExitStack() as stack:
        if not isinstance(source, Path):
            upload = stack.enter_context(store.workspace()) / "upload"
            _write(source, upload)
            source = upload
        action = ImportSource(source.absolute(), name, label, options)
        return _follow(store, action, f"The import of {label}", on_event, should_stop)


def import_sample_in_subprocess(
    store: DatasetStore, name: str, on_event: OnEvent = ignore_event, should_stop: ShouldStop = never_stop
) -> DatasetIndex:
    """Does what `samples.import_sample` does, in a process of its own.

    Args:
        store: where to import it.
        name: key in `SAMPLES`.
        on_event: told of the phases `download` (bytes), `extract`, `pictures` and `audit`.
        should_stop: asked a few times a second.

    Raises:
        DatasetError: there is no such sample, it couldn't be downloaded, or the process was killed. Nothing is left
            behind.
        Stopped: `should_stop` said so. Nothing is left behind.
    """
    label = SAMPLES[name].label if name in SAMPLES else name
    return _follow(store, ImportSample(name), f"The import of {label}", on_event, should_stop)


def import_pictures_in_subprocess(
    store: DatasetStore,
    classes: Mapping[str, Pictures],
    name: str,
    on_event: OnEvent = ignore_event,
    should_stop: ShouldStop = never_stop,
) -> DatasetIndex:
    """Does what `DatasetStore.import_pictures` does, in a process of its own.

    Args:
        store: where to import them.
        classes: for each class, the name and the file of each picture. Open ones are written to disk first.
        name: name of the data set.
        on_event: told of the phases `extract` (files) and `pictures`.
        should_stop: asked a few times a second.

    Raises:
        DatasetError: the pictures don't make a data set, or the process was killed. Nothing is left behind.
        Stopped: `should_stop` said so. Nothing is left behind.
    """
    with _all_on_disk(store, classes) as on_disk:
        return _follow(store, ImportPictures(on_disk, name), f"The import of {name}", on_event, should_stop)


def add_pictures_in_subprocess(
    store: DatasetStore,
    key: str,
    class_name: str,
    pictures: Pictures,
    on_event: OnEvent = ignore_event,
    should_stop: ShouldStop = never_stop,
) -> DatasetIndex:
    """Does what `DatasetStore.add_pictures` does, in a process of its own.

    Args:
        store: where the data set is.
        key: id or name of the data set.
        class_name: one of its classes, or a new one.
        pictures: the name and the file of each picture. Open ones are written to disk first.
        on_event: told of the phases `extract` (files), `pictures` and `version` (pictures).
        should_stop: asked a few times a second.

    Raises:
        DatasetError: the pictures can't be added, or the process was killed. Nothing is left behind.
        Stopped: `should_stop` said so. Nothing is left behind.
    """
    parent = store.get(key)
    with _all_on_disk(store, {class_name: pictures}) as on_disk:
        action = AddPictures(parent.id, class_name, on_disk[class_name])
        return _follow(store, action, f"Adding pictures to {parent.name}", on_event, should_stop)


def make_version_in_subprocess(
    store: DatasetStore,
    dataset: DatasetIndex,
    on_event: OnEvent = ignore_event,
    should_stop: ShouldStop = never_stop,
    further: Sequence[Edit] = (),
) -> DatasetIndex:
    """Does what `versions.make_version` does, in a process of its own, because many pictures keep a processor busy.

    Args:
        store: where data sets are.
        dataset: the data set.
        on_event: told of the phases `version` and `audit` (pictures).
        should_stop: asked a few times a second.
        further: changes to apply after the decisions about pictures.

    Raises:
        DatasetError: as in `make_version`, or the process was killed. The decisions stay.
        Stopped: `should_stop` said so. The decisions stay, nothing else is left behind.
    """
    action = MakeVersion(dataset.id, tuple(further))
    advice = "No version was made, and your decisions are still there. Close other programs and try again."
    return _follow(store, action, f"Making a version of {dataset.name}", on_event, should_stop, advice)


def audit_in_subprocess(
    store: DatasetStore, dataset: DatasetIndex, on_event: OnEvent = ignore_event, should_stop: ShouldStop = never_stop
) -> None:
    """Audits a data set imported by a version that had no audits, in a process of its own, and stores the result.

    Args:
        store: where the data set is.
        dataset: the data set.
        on_event: told of the phase `audit` (pictures).
        should_stop: asked a few times a second.

    Raises:
        DatasetError: the data set is gone, or the process was killed.
        Stopped: `should_stop` said so.
    """
    advice = "Close other programs and start it again."
    _follow(store, AuditDataset(dataset.id), f"Checking {dataset.name}", on_event, should_stop, advice)


@contextmanager
def _all_on_disk(store: DatasetStore, classes: Mapping[str, Pictures]) -> Iterator[dict[str, Files]]:
    """Yields the name and path of each picture; open files are on disk while the block lasts."""
    with store.workspace() as workspace:
        numbers = count()
        yield {
            class_name: tuple((own, _on_disk(file, workspace / str(next(numbers)))) for own, file in pictures)
            for class_name, pictures in classes.items()
        }


def _follow(
    store: DatasetStore,
    action: object,
    work: str,
    on_event: OnEvent,
    should_stop: ShouldStop,
    advice: str = NOTHING_KEPT,
) -> DatasetIndex:
    """Has an action done and returns the resulting data set.

    Args:
        store: where data sets are.
        action: what to do.
        work: name of the job in the error if the process dies.
        on_event: told of its progress.
        should_stop: asked a few times a second.
        advice: what to do if the process dies.
    """
    try:
        outcome = ask_once(MODULE, store.settings, DatasetError, action, on_event, should_stop)
    except ProcessEnded as ended:
        store.sweep()
        raise DatasetError(f"{work} was killed by the system, most likely because memory ran out. {advice}") from ended
    except Stopped:
        store.sweep()
        raise
    if isinstance(outcome, LayoutQuestion):
        raise AmbiguousLayout(outcome.notes, outcome.candidates, outcome.columns)
    # From this import: if the data set existed already, its record says nothing about what was left out now.
    return replace(
        store.get(outcome.dataset_id),
        skipped=outcome.skipped,
        num_ignored=outcome.num_ignored,
        notes=outcome.notes,
    )


def _on_disk(file: Path | BinaryIO, path: Path) -> Path:
    if isinstance(file, Path):
        return file.absolute()
    _write(file, path)
    return path.absolute()


def _write(source: BinaryIO, path: Path) -> None:
    source.seek(0)
    with path.open("xb") as file:
        shutil.copyfileobj(source, file, MEGABYTE)


class DatasetActions:
    """What the child process does with data sets.

    Args:
        store: where they are.
    """

    def __init__(self, store: DatasetStore) -> None:
        self._store = store

    def import_source(
        self, action: ImportSource, on_event: OnEvent, should_stop: ShouldStop
    ) -> Imported | LayoutQuestion:
        """Imports an archive or a folder, or asks which layout is meant."""
        try:
            return _imported(
                self._store.import_source(
                    action.source, action.name, on_event, should_stop, action.label, options=action.options
                )
            )
        except AmbiguousLayout as question:
            return LayoutQuestion(
                question.notes,
                tuple(replace(candidate, assignments=()) for candidate in question.candidates),
                question.columns,
            )

    def import_pictures(self, action: ImportPictures, on_event: OnEvent, should_stop: ShouldStop) -> Imported:
        """Imports pictures that are already sorted into classes."""
        return _imported(self._store.import_pictures(action.classes, action.name, on_event, should_stop))

    def import_sample(self, action: ImportSample, on_event: OnEvent, should_stop: ShouldStop) -> Imported:
        """Makes or downloads a sample and imports it."""
        return _imported(import_sample(self._store, action.name, on_event, should_stop))

    def add_pictures(self, action: AddPictures, on_event: OnEvent, should_stop: ShouldStop) -> Imported:
        """Makes a version with added pictures."""
        return _imported(
            self._store.add_pictures(action.dataset_id, action.class_name, action.pictures, on_event, should_stop)
        )

    def make_version(self, action: MakeVersion, on_event: OnEvent, should_stop: ShouldStop) -> Imported:
        """Makes a version from the decisions."""
        dataset = self._store.get(action.dataset_id)
        return _imported(make_version(self._store, dataset, None, on_event, should_stop, action.further))

    def audit(self, action: AuditDataset, on_event: OnEvent, should_stop: ShouldStop) -> Imported:
        """Audits a data set and stores the result with it."""
        dataset = self._store.get(action.dataset_id)
        write_audit(dataset, audit(dataset, on_event, should_stop))
        return _imported(dataset)


def _imported(dataset: DatasetIndex) -> Imported:
    return Imported(dataset.id, tuple(dataset.skipped), dataset.num_ignored, tuple(dataset.notes))


def handlers_for(settings: Settings) -> Handlers:
    """Returns the handlers of this process's actions."""
    actions = DatasetActions(DatasetStore(settings))
    return {
        ImportSource: actions.import_source,
        ImportPictures: actions.import_pictures,
        ImportSample: actions.import_sample,
        AddPictures: actions.add_pictures,
        MakeVersion: actions.make_version,
        AuditDataset: actions.audit,
    }


if __name__ == "__main__":
    serve(handlers_for)
