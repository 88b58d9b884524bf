"""What the server does once at start-up, before any page is opened. No Streamlit calls."""

import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import click
from starlette.middleware import Middleware

from core.datasets.store.store import DatasetStore
from core.errors import CoreError
from core.runs import queue
from core.runs.records.store import RunStore
from core.settings import settings
from pages.components.dataset import downloads
from pages.components.imports import upload_route
from pages.components.server import access, charts_last, response_headers
from pages.components.server.access import Gate
from pages.components.server.charts_last import ChartsLast
from pages.components.server.first_page import FirstPage
from pages.components.server.response_headers import SecurityHeaders
from pages.components.shell import polling, session

LOGGER = logging.getLogger(__name__)
OPEN = (
    "Everyone who can reach this machine over the network can use the studio, see its pictures and delete everything: "
    "there is no login. Omit --server.address to keep it to this machine, or put a proxy with a login in front of it."
)


def parts() -> dict[str, Any]:
    """Prepares Streamlit for this app and returns what `st.App` needs besides the pages."""
    polling.keep_to_their_page()
    access.let_streamlit_agree()
    return {
        "routes": [*upload_route.routes(), *downloads.routes()],
        "lifespan": lifespan,
        # The outermost first.
        "middleware": [Middleware(SecurityHeaders), Middleware(Gate), Middleware(FirstPage), Middleware(ChartsLast)],
        "exception_handlers": {Exception: response_headers.failed},
    }


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[None]:
    """Warns if others can reach the server, and cleans up the data home while it starts.

    Leftovers of a killed server are removed, and queued runs continue by themselves after a restart of the machine.
    """
    if access.is_open_to_the_network():
        click.secho(f"\n  {OPEN}\n", fg="yellow", err=True)
    threading.Thread(target=_look_over_home, name="start-up", daemon=True).start()
    # Before a browser asks for it.
    threading.Thread(target=charts_last.packed_script, name="packing", daemon=True).start()
    yield
    # Unfinished uploads, unanswered questions, zips nobody downloaded: their threads end with the process.
    with suppress(CoreError):
        session.dataset_store().let_go()


def _look_over_home() -> None:
    try:
        home = settings()
        DatasetStore(home).sweep()
        if home.may_have_runs:
            queue.reconcile(RunStore(home.database))
    except CoreError as error:
        # The first page says it again, to someone who can fix it.
        LOGGER.warning("The runs could not be checked: %s", error)
