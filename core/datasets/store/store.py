"""The data sets of this machine: import, change, list, rename, delete.

An import is built in a private folder beside the finished ones and renamed into place when it is complete, so a data
set is either there or not. Folders left behind by killed imports are removed by the next one.
"""

import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from core.datasets.archives.archive import extract, extract_members
from core.datasets.archives.parts import TOGETHER, download_name, parts_beside, told_of_parts
from core.datasets.archives.picture_reader import Pictures, picture_members
from core.datasets.edit import Edit
from core.datasets.index import DatasetIndex
from core.datasets.layouts.layout import GIVEN_CLASSES
from core.datasets.layouts.options import AS_FOUND, ReadingOptions
from core.datasets.names import escape_label
from core.datasets.quality.audit import examine
from core.datasets.splits import check_share
from core.datasets.store.additions import add_to
from core.datasets.store.damaged import PICTURES_FOLDER, DamagedDataset, find_damaged
from core.datasets.store.dataset_names import clean_name, free_name, version_name, without_suffix
from core.datasets.store.manifest import MANIFEST_NAME, OTHER_VERSION, ManifestError, read_manifest, write_manifest
from core.datasets.store.verification import build_index
from core.datasets.store.workspaces import Workspaces
from core.datasets.versions.derived import rehomed_children, take_over, without_circle
from core.datasets.versions.edits import apply_edits
from core.errors import DatasetError
from core.files import durable
from core.progress import OnEvent, ShouldStop, ignore_event, never_stop
from core.settings import Settings
from core.wording.coded import Note
from core.wording.damaged_datasets import damaged_dataset

GIVEN = ReadingOptions(layout=GIVEN_CLASSES)


