"""Imports in a process of their own, so that a picture that brings a decoder down doesn't bring the web server down."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace
from itertools import count
from pathlib import Path
from typing import BinaryIO

from core.datasets.archives.picture_reader import Pictures
from core.datasets.edit import Edit
from core.datasets.index import DatasetIndex
from core.datasets.layouts.layout import AmbiguousLayout, LayoutCandidate
from core.datasets.quality.audit import audit, write_audit
from core.datasets.sample import Skipped
from core.datasets.store.store import DatasetStore
from core.datasets.store.versions import make_version
from core.errors import DatasetError, Stopped
from core.processes.child import Child, Job, answer
from core.progress import OnEvent, ShouldStop, ignore_event, never_stop
from core.settings import MEGABYTE, ImportLimits, Settings

MODULE = "core.processes.dataset_jobs"


def import_in_subprocess(
    store: DatasetStore,
    source: Path | BinaryIO,
    name: str | None = None,
    on_event: OnEvent = ignore_event,
    should_stop: ShouldStop = never_stop,
    layout: str | None = None,
    label: str = "",
) -> DatasetIndex:
    """Does what `DatasetStore.import_source` does, in a process of its own.

    Args:
        store: where to import it.
        source: the archive's path, an open archive (an upload; it is streamed to disk first), or a folder.
        name: what to call it; the source's name by default.
        on_event: told of the phases `extract` (entries) and `pictures`.
        should_stop: asked a few times a second.
        layout: what tells the classes, one of `layout.LAYOUTS`; None to go by what is there.
        label: what to call the source in messages; its own name by default. For an upload that lies under another one.

    Raises:
        AmbiguousLayout: there is more than one way to tell the classes. Call again with the same source and the
            `layout` that the user chose.
        DatasetError: the source can't be used, or the process was ended by the system. Nothing is left behind.
        Stopped: `should_stop` said so. Nothing is left behind.
    """
    label = Path(label or getattr(source, "name", "") or "The archive").name
    with ExitStack() as stack:
        if not isinstance(source, Path):
            upload = stack.enter_context(store.workspace()) / "upload"
            _write(source, upload)
            source = upload
        job = {"source": str(source.absolute()), "name": name, "label": label, "layout": layout}
        return _follow(store, job, on_event, should_stop)


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
        name: what to call the data set.
        on_event: told of the phases `extract` (files) and `pictures`.
        should_stop: asked a few times a second.

    Raises:
        DatasetError: the pictures don't make a data set, or the process was ended by the system. Nothing is left
            behind.
        Stopped: `should_stop` said so. Nothing is left behind.
    """
    with _all_on_disk(store, classes) as on_disk:
        return _follow(store, {"classes": on_disk, "name": name, "label": name}, on_event, should_stop)


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
        DatasetError: the pictures can't be added, or the process was ended by the system. Nothing is left behind.
        Stopped: `should_stop` said so. Nothing is left behind.
    """
    parent = store.get(key)
    with _all_on_disk(store, {class_name: pictures}) as on_disk:
        return _follow(store, {"parent": parent.id, "classes": on_disk, "label": parent.name}, on_event, should_stop)


def make_version_in_subprocess(
    store: DatasetStore,
    dataset: DatasetIndex,
    on_event: OnEvent = ignore_event,
    should_stop: ShouldStop = never_stop,
    further: Sequence[Edit] = (),
) -> DatasetIndex:
    """Does what `versions.make_version` does, in a process of its own: it keeps a processor busy where there are many.

    Args:
        store: where data sets are.
        dataset: the data set.
        on_event: told of the phases `version` and `audit` (pictures).
        should_stop: asked a few times a second.
        further: what to change after what was decided about the pictures.

    Raises:
        DatasetError: as `make_version` does, or the process was ended by the system. The decisions stay.
        Stopped: `should_stop` said so. The decisions stay, nothing else is left behind.
    """
    job = {
        "version_of": dataset.id,
        "further": [asdict(edit) for edit in further],
        "label": f"a version of {dataset.name}",
    }
    return _follow(store, job, on_event, should_stop)


def audit_in_subprocess(
    store: DatasetStore, dataset: DatasetIndex, on_event: OnEvent = ignore_event, should_stop: ShouldStop = never_stop
) -> None:
    """Looks a data set over that was imported before there were audits, in a process of its own, and writes the audit.

    Args:
        store: where the data set is.
        dataset: the data set.
        on_event: told of the phase `audit` (pictures).
        should_stop: asked a few times a second.

    Raises:
        DatasetError: the data set is gone, or the process was ended by the system.
        Stopped: `should_stop` said so.
    """
    _follow(store, {"audit_of": dataset.id, "label": dataset.name}, on_event, should_stop)


@contextmanager
def _all_on_disk(store: DatasetStore, classes: Mapping[str, Pictures]) -> Iterator[dict[str, list[tuple[str, str]]]]:
    """Yields the name and the path of each picture, for as long as the block lasts."""
    with store.workspace() as workspace:
        numbers = count()
        yield {
            class_name: [(own, str(_on_disk(file, workspace / str(next(numbers))))) for own, file in pictures]
            for class_name, pictures in classes.items()
        }


def _follow(store: DatasetStore, job: Job, on_event: OnEvent, should_stop: ShouldStop) -> DatasetIndex:
    """Has a job done and returns what it imported."""
    settings = store.settings
    job |= {"home": str(settings.home), "limits": asdict(settings.import_limits)}
    outcome = Child(MODULE, job).follow(on_event, should_stop)
    if "died" in outcome:
        store.sweep()
        raise DatasetError(
            f"The import of {job['label']} was ended by the system, most likely for lack of memory. Nothing of it was "
            "kept. Close other programs, or leave the largest pictures out."
        )
    if "candidates" in outcome:
        raise AmbiguousLayout(outcome["question"], [_candidate(values) for values in outcome["candidates"]])
    if "error" in outcome:
        raise DatasetError(outcome["error"])
    if "id" not in outcome:
        store.sweep()
        raise Stopped
    # As this import has it: where the pictures were here before, the record says nothing of what happened now.
    return replace(
        store.get(outcome["id"]),
        skipped=tuple(Skipped(**item) for item in outcome["skipped"]),
        num_ignored=outcome["num_ignored"],
        notes=tuple(outcome["notes"]),
    )


def _candidate(values: Job) -> LayoutCandidate:
    return LayoutCandidate(
        values["name"],
        values["description"],
        tuple(values["class_names"]),
        tuple(values["counts"]),
        notes=tuple(values["notes"]),
    )


def _edit(values: Job) -> Edit:
    return Edit(values["kind"], tuple(values["paths"]), tuple(values["class_names"]), values["number"])


def _on_disk(file: Path | BinaryIO, path: Path) -> Path:
    if isinstance(file, Path):
        return file.absolute()
    _write(file, path)
    return path


def _write(source: BinaryIO, path: Path) -> None:
    source.seek(0)
    with path.open("xb") as file:
        shutil.copyfileobj(source, file, MEGABYTE)


def _import(job: Job, on_event: OnEvent, should_stop: ShouldStop) -> Job:
    """Does, in the child, the import that the parent asks for."""
    store = DatasetStore(Settings(home=Path(job["home"]), import_limits=ImportLimits(**job["limits"])))
    try:
        dataset = _import_into(store, job, on_event, should_stop)
    except AmbiguousLayout as question:
        candidates = [asdict(replace(candidate, assignments=())) for candidate in question.candidates]
        return {"question": str(question), "candidates": candidates}
    return {
        "id": dataset.id,
        "skipped": [asdict(item) for item in dataset.skipped],
        "num_ignored": dataset.num_ignored,
        "notes": dataset.notes,
    }


def _import_into(store: DatasetStore, job: Job, on_event: OnEvent, should_stop: ShouldStop) -> DatasetIndex:
    if "audit_of" in job:
        dataset = store.get(job["audit_of"])
        write_audit(dataset, audit(dataset, on_event, should_stop))
        return dataset
    if "version_of" in job:
        further = [_edit(values) for values in job["further"]]
        return make_version(store, store.get(job["version_of"]), None, on_event, should_stop, further)
    if "classes" in job:
        classes = {name: [(own, Path(path)) for own, path in files] for name, files in job["classes"].items()}
        if "parent" in job:
            ((class_name, pictures),) = classes.items()
            return store.add_pictures(job["parent"], class_name, pictures, on_event, should_stop)
        return store.import_pictures(classes, job["name"], on_event, should_stop)
    return store.import_source(
        Path(job["source"]), job["name"], on_event, should_stop, job["label"], layout=job["layout"]
    )


if __name__ == "__main__":
    answer(_import)
