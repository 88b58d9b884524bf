"""Jobs on the page: a progress bar with Stop for each running job, and its result, shown once."""

from collections.abc import Callable, Mapping

import streamlit as st

from core.datasets.layouts.layout import AmbiguousLayout
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


def show(outcomes: Outcomes) -> None:
    """Draws all running jobs, whoever started them, and the results of those that this session saw running."""
    jobs = session.jobs()
    for job in jobs.running():
        _watch(job)
    watched = filter(None, map(jobs.get, st.session_state.get(WATCHED, [])))
    # Each job is checked once: one that ends during drawing is reported next time.
    ended = [(job, not job.is_running) for job in watched]
    st.session_state[WATCHED] = [job.id for job, has_ended in ended if not has_ended]
    for job, has_ended in ended:
        if has_ended:
            _show_end(job, outcomes)
        else:
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


def _show_end(job: Job, outcomes: Outcomes) -> None:
    if isinstance(job.failure, AmbiguousLayout):
        return  # an open question, which is drawn until it is answered
    if job.failure is not None:
        st.error(wording.plain(job.error), icon=":material/error:")
    elif job.result is None:
        st.info(wording.STOPPED_JOBS[job.kind], icon=":material/info:")
    else:
        outcomes[job.kind](job)
