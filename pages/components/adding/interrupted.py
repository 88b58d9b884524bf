"""Uploads that broke off, as when their page was reloaded: the page that comes after says so."""

import time

import streamlit as st

from pages.components import wording
from pages.components.background.jobs import IMPORT, Job
from pages.components.imports.uploads import UploadInterrupted
from pages.components.shell import session

# Afterwards nobody wonders any more where the file is.
SECONDS_KEPT = 1800


def show() -> None:
    """Draws the uploads that broke off lately, each until it is dismissed or the file is sent again."""
    for job, failure in _recent():
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"interrupted_{job.id}"):
            st.markdown(
                f":orange[:material/cloud_off:] **{wording.plain(failure.name)} was interrupted at "
                f"{int(failure.share * 100)} %**: upload it again. Nothing of it was kept; a page that sends a file "
                "has to stay open until it has arrived.",
                width="content",
            )
            st.button("Dismiss", key=f"dismiss_{job.id}", icon=":material/close:", on_click=_forget, args=(job.id,))


def _recent() -> list[tuple[Job, UploadInterrupted]]:
    """Returns the latest upload of each file that broke off, unless it was sent again since."""
    jobs = session.jobs()
    latest: dict[str, Job] = {job.label: job for job in (*jobs.finished(IMPORT), *jobs.running(IMPORT))}
    oldest = time.monotonic() - SECONDS_KEPT
    return [
        (job, job.failure)
        for job in latest.values()
        if isinstance(job.failure, UploadInterrupted) and job.failure.time > oldest
    ]


def _forget(job_id: str) -> None:
    session.jobs().forget(job_id)
