"""Work that continues while pages are reloaded or left: imports, new versions, surveys, zips. No Streamlit calls.

A job is a thread of the server. If the server ends, an interrupted job leaves nothing behind, and starting it again is
cheap, so unlike a run it needs no process and no record of its own.
"""

import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from core.errors import CoreError, Stopped
from core.events import Event
from core.files.disk import refusals_in_words
from core.progress import OnEvent, ShouldStop

LOGGER = logging.getLogger(__name__)
FINISHED_JOBS = 50
UNFORESEEN = "It failed because of an unexpected error. The server's log has the details. Try again, or another way."

Result = TypeVar("Result")
Work = Callable[[OnEvent, ShouldStop], Result]

IMPORT, DERIVE, AUDIT, SURVEY, PACK = "import", "derive", "audit", "survey", "pack"
EVALUATE = "evaluate"


@dataclass
class Job(Generic[Result]):
    """One piece of work, shared by the thread that does it and the pages that watch it.

    Attributes:
        id: its name in session state.
        kind: `import`, `derive`, `audit`, `survey`, `pack` or `evaluate`.
        label: display name of what it works on.
        about: id of the data set, of the draft of one, or of the run that it works on; empty for a new source.
        progress: its latest event, or None.
        result: None until it is done.
        failure: why it failed, or None.
    """

    id: str
    kind: str
    label: str
    about: str = ""
    progress: Event | None = None
    result: Result | None = None
    failure: CoreError | None = None
    stopping: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def is_running(self) -> bool:
        """Whether it is still running."""
        return not self.ended.is_set()

    @property
    def error(self) -> str:
        """Why it failed, in words; empty if it didn't."""
        return str(self.failure or "")

    @property
    def outcome(self) -> Result:
        """The result, for callers who know that there is one.

        Raises:
            LookupError: it isn't done, or it failed or was stopped.
        """
        if self.result is None:
            raise LookupError(f"The job {self.kind} {self.label!r} has no result.")
        return self.result

    def run(self, work: Work[Result]) -> None:
        """Does the work and stores its result or failure."""
        try:
            with refusals_in_words():
                self.result = work(self._report, self.stopping.is_set)
        except Stopped:
            pass
        except CoreError as error:
            self.failure = error
        except Exception:
            LOGGER.exception("The %s of %r failed", self.kind, self.label)
            self.failure = CoreError(UNFORESEEN)
        finally:
            self.ended.set()

    def _report(self, event: Event) -> None:
        self.progress = event


class Jobs:
    """The jobs of one server. Thread-safe."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()

    def start(self, kind: str, label: str, work: Work, about: str = "") -> Job:
        """Starts a job on a thread of its own.

        Args:
            kind: the kind of job.
            label: display name of what it works on.
            work: takes `on_event` and `should_stop`, and returns the result.
            about: id of what it works on, see `Job`. If such a job is already running, it is returned instead.
        """
        with self._lock:
            same = self._latest(kind, about) if about else None
            if same is not None and same.is_running:
                return same
            job: Job = Job(secrets.token_hex(4), kind, label, about)
            finished = [key for key, other in self._jobs.items() if not other.is_running]
            for key in finished[:-FINISHED_JOBS]:
                del self._jobs[key]
            self._jobs[job.id] = job
        threading.Thread(target=job.run, args=(work,), name=f"{kind} {job.id}", daemon=True).start()
        return job

    def get(self, job_id: str | None) -> Job | None:
        """Returns the job with that id, or None."""
        return self._jobs.get(job_id or "")

    def latest(self, kind: str, about: str = "") -> Job | None:
        """Returns the newest job of a kind for a data set, running or ended, or None."""
        with self._lock:
            return self._latest(kind, about)

    def running(self, kind: str = "") -> list[Job]:
        """Returns the running jobs, whoever started them, oldest first.

        Args:
            kind: only of this kind; all by default.
        """
        with self._lock:
            return [job for job in self._jobs.values() if job.is_running and kind in ("", job.kind)]

    def finished(self, kind: str) -> list[Job]:
        """Returns the jobs of a kind that have ended, oldest first."""
        with self._lock:
            return [job for job in self._jobs.values() if not job.is_running and kind == job.kind]

    def forget(self, job_id: str) -> bool:
        """Drops a job that has ended. Returns whether it was there: of two concurrent calls, only one returns True."""
        with self._lock:
            is_there = job_id in self._jobs and not self._jobs[job_id].is_running
            if is_there:
                del self._jobs[job_id]
            return is_there

    def _latest(self, kind: str, about: str) -> Job | None:
        return next((job for job in reversed(self._jobs.values()) if (job.kind, job.about) == (kind, about)), None)
