"""What the server does once when it starts, before anybody looks at a page. No Streamlit calls."""

import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from core.errors import CoreError
from core.runs import queue
from core.runs.store import RunStore
from core.settings import settings

LOGGER = logging.getLogger(__name__)


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[None]:
    """Looks over the runs while the server starts: after a restart of the machine, queued ones go on by themselves."""
    threading.Thread(target=_look_over_runs, name="start-up", daemon=True).start()
    yield


def _look_over_runs() -> None:
    try:
        home = settings()
        if home.may_have_runs:
            queue.reconcile(RunStore(home.database))
    except CoreError as error:
        # The first page says it again, to somebody who can mend it.
        LOGGER.warning("The runs could not be looked over: %s", error)
