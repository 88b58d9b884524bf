"""What came of imports that the user has left alone, told on whatever page is open, once in each tab."""

import streamlit as st

from core.datasets.layouts.layout import AmbiguousLayout
from pages.components import wording
from pages.components.background.jobs import IMPORT, Job
from pages.components.shell import session

SEEN, TOLD = "imports_seen_at_work", "imports_told_of"


def first_time(job: Job) -> bool:
    """Returns whether the end of a job is told for the first time in this tab, and counts it as told."""
    told = st.session_state.setdefault(TOLD, set())
    is_new = job.id not in told
    told.add(job.id)
    return is_new


def tell() -> None:
    """Tells of the imports that have ended since it last looked."""
    jobs = session.jobs()
    running = {job.id for job in jobs.running(IMPORT)}
    seen: set[str] = st.session_state.get(SEEN, set())
    st.session_state[SEEN] = running
    for job_id in sorted(seen - running):
        job = jobs.get(job_id)
        # One that was stopped was stopped by the user.
        if job is not None and (job.result is not None or job.failure is not None) and first_time(job):
            st.toast(words(job), icon=":material/check_circle:" if job.result is not None else ":material/info:")


def words(job: Job) -> str:
    """Returns how an import ended, in a sentence as Markdown."""
    if job.result is not None:
        return f"{wording.plain(job.result.name)} is in: {wording.count(len(job.result.samples), 'picture')}."
    label = wording.plain(job.label)
    if isinstance(job.failure, AmbiguousLayout):
        return f"{label} can be read in more than one way: *Data* asks which is right."
    return f"{label} couldn't be imported: *Data* says why."
