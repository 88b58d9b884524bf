"""Imports in a process of their own, so that a picture that brings a decoder down doesn't bring the web server down."""

import shutil
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from typing import BinaryIO

from core.datasets.child import Child, Job, answer
from core.datasets.index import DatasetIndex, Skipped
from core.datasets.store import DatasetStore
from core.errors import DatasetError, Stopped
from core.events import OnEvent, ShouldStop, ignore_event, never_stop
from core.settings import MEGABYTE, ImportLimits, Settings

MODULE = "core.datasets.isolation"


def import_apart(
    store: DatasetStore,
    source: Path | BinaryIO,
    name: str | None = None,
    on_event: OnEvent = ignore_event,
    should_stop: ShouldStop = never_stop,
) -> DatasetIndex:
    """Does what `DatasetStore.import_source` does, in a process of its own.

    Args:
        store: where to import it.
        source: the archive's path, an open archive (an upload; it is streamed to disk first), or a folder.
        name: what to call it; the source's name by default.
        on_event: told of the phases `extract` (entries) and `pictures`.
        should_stop: asked a few times a second.

    Raises:
        DatasetError: the source can't be used, or the process was ended by the system. Nothing is left behind.
        Stopped: `should_stop` said so. Nothing is left behind.
    """
    label = Path(getattr(source, "name", "") or "The archive").name
    settings = store.settings
    with ExitStack() as stack:
        if not isinstance(source, Path):
            upload = stack.enter_context(store.workspace()) / "upload"
            _write(source, upload)
            source = upload
        job = {"source": str(source.absolute()), "name": name, "label": label}
        job |= {"home": str(settings.home), "limits": asdict(settings.import_limits)}
        outcome = Child(MODULE, job).follow(on_event, should_stop)
    if "died" in outcome:
        store.sweep()
        raise DatasetError(
            f"The import of {label} was ended by the system, most likely for lack of memory. Nothing of it was kept. "
            "Close other programs, or leave the largest pictures out."
        )
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


def _write(source: BinaryIO, path: Path) -> None:
    source.seek(0)
    with path.open("xb") as file:
        shutil.copyfileobj(source, file, MEGABYTE)


def _import(job: Job, on_event: OnEvent, should_stop: ShouldStop) -> Job:
    """Does, in the child, the import that the parent asks for."""
    store = DatasetStore(Settings(home=Path(job["home"]), import_limits=ImportLimits(**job["limits"])))
    index = store.import_source(Path(job["source"]), job["name"], on_event, should_stop, job["label"])
    return {
        "id": index.id,
        "skipped": [asdict(item) for item in index.skipped],
        "num_ignored": index.num_ignored,
        "notes": index.notes,
    }


if __name__ == "__main__":
    answer(_import)
