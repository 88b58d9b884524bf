"""The audit of a data set imported by a version that had no audits: starts when its page is opened."""

import streamlit as st

from core.datasets.index import DatasetIndex
from core.datasets.quality.audit import Audit, read_audit
from core.processes.dataset_jobs import audit_in_subprocess
from core.progress import OnEvent, ShouldStop
from pages.components.background.jobs import AUDIT, Job
from pages.components.shell import job_views, session


def show_missing(dataset: DatasetIndex) -> None:
    """Starts the audit of a data set that has none, and says so. After a failure or a Stop, offers a button instead."""
    latest = session.jobs().latest(AUDIT, dataset.id)
    if latest is None:
        job_views.show_running(_start(dataset))
        return
    if latest.is_running:
        st.caption("Its pictures are being checked: what is found will be shown here.")
        return
    st.button("Check the pictures", icon=":material/fact_check:", on_click=_start_again, args=(dataset,))


def _start_again(dataset: DatasetIndex) -> None:
    _start(dataset)


def _start(dataset: DatasetIndex) -> Job:
    store = session.dataset_store()

    def work(on_event: OnEvent, should_stop: ShouldStop) -> Audit | None:
        audit_in_subprocess(store, dataset, on_event, should_stop)
        return read_audit(dataset)

    return job_views.start(AUDIT, dataset.name, work, about=dataset.id)
