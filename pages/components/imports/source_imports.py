"""Imports of folders and archives that can be read in more than one way. No Streamlit calls."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from core.datasets.index import DatasetIndex
from core.datasets.layouts.layout import AmbiguousLayout
from core.datasets.layouts.options import AS_FOUND, ReadingOptions
from core.datasets.store.store import DatasetStore
from core.errors import DatasetError
from core.processes.dataset_jobs import import_in_subprocess
from core.progress import OnEvent, ShouldStop
from pages.components.background.jobs import Work


class UndecidedImport(AmbiguousLayout):
    """A source that can be read in more than one way.

    Attributes:
        candidates: the ways, the most likely first.
        source: the import, to be repeated with the options that the user chooses or to be discarded.
        replaced: id of the data set that was made from the source before; empty at first.
    """

    def __init__(self, question: AmbiguousLayout, source: "SourceImport", replaced: str) -> None:
        super().__init__(question.notes, question.candidates, question.columns)
        self.source = source
        self.replaced = replaced


class SourceImport:
    """The import of a folder or archive on the server.

    Args:
        store: where to import it.
        path: where it is; None if it has yet to arrive.
        label: its name in messages; the file's name by default.
        keep: called with the id of the data set and this import once it is done, so that the source can be read in
            another way. It is released by default.
        may_replace: tells whether the data set with an id may be deleted once the source has been read in another way.
    """

    def __init__(
        self,
        store: DatasetStore,
        path: Path | None,
        label: str = "",
        keep: "Callable[[str, SourceImport], None] | None" = None,
        may_replace: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._store = store
        self._path = path
        self._label = label
        self._keep = keep
        self._may_replace = may_replace

    @property
    def label(self) -> str:
        """Its name in messages."""
        return self._label or (self._path.name if self._path else "")

    def work(self, options: ReadingOptions = AS_FOUND, replaced: str = "") -> Work[DatasetIndex]:
        """Returns the work of a job that imports it.

        Args:
            options: the user's decisions about how to read it.
            replaced: id of the data set that was made from it before and is deleted afterwards, unless it is needed or
                is the result again.
        """

        def do(on_event: OnEvent, should_stop: ShouldStop) -> DatasetIndex:
            try:
                path = self._arrived(on_event, should_stop)
                dataset = import_in_subprocess(self._store, path, None, on_event, should_stop, options, self._label)
            except AmbiguousLayout as question:
                self._keep_for_now()
                raise UndecidedImport(question, self, replaced) from question
            except BaseException:
                if replaced:
                    self._keep_for_now()  # the data set exists, and its source may still be read in another way
                else:
                    self.discard()
                raise
            dataset = self._replace(replaced, dataset)
            if self._keep is None:
                self.discard()
            else:
                self._keep_imported()
                self._keep(dataset.id, self)
            return dataset

        return do

    def _replace(self, replaced: str, dataset: DatasetIndex) -> DatasetIndex:
        """Deletes the data set from the earlier reading, and returns the new one under its name."""
        if replaced and replaced != dataset.id and self._may_replace(replaced):
            with suppress(DatasetError):  # somebody else has deleted it, or has just started to use it
                name = self._store.get(replaced).name
                self._store.delete(replaced)
                return replace(dataset, name=self._store.rename(dataset.id, name).name)
        return dataset

    def is_there(self) -> bool:
        """Whether the source can still be read."""
        return self._path is not None and self._path.exists()

    def discard(self) -> None:
        """Releases the source, which won't be imported again. Files on the server stay: they aren't ours."""

    def _arrived(self, on_event: OnEvent, should_stop: ShouldStop) -> Path:
        """Waits for the source to arrive and returns where it is."""
        if self._path is None:
            raise ValueError("a source that never comes")
        return self._path

    def _keep_imported(self) -> None:
        """Keeps the source of an imported data set, in case its labels turn out to be wrong."""
        self._keep_for_now()

    def _keep_for_now(self) -> None:
        """Keeps the source as long as it may be read in another way."""
