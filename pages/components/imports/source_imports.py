"""Imports of folders and archives that can be read in more than one way. No Streamlit calls."""

from pathlib import Path

from core.datasets.index import DatasetIndex
from core.datasets.layouts.layout import AmbiguousLayout
from core.datasets.layouts.options import AS_FOUND, ReadingOptions
from core.datasets.store.store import DatasetStore
from core.processes.dataset_jobs import import_in_subprocess
from core.progress import OnEvent, ShouldStop
from pages.components.shell.jobs import Work


class UndecidedImport(AmbiguousLayout):
    """A source that can be read in more than one way.

    Attributes:
        candidates: the ways, the likelier first.
        source: the import whose `work` is to be done again with the options that the user chooses, or that is to be
            discarded.
    """

    def __init__(self, question: AmbiguousLayout, source: "SourceImport") -> None:
        super().__init__(str(question), question.candidates)
        self.source = source


class SourceImport:
    """The import of a folder or archive on the server.

    Args:
        store: where to import it.
        path: where it lies; None where it is still to come.
        label: what to call it in messages; its own name by default.
    """

    def __init__(self, store: DatasetStore, path: Path | None, label: str = "") -> None:
        self._store = store
        self._path = path
        self._label = label

    def work(self, options: ReadingOptions = AS_FOUND) -> Work[DatasetIndex]:
        """Returns the work of a job that imports it.

        Args:
            options: what the user has decided about how it is read.
        """

        def do(on_event: OnEvent, should_stop: ShouldStop) -> DatasetIndex:
            try:
                path = self._arrived(on_event, should_stop)
                dataset = import_in_subprocess(self._store, path, None, on_event, should_stop, options, self._label)
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
        """Lets go of the source, as it won't be imported again. What lies on the server stays: it is not ours."""

    def _arrived(self, on_event: OnEvent, should_stop: ShouldStop) -> Path:
        """Returns where the source lies, once it is there."""
        if self._path is None:
            raise ValueError("a source that never comes")
        return self._path

    def _keep_for_now(self) -> None:
        """Keeps the source until it is known what tells its classes."""
