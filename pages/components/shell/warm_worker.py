"""Keeping a worker warm while the server lives. No Streamlit calls."""

import threading

from core.runs import queue
from core.runs.records.store import RunStore
from core.runs.worker.warm_worker_pool import WarmWorkerPool


class WarmWorker:
    """The warm worker of a server, once somebody is there whom it could serve.

    Args:
        store: whose runs it would work on.
    """

    def __init__(self, store: RunStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._pool: WarmWorkerPool | None = None

    @property
    def is_kept(self) -> bool:
        """Whether a worker is kept warm from now on."""
        return self._pool is not None

    def keep(self) -> None:
        """Keeps a worker warm, which costs memory and, in the background, some seconds of a processor."""
        with self._lock:
            self._pool = self._pool or queue.keep_warm(self._store)

    def close(self) -> None:
        """Ends the worker, unless it has a run by then."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool:
            pool.close()
