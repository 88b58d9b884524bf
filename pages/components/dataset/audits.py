"""The audit of a data set that was imported before there were audits: begun by itself when its page is looked at."""

import streamlit as st

from core.datasets.index import DatasetIndex
from core.datasets.quality.audit import Audit, read_audit
from core.processes.dataset_jobs import audit_apart
from core.progress import OnEvent, ShouldStop
from pages.components.shell import job_views, session
from pages.components.shell.jobs import AUDIT, Job


def show_missing(index: DatasetIndex) -> None:
    """Begins to look a data set over that has not been, and says so. After a failure or a Stop it is asked for."""
    latest = session.jobs().latest(AUDIT, index.id)
    if latest is None:
        job_views.show_running(_start(index))
        return
    if latest.is_running:
        st.caption("Its pictures are being looked over: what is found will be shown here.")
        return
    st.button("Look over the pictures", icon=":material/fact_check:", on_click=_start_again, args=(index,))


def _start_again(index: DatasetIndex) -> None:
    _start(index)


def _start(index: DatasetIndex) -> Job:
    store = session.dataset_store()

    def work(on_event: OnEvent, should_stop: ShouldStop) -> Audit | None:
        audit_apart(store, index, on_event, should_stop)
        return read_audit(index)

    return job_views.start(AUDIT, index.name, work, about=index.id)
