"""Keeping a worker warm while the server lives. No Streamlit calls."""

import threading

from core.runs import queue
from core.runs.records.store import RunStore
from core.runs.worker.warm_worker_pool import WarmWorkerPool


class WarmWorker:
    """The warm worker of a server, started once a user is there.

    Args:
        store: the runs it would work on.
    """

    def __init__(self, store: RunStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._pool: WarmWorkerPool | None = None

    @property
    def is_kept(self) -> bool:
        """Whether a worker is kept warm."""
        return self._pool is not None

    def keep(self) -> None:
        """Keeps a worker warm, which takes memory and a few seconds of processor time in the background."""
        with self._lock:
            self._pool = self._pool or queue.keep_warm(self._store)

    def close(self) -> None:
        """Ends the worker, unless it has a run by then."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool:
            pool.close()
