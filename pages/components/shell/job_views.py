"""Jobs on the page: a progress bar with Stop for each running job, and its result, shown once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from core.datasets.layouts.layout import AmbiguousLayout
from core.errors import CoreError
from pages.components import phases, wording
from pages.components.background.jobs import Job, Work
from pages.components.shell import polling, session

# The jobs whose end this session must be told.
WATCHED = "watched_jobs"
POLL_SECONDS = 0.3

Outcomes = Mapping[str, Callable[[Job], None]]
"""For each kind of job, a function that draws its result."""


def start(kind: str, label: str, work: Work, about: str = "") -> Job:
    """Starts a job whose end this session will be told. The arguments are those of `Jobs.start`."""
    job = session.jobs().start(kind, label, work, about)
    _watch(job)
    return job


@dataclass(frozen=True)
class Seen:
    """The jobs of this session at one moment. Each job is looked at once: one that ends meanwhile is in the next.

    Attributes:
        running: the running ones, whoever started them.
        ended: those that have ended since the last look.
    """

    running: tuple[Job, ...]
    ended: tuple[Job, ...]


def look() -> Seen:
    """Returns the running jobs, and notes that the others have been seen to end."""
    jobs = session.jobs()
    for job in jobs.running():
        _watch(job)
    watched = [(job, not job.is_running) for job in filter(None, map(jobs.get, st.session_state.get(WATCHED, [])))]
    running = tuple(job for job, has_ended in watched if not has_ended)
    st.session_state[WATCHED] = [job.id for job in running]
    return Seen(running, tuple(job for job, has_ended in watched if has_ended))


def show(seen: Seen, outcomes: Outcomes, lasting: tuple[type[CoreError], ...] = (AmbiguousLayout,)) -> None:
    """Draws the progress of running jobs, and the results of those that have ended.

    Args:
        seen: the jobs.
        outcomes: draws the result of each kind of job.
        lasting: failures that aren't said here, as the page says them until the user has dealt with them.
    """
    for job in seen.ended:
        _show_end(job, outcomes, lasting)
    for job in seen.running:
        show_running(job)


def _watch(job: Job) -> None:
    watched = st.session_state.setdefault(WATCHED, [])
    if job.id not in watched:
        watched.append(job.id)


def show_running(job: Job) -> None:
    """Draws the progress of a running job that began after `show` was drawn."""

    def draw() -> bool:
        if job.is_running:
            words = "Stopping" if job.stopping.is_set() else phases.job_phase(job.progress)
            st.progress(phases.share_done(job.progress), f"**{wording.plain(job.label)}**: {words}")
        return job.is_running

    with st.container(border=True):
        polling.poll(f"job_{job.id}", draw, True, POLL_SECONDS)
        st.button(
            "Stop",
            key=f"stop_{job.id}",
            icon=":material/stop:",
            on_click=job.stopping.set,
            disabled=job.stopping.is_set(),
        )


def _show_end(job: Job, outcomes: Outcomes, lasting: tuple[type[CoreError], ...]) -> None:
    if isinstance(job.failure, lasting):
        return
    if job.failure is not None:
        st.error(wording.plain(job.error), icon=":material/error:")
    elif job.result is None:
        st.info(wording.STOPPED_JOBS[job.kind], icon=":material/info:")
    else:
        outcomes[job.kind](job)
