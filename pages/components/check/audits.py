"""The audit of a data set imported by a version that had no audits: a button starts it."""

import streamlit as st

from core.datasets.index import DatasetIndex
from core.datasets.quality.audit import Audit, read_audit
from core.processes.dataset_jobs import audit_in_subprocess
from core.progress import OnEvent, ShouldStop
from pages.components.background.jobs import AUDIT
from pages.components.shell import job_views, session


def show_missing(dataset: DatasetIndex) -> None:
    """Says that a data set has no audit, with the button that starts it, or that it is on its way."""
    latest = session.jobs().latest(AUDIT, dataset.id)
    if latest is not None and latest.is_running:
        st.caption("Its pictures are being checked: what is found will be shown here.")
        return
    with st.container(border=True):
        st.markdown("These pictures haven't been checked yet for copies, blank ones and other faults.")
        st.button("Check the pictures", icon=":material/fact_check:", on_click=_start, args=(dataset,))


def _start(dataset: DatasetIndex) -> None:
    store = session.dataset_store()

    def work(on_event: OnEvent, should_stop: ShouldStop) -> Audit | None:
        audit_in_subprocess(store, dataset, on_event, should_stop)
        return read_audit(dataset)

    job_views.start(AUDIT, dataset.name, work, about=dataset.id)