class DatasetStore:
    """The data sets in the data home. Safe to use from several threads and processes at once.

    Args:
        settings: their folder, and the limits on imports.
        run_using: returns the name of a run that needs the data set with this id, which is then not deleted; empty if
            none does. `core.runs.queue.dataset_store` makes a store with such a function.
    """

    def __init__(self, settings: Settings, run_using: Callable[[str], str] = lambda _: "") -> None:
        self.settings = settings
        self._run_using = run_using
        self._folder = settings.datasets
        self._limits = settings.import_limits
        self._workspaces = Workspaces(settings.datasets)

    def list(self) -> list[DatasetIndex]:
        """Returns all data sets, newest first, without those that `damaged` returns."""
        found = []
        for record in self._folder.glob(f"[!.]*/{MANIFEST_NAME}"):
            with suppress(DatasetError):
                dataset = read_manifest(record.parent)
                if dataset.id == record.parent.name:
                    found.append(dataset)
        return sorted(found, key=lambda dataset: dataset.created, reverse=True)

    def damaged(self) -> Sequence[DamagedDataset]:
        """Returns the data sets whose record can't be used."""
        return find_damaged(self._folder)

    def get(self, key: str) -> DatasetIndex:
        """Returns a data set by its id, its name, or the beginning of its id if no other begins so.

        Raises:
            DatasetError: there is none, or more than one.
        """
        every = self.list()
        exact = [dataset for dataset in every if key in (dataset.id, dataset.name)]
        found = exact or [dataset for dataset in every if key and dataset.id.startswith(key)]
        if len(found) == 1:
            return found[0]
        if found:
            choices = ", ".join(dataset.id for dataset in found)
            raise DatasetError(f"{key!r} fits more than one data set: {choices}. Give more of the id.")
        if broken := self._damaged(key):
            raise DatasetError(damaged_dataset(broken))
        have = ", ".join(f"{dataset.name} ({dataset.id})" for dataset in every[:10]) or "none yet, import one first"
        unusable = ", ".join(broken.id for broken in self.damaged())
        raise DatasetError(
            f"There is no data set {key!r}. Data sets here: {have}."
            + (f" Their records are damaged: {unusable}." if unusable else "")
        )

    def rename(self, key: str, name: str) -> DatasetIndex:
        """Renames a data set.

        Raises:
            DatasetError: there is no such data set, or the name is empty or taken.
        """
        with self._explained(key, "renamed in"), self._workspaces.locked():
            dataset = self.get(key)
            name = clean_name(name)
            if any(other.name == name for other in self.list() if other.id != dataset.id):
                raise DatasetError(f"There is a data set called {name} already. Choose another name.")
            return self._rewrite(replace(dataset, name=name))

    def set_validation_split(self, key: str, share: float) -> DatasetIndex:
        """Sets the share of pictures to hold out if the data set has no validation folder.

        Raises:
            DatasetError: there is no such data set, or the share is out of range.
        """
        with self._explained(key, "changed in"), self._workspaces.locked():
            return self._rewrite(replace(self.get(key), validation_split=check_share(share)))

    def delete(self, key: str) -> DatasetIndex | DamagedDataset:
        """Deletes a data set and its pictures. Versions of it stay, and become versions of its own parent.

        Returns:
            What was deleted.

        Raises:
            DatasetError: there is no such data set, a queued or running run needs it, or the disk refuses.
        """
        with self._explained(key, "deleted from"), self._workspaces.locked():
            broken = self._damaged(key)
            if broken:
                self._check_unused(broken.id, broken.id)
                trashed = self._workspaces.move_to_trash(broken.folder)
            else:
                dataset = self.get(key)
                self._check_unused(dataset.id, dataset.name)
                for child in rehomed_children(dataset, self.list()):
                    self._rewrite(child)
                trashed = self._workspaces.move_to_trash(dataset.folder)
        shutil.rmtree(trashed, ignore_errors=True)
        return broken or dataset

    def import_source(
        self,
        source: Path | BinaryIO,
        name: str | None = None,
        on_event: OnEvent = ignore_event,
        should_stop: ShouldStop = never_stop,
        label: str = "",
        options: ReadingOptions = AS_FOUND,
    ) -> DatasetIndex:
        """Imports a zip, a tar (gzipped or not) or a folder of pictures.

        Content that exists already is not imported again: the data set that has it is returned.

        Args:
            source: the archive's path, an open archive (an upload; it is streamed to disk), or a folder. Parts of a
                download that lie beside each other are read together.
            name: its name; the source's name by default. A number is added if the name is taken.
            on_event: told of the phases `extract` (entries), `pictures` and `audit`.
            should_stop: asked a few times a second.
            label: name of the source in messages; its own name by default.
            options: what the user has decided about how to read it.

        Raises:
            AmbiguousLayout: the classes can be read in more than one way. Nothing is left behind.
            DatasetError: the source or the disk can't be used. Nothing is left behind.
            Stopped: `should_stop` said so. Nothing is left behind.
        """
        source = Path(source) if isinstance(source, str | os.PathLike) else source
        label = escape_label(Path(label or getattr(source, "name", "") or "The archive").name)
        is_alone = not isinstance(source, Path) or len(parts_beside(source)) == 1
        title = clean_name(name if name is not None else without_suffix(label))
        with self._explained(label), told_of_parts(label, is_alone), self.workspace() as workspace:
            pictures = workspace / PICTURES_FOLDER
            pictures.mkdir()
            extraction = extract(source, pictures, label, self._limits, on_event, should_stop, options.encoding)
            if name is None and any(note.code == TOGETHER for note in extraction.notes):
                title = clean_name(download_name(label))
            dataset = build_index(extraction, pictures, label, self._limits, on_event, should_stop, options)
            return self._publish(examine(replace(dataset, name=title), on_event, should_stop))

    def import_pictures(
        self,
        classes: Mapping[str, Pictures],
        name: str,
        on_event: OnEvent = ignore_event,
        should_stop: ShouldStop = never_stop,
    ) -> DatasetIndex:
        """Imports pictures that were sorted into classes by hand.

        Args:
            classes: for each class, the name and the file of each picture. Two with the same name are both kept.
            name: name of the data set. A number is added if the name is taken.
            on_event: told of the phases `extract` (files), `pictures` and `audit`.
            should_stop: asked a few times a second.

        Raises:
            DatasetError: the pictures don't make a data set, a class's name can't be used, or the disk refuses.
                Nothing is left behind.
            Stopped: `should_stop` said so. Nothing is left behind.
        """
        label = clean_name(name)
        members = picture_members(classes)
        with self._explained(label), self.workspace() as workspace:
            pictures = workspace / PICTURES_FOLDER
            pictures.mkdir()
            extraction = extract_members(members, 0, pictures, label, self._limits, on_event, should_stop)
            dataset = build_index(extraction, pictures, label, self._limits, on_event, should_stop, GIVEN)
            return self._publish(examine(replace(dataset, name=label), on_event, should_stop))

    def derive(
        self,
        key: str,
        edits: Sequence[Edit],
        name: str | None = None,
        on_event: OnEvent = ignore_event,
        should_stop: ShouldStop = never_stop,
    ) -> DatasetIndex:
        """Makes a version of a data set. The data set stays as it is.

        Content that exists already isn't made again: the data set that has it is returned, with a note.

        Args:
            key: id or name of the data set.
            edits: what to change, one after the other.
            name: name of the version; "Pets, version 2" by default. A number is added if the name is taken.
            on_event: told of the phases `version` and `audit` (pictures).
            should_stop: asked a few times a second.

        Raises:
            DatasetError: there is no such data set, it can't be changed like this, or the disk refuses. Nothing is left
                behind.
            Stopped: `should_stop` said so. Nothing is left behind.
        """
        parent = self.get(key)
        version = replace(apply_edits(parent, edits), name=self._version_name(parent, name))
        if known := self._here(version.id):
            return _already_here(known, version)
        with self._explained(f"A version of {parent.name}", "written to"), self.workspace() as workspace:
            take_over(parent, version.samples, workspace, self._limits.free_disk_bytes, on_event, should_stop)
            return self._publish(examine(replace(version, folder=workspace), on_event, should_stop))

    def add_pictures(
        self,
        key: str,
        class_name: str,
        pictures: Pictures,
        on_event: OnEvent = ignore_event,
        should_stop: ShouldStop = never_stop,
    ) -> DatasetIndex:
        """Makes a version of a data set with pictures added to a class; training pictures, if it has splits.

        Args:
            key: id or name of the data set.
            class_name: one of its classes, or a new one.
            pictures: the name and the file of each picture. Those that can't be read are listed as skipped, and those
                that are there already are mentioned in a note.
            on_event: told of the phases `extract` (files), `pictures`, `version` and `audit` (pictures).
            should_stop: asked a few times a second.

        Raises:
            DatasetError: there is no such data set, the class name is invalid, no picture can be added, or the disk
                refuses. Nothing is left behind.
            Stopped: `should_stop` said so. Nothing is left behind.
        """
        parent = self.get(key)
        with self._explained(f"A version of {parent.name}", "written to"), self.workspace() as workspace:
            version = add_to(parent, class_name, pictures, workspace, self._limits, on_event, should_stop)
            take_over(parent, parent.samples, workspace, self._limits.free_disk_bytes, on_event, should_stop)
            version = replace(version, name=self._version_name(parent, None), folder=workspace)
            return self._publish(examine(version, on_event, should_stop))

    def _version_name(self, parent: DatasetIndex, name: str | None) -> str:
        return clean_name(name) if name else version_name(parent.name, [dataset.name for dataset in self.list()])

    @contextmanager
    def _explained(self, label: str, what: str = "imported into") -> Iterator[None]:
        """Turns disk errors into a `DatasetError`."""
        try:
            yield
        except OSError as error:
            why = "the disk is full" if durable.is_full(error) else f"its folder can't be written ({error.strerror})"
            raise DatasetError(
                f"{label} could not be {what} {self._folder}: {why}. Fix that, or set TRANSFER_STUDIO_HOME to another "
                "folder."
            ) from error

    def workspace(self) -> AbstractContextManager[Path]:
        """Yields a private folder on the disk of the data sets, removed afterwards; see `Workspaces.one`."""
        return self._workspaces.one()

    def let_go(self) -> None:
        """Removes the private folders that are still in use, before this process ends."""
        self._workspaces.let_go()

    def sweep(self) -> None:
        """Removes what killed imports and deletions left behind; see `Workspaces.sweep`."""
        self._workspaces.sweep()

    def _publish(self, dataset: DatasetIndex) -> DatasetIndex:
        """Renames a finished import into place."""
        target = self._folder / dataset.id
        with self._workspaces.locked():
            if known := self._here(dataset.id):
                if dataset.receipt not in ((), known.receipt):
                    # The receipt is the one of the latest import: that is what a person has before them.
                    known = self._rewrite(replace(known, receipt=dataset.receipt))
                return _already_here(known, dataset)
            every = self.list()
            name = free_name(dataset.name, [other.name for other in every])
            dataset = replace(without_circle(dataset, every), name=name, created=time.time())
            write_manifest(dataset)
            if target.exists():
                # It is damaged, and its content has just been imported again.
                shutil.rmtree(self._workspaces.move_to_trash(target), ignore_errors=True)
            dataset.folder.rename(target)
            durable.sync(self._folder)
        return read_manifest(target)

    def _damaged(self, key: str) -> DamagedDataset | None:
        """Returns the damaged data set with this id or unique beginning of an id, unless an intact one is meant."""
        found = [broken for broken in self.damaged() if key and broken.id.startswith(key)]
        exact = [broken for broken in found if broken.id == key]
        if not exact and any(key == dataset.name or dataset.id.startswith(key) for dataset in self.list()):
            return None
        return next(iter(exact), found[0] if len(found) == 1 else None)

    def _here(self, dataset_id: str) -> DatasetIndex | None:
        """Returns the data set with that id; None if there is none, or its record is damaged.

        Raises:
            DatasetError: it was made by another version of the studio.
        """
        try:
            return read_manifest(self._folder / dataset_id)
        except ManifestError as error:
            if error.reason == OTHER_VERSION:
                raise
            return None

    def _check_unused(self, dataset_id: str, name: str) -> None:
        if run := self._run_using(dataset_id):
            raise DatasetError(f"{name} can't be deleted: the run {run} is using it. Wait for its end, or stop it.")

    def _rewrite(self, dataset: DatasetIndex) -> DatasetIndex:
        write_manifest(dataset)
        return read_manifest(dataset.folder)


def _already_here(known: DatasetIndex, imported: DatasetIndex) -> DatasetIndex:
    """Returns the existing data set, with what this import left out and a note that nothing was added."""
    code = "same_version" if imported.parent else "already_here"
    note = Note(code, {"count": len(known.samples), "name": known.name})
    return replace(known, skipped=imported.skipped, num_ignored=imported.num_ignored, notes=(note, *imported.notes))
