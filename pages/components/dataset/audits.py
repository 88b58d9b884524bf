"""The audit of a data set that was imported before there were audits: begun by itself when its page is looked at."""

import streamlit as st

from core.datasets.index import DatasetIndex
from core.datasets.quality.audit import Audit, read_audit
from core.processes.dataset_jobs import audit_in_subprocess
from core.progress import OnEvent, ShouldStop
from pages.components.shell import job_views, session
from pages.components.shell.jobs import AUDIT, Job


def show_missing(dataset: DatasetIndex) -> None:
    """Begins to look a data set over that has not been, and says so. After a failure or a Stop it is asked for."""
    latest = session.jobs().latest(AUDIT, dataset.id)
    if latest is None:
        job_views.show_running(_start(dataset))
        return
    if latest.is_running:
        st.caption("Its pictures are being looked over: what is found will be shown here.")
        return
    st.button("Look over the pictures", icon=":material/fact_check:", on_click=_start_again, args=(dataset,))


def _start_again(dataset: DatasetIndex) -> None:
    _start(dataset)


def _start(dataset: DatasetIndex) -> Job:
    store = session.dataset_store()

    def work(on_event: OnEvent, should_stop: ShouldStop) -> Audit | None:
        audit_in_subprocess(store, dataset, on_event, should_stop)
        return read_audit(dataset)

    return job_views.start(AUDIT, dataset.name, work, about=dataset.id)
