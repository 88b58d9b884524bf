"""Imports of folders and archives that can be read in more than one way. No Streamlit calls."""

from pathlib import Path

from core.datasets.index import DatasetIndex
from core.datasets.layouts.layout import AmbiguousLayout
from core.datasets.store.store import DatasetStore
from core.processes.dataset_jobs import import_in_subprocess
from core.progress import OnEvent, ShouldStop
from pages.components.shell.jobs import Work


class UndecidedImport(AmbiguousLayout):
    """A source that can be read in more than one way.

    Attributes:
        candidates: the ways, the most likely first.
        source: the import, to be repeated with the layout that the user chooses or to be discarded.
    """

    def __init__(self, question: AmbiguousLayout, source: "SourceImport") -> None:
        super().__init__(str(question), question.candidates)
        self.source = source


class SourceImport:
    """The import of a folder or archive on the server.

    Args:
        store: where to import it.
        path: where it is; None if it is still to arrive.
        label: its name in messages; the file's name by default.
    """

    def __init__(self, store: DatasetStore, path: Path | None, label: str = "") -> None:
        self._store = store
        self._path = path
        self._label = label

    def work(self, layout: str | None = None) -> Work[DatasetIndex]:
        """Returns the work of a job that imports it.

        Args:
            layout: what the classes come from, as chosen by the user; None to detect it.
        """

        def do(on_event: OnEvent, should_stop: ShouldStop) -> DatasetIndex:
            try:
                path = self._arrived(on_event, should_stop)
                dataset = import_in_subprocess(self._store, path, None, on_event, should_stop, layout, self._label)
            except AmbiguousLayout as question:
                self._keep_for_now()
                raise UndecidedImport(question, self) from question
            except BaseException:
                self.discard()
                raise
            self.discard()
            return dataset

        return do

    def discard(self) -> None:
        """Releases the source, which won't be imported again. Files on the server stay: they aren't ours."""

    def _arrived(self, on_event: OnEvent, should_stop: ShouldStop) -> Path:
        """Waits for the source to arrive and returns where it is."""
        if self._path is None:
            raise ValueError("a source that never comes")
        return self._path

    def _keep_for_now(self) -> None:
        """Keeps the source until the user has chosen a layout."""
