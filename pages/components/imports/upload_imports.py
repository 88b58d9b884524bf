"""Imports of files that the browser is still sending. No Streamlit calls."""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from core.datasets.index import DatasetIndex
from core.datasets.layouts.layout import AmbiguousLayout
from core.datasets.store.store import DatasetStore
from core.processes.dataset_jobs import import_in_subprocess
from core.progress import OnEvent, ShouldStop
from pages.components.imports.uploads import GONE, Upload, UploadRefused

FILE_NAME = "upload"
SECONDS_TO_CHOOSE = 3600


class UndecidedUpload(AmbiguousLayout):
    """An upload that can be read in more than one way.

    Attributes:
        candidates: the ways, the likelier first.
        source: the import whose `work` is to be done again with the layout that the user chooses, or that is to be
            discarded.
    """

    def __init__(self, question: AmbiguousLayout, source: "UploadImport") -> None:
        super().__init__(str(question), question.candidates)
        self.source = source


class UploadImport:
    """An upload and the place on the disk where it lies until it is imported.

    Args:
        store: where to import it.
        upload: the file that is expected.
    """

    def __init__(self, store: DatasetStore, upload: Upload) -> None:
        self.upload = upload
        self._store = store
        self._place = ExitStack()
        self._path: Path | None = None
        self._forgetting: threading.Timer | None = None

    def work(self, layout: str | None = None) -> Callable[[OnEvent, ShouldStop], DatasetIndex]:
        """Returns the work of a job: to wait for the file and to import it.

        The file is removed afterwards, whatever happens. Only after an `UndecidedUpload` it is kept for an hour.

        Args:
            layout: what tells the classes, as the user has chosen; None to go by what is there.
        """

        def do(on_event: OnEvent, should_stop: ShouldStop) -> DatasetIndex:
            try:
                path = self._arrived(on_event, should_stop)
                dataset = import_in_subprocess(self._store, path, None, on_event, should_stop, layout, self.upload.name)
            except AmbiguousLayout as question:
                self._keep_for_now()
                raise UndecidedUpload(question, self) from question
            except BaseException:
                self.discard()
                raise
            self.discard()
            return dataset

        return do

    def discard(self) -> None:
        """Removes the file, as far as it has come."""
        self._keep_no_longer()
        self.upload.close()
        self._place.close()
        self.upload.forget()

    def _arrived(self, on_event: OnEvent, should_stop: ShouldStop) -> Path:
        self._keep_no_longer()
        if self._path is None:
            try:
                path = self._place.enter_context(self._store.workspace()) / FILE_NAME
            except OSError as error:
                raise self.upload.unwritable(error) from error
            self.upload.receive(path, on_event, should_stop)
            self._path = path
        if not self._path.exists():
            raise UploadRefused(GONE, f"{self.upload.name} was kept for an hour and is gone. Upload it again.")
        return self._path

    def _keep_for_now(self) -> None:
        self._forgetting = threading.Timer(SECONDS_TO_CHOOSE, self.discard)
        self._forgetting.daemon = True
        self._forgetting.start()

    def _keep_no_longer(self) -> None:
        if self._forgetting is not None:
            self._forgetting.cancel()
