"""Imports of files that the browser is still sending. No Streamlit calls."""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from core.datasets.store.store import DatasetStore
from core.progress import OnEvent, ShouldStop
from pages.components.imports.source_imports import SourceImport
from pages.components.imports.uploads import GONE, Upload, UploadRefused

FILE_NAME = "upload"
SECONDS_TO_CHOOSE = 3600


class UploadImport(SourceImport):
    """An upload and the file on disk that holds it until it is imported.

    The file is removed if the import fails; otherwise it is kept for an hour, in case it is to be read in another way.

    Args:
        store: where to import it.
        upload: the expected file.
        keep: see `SourceImport`.
        may_replace: see `SourceImport`.
    """

    def __init__(
        self,
        store: DatasetStore,
        upload: Upload,
        keep: Callable[[str, SourceImport], None] | None = None,
        may_replace: Callable[[str], bool] = lambda _: False,
    ) -> None:
        super().__init__(store, None, upload.name, keep, may_replace)
        self.upload = upload
        self._place = ExitStack()
        self._forgetting: threading.Timer | None = None

    def discard(self) -> None:
        """Removes the file, however much of it has arrived."""
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
        self._keep_no_longer()
        self._forgetting = threading.Timer(SECONDS_TO_CHOOSE, self.discard)
        self._forgetting.daemon = True
        self._forgetting.start()

    def _keep_imported(self) -> None:
        self.upload.forget()  # it no longer counts among those still to be imported
        self._keep_for_now()

    def _keep_no_longer(self) -> None:
        if self._forgetting is not None:
            self._forgetting.cancel()
