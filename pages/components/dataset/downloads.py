"""A data set as a zip: a job packs it to disk, the browser downloads it from there. The file is kept for an hour.

No page has to be open while it is packed, and it is streamed, so it never has to fit in the server's memory.
"""

import secrets
import threading
from contextlib import ExitStack
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from core.datasets.index import DatasetIndex
from core.datasets.store.store import DatasetStore
from core.datasets.versions.packing import write_zip
from core.errors import DatasetError
from core.progress import OnEvent, ShouldStop
from pages.components import wording
from pages.components.background.jobs import PACK
from pages.components.shell import job_views, session

PATH = "download"
SECONDS_TO_FETCH = 3600
NOT_FOUND = 404


class Packed:
    """A data set's zip on the disk, for an hour.

    Args:
        store: the store of data sets; the file is in one of its workspaces.
        dataset: the data set.

    Attributes:
        token: identifies the download.
        path: where it is; None before it is packed and after it is discarded.
        file_name: its name for the browser.
    """

    def __init__(self, store: DatasetStore, dataset: DatasetIndex) -> None:
        self.token = secrets.token_urlsafe(32)
        self.path: Path | None = None
        self.file_name = f"{dataset.name}.zip".replace("/", "_").replace("\\", "_")
        self._store = store
        self._dataset = dataset
        self._place = ExitStack()

    def pack(self, on_event: OnEvent, should_stop: ShouldStop) -> "Packed":
        """Writes the file. If that fails, removes what was written.

        Raises:
            DatasetError: a picture is missing, or the disk refuses.
            Stopped: `should_stop` said so.
        """
        try:
            path = self._place.enter_context(self._store.workspace()) / "packed.zip"
            write_zip(self._dataset, path, on_event, should_stop)
        except OSError as error:
            self.discard()
            raise DatasetError(
                f"{self.file_name} can't be written ({error.strerror}). Free some space on the disk and try again."
            ) from error
        except BaseException:
            self.discard()
            raise
        self.path = path
        timer = threading.Timer(SECONDS_TO_FETCH, self.discard)
        timer.daemon = True
        timer.start()
        return self

    def discard(self) -> None:
        """Removes the file."""
        self.path = None
        self._place.close()


def routes() -> list[Route]:
    """Returns the route that serves packed data sets, for `st.App`."""

    async def get(request: Request) -> Response:
        packed = _packed(request.path_params["token"])
        if packed is None or packed.path is None or not packed.path.exists():
            text = "This zip no longer exists. Go back to the data set and pack it again."
            return PlainTextResponse(text, NOT_FOUND)
        return FileResponse(packed.path, media_type="application/zip", filename=packed.file_name)

    base = st.get_option("server.baseUrlPath").strip("/")
    prefix = f"/{base}" if base else ""
    return [Route(f"{prefix}/{PATH}/{{token}}", get, methods=["GET"])]


def _packed(token: str) -> Packed | None:
    ready = (job.result for job in session.jobs().finished(PACK))
    return next((packed for packed in ready if packed and secrets.compare_digest(packed.token, token)), None)


def link(dataset: DatasetIndex) -> None:
    """Draws the link to a data set's zip if it has been packed."""
    latest = session.jobs().latest(PACK, dataset.id)
    packed = latest.result if latest else None
    if packed is not None and packed.path is not None:
        size = wording.size(packed.path.stat().st_size)
        st.link_button(f"Download the zip ({size})", f"{PATH}/{packed.token}", icon=":material/download:")


def pack(dataset: DatasetIndex) -> None:
    """Starts packing a data set, unless that is at work or its zip is ready, and draws the page again."""
    latest = session.jobs().latest(PACK, dataset.id)
    packed = latest.result if latest else None
    if latest is None or not (latest.is_running or (packed is not None and packed.path is not None)):
        job_views.start(PACK, dataset.name, Packed(session.dataset_store(), dataset).pack, about=dataset.id)
        st.rerun()
