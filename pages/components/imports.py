"""Imports that go on while the page is read, reloaded or left. No Streamlit calls.

A job is a thread of the server: an import that the server's end interrupts leaves nothing behind, and starting it again
is cheap, so it needs no process and no record of its own as a run does.
"""

import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from core.datasets.index import DatasetIndex
from core.errors import CoreError, Stopped
from core.events import Event, OnEvent, ShouldStop

LOGGER = logging.getLogger(__name__)
FINISHED_JOBS = 20
UNFORESEEN = "The import failed for a reason nobody foresaw. The server's log has the details. Try another file."

Work = Callable[[OnEvent, ShouldStop], DatasetIndex]


@dataclass
class ImportJob:
    """One import, seen by the thread that does it and by the pages that watch it.

    Attributes:
        id: its name in session state.
        label: what is imported.
        progress: its latest event, or None.
        dataset: the result; None until it is there.
        error: why it failed, in words; empty otherwise.
    """

    id: str
    label: str
    progress: Event | None = None
    dataset: DatasetIndex | None = None
    error: str = ""
    stopping: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def is_running(self) -> bool:
        """Whether it is still at work."""
        return not self.ended.is_set()

    def run(self, work: Work) -> None:
        """Does the work and keeps what became of it."""
        try:
            self.dataset = work(self._report, self.stopping.is_set)
        except Stopped:
            pass
        except CoreError as error:
            self.error = str(error)
        except Exception:
            LOGGER.exception("Import of %r failed", self.label)
            self.error = UNFORESEEN
        finally:
            self.ended.set()

    def _report(self, event: Event) -> None:
        self.progress = event


class ImportJobs:
    """The imports of one server, the latest last."""

    def __init__(self) -> None:
        self._jobs: dict[str, ImportJob] = {}
        self._lock = threading.Lock()

    def start(self, label: str, work: Work) -> ImportJob:
        """Starts an import on a thread of its own."""
        job = ImportJob(secrets.token_hex(4), label)
        with self._lock:
            finished = [key for key, other in self._jobs.items() if not other.is_running]
            for key in finished[:-FINISHED_JOBS]:
                del self._jobs[key]
            self._jobs[job.id] = job
        threading.Thread(target=job.run, args=(work,), name=f"import {job.id}", daemon=True).start()
        return job

    def get(self, job_id: str | None) -> ImportJob | None:
        """Returns the job of that id, or None."""
        return self._jobs.get(job_id or "")

    def running(self) -> ImportJob | None:
        """Returns the latest import that is at work, whoever started it, or None."""
        with self._lock:
            return next((job for job in reversed(self._jobs.values()) if job.is_running), None)
