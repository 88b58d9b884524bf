"""All data sets, the view that adds one, and what is in one of them."""

from collections.abc import Sequence

import streamlit as st

from core.datasets.index import DatasetIndex
from core.datasets.layouts.layout import AmbiguousLayout
from pages.components import wording
from pages.components.adding import add_view, interrupted, ways
from pages.components.background.jobs import AUDIT, DERIVE, IMPORT, PACK, SURVEY, Job
from pages.components.check import decisions
from pages.components.dataset import dataset_page, dataset_views
from pages.components.imports.uploads import UploadInterrupted
from pages.components.library import cards
from pages.components.shell import address, frame, job_views, session
from pages.components.shell.job_views import Seen


def show_looked_over(job: Job) -> None:
    """Says that an audit or survey of a data set is done."""
    st.toast(f"{wording.plain(job.label)} has been checked.", icon=":material/check_circle:")


def show_packed(job: Job) -> None:
    """Says that a zip is ready, as the user may have left the page that packed it."""
    st.toast(f"The zip of {wording.plain(job.label)} is ready.", icon=":material/folder_zip:")


OUTCOMES = {
    IMPORT: add_view.show_imported,
    DERIVE: decisions.show_made,
    AUDIT: show_looked_over,
    SURVEY: show_looked_over,
    PACK: show_packed,
}
# Whether the view that adds a data set was shown last.
ADDING = "adding"
LASTING = (AmbiguousLayout, UploadInterrupted)


def named_dataset(datasets: Sequence[DatasetIndex]) -> DatasetIndex | None:
    """Returns the data set in the address; for a section without one, the chosen data set; else None."""
    if named := st.query_params.get(address.DATASET):
        return next((dataset for dataset in datasets if dataset.id == named), None)
    return session.chosen_dataset(list(datasets)) if address.SECTION in st.query_params else None


def follow(seen: Seen, is_adding: bool) -> None:
    """Changes the address to what has come of the jobs that the user has waited for on this page."""
    for job in seen.ended:
        if job.kind == IMPORT and is_adding:
            add_view.open_ended(job)
        elif job.kind == DERIVE and job.result is not None and st.query_params.get(address.DATASET) == job.about:
            address.show_dataset(job.outcome.id)


def show_dataset(dataset: DatasetIndex, seen: Seen) -> None:
    """Draws a data set, and what is being done with it."""
    session.choose_dataset(dataset.id)
    address.keep(address.DATASET, dataset.id)
    own = tuple(job for job in seen.running if job.about == dataset.id)
    with frame.kept_place():
        job_views.show(Seen(own, seen.ended), OUTCOMES, LASTING)
    dataset_page.show(dataset)


def show_list(datasets: Sequence[DatasetIndex], seen: Seen) -> None:
    """Draws all data sets, with what is being imported above them."""
    frame.title("Data")
    if st.query_params.get(address.DATASET):
        st.info("There is no such data set any more.", icon=":material/info:")
        st.query_params.clear()
    show_imports(seen)
    with frame.kept_place():
        interrupted.show()
        add_view.show_waiting()
    if st.button("Add a data set", type="primary", icon=":material/add:"):
        st.switch_page(session.DATA, query_params={address.ADD: ways.ZIP})
    dataset_views.damaged()
    cards.show(datasets, session.run_store().list())


def show_adding(datasets: Sequence[DatasetIndex], seen: Seen) -> None:
    """Draws the view that adds a data set; the first thing that a new user sees."""
    if datasets:
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="breadcrumb"):
            st.page_link(session.DATA, label="Data", width="content")
            st.markdown("› Add", width="content")
        frame.title("Add a data set")
    else:
        frame.title("Data")
        dataset_views.damaged()
    show_imports(seen)
    add_view.show(is_first=not datasets)


def show_imports(seen: Seen) -> None:
    """Draws the progress of imports, and the results of all jobs that have ended."""
    imports = tuple(job for job in seen.running if job.kind == IMPORT)
    with frame.kept_place():
        job_views.show(Seen(imports, seen.ended), OUTCOMES, LASTING)


with session.errors_shown():
    seen_now = job_views.look()
    available = session.dataset_store().list()
    # On the first visit the address doesn't say that something is being added, and once it is in, nor does the list.
    was_adding = st.session_state.get(ADDING, False) and address.DATASET not in st.query_params
    follow(seen_now, is_adding=address.ADD in st.query_params or was_adding)
    available = session.dataset_store().list()
    dataset_shown = named_dataset(available)
    st.session_state[ADDING] = dataset_shown is None and (address.ADD in st.query_params or not available)
    if dataset_shown is not None:
        show_dataset(dataset_shown, seen_now)
    elif st.session_state[ADDING]:
        show_adding(available, seen_now)
    else:
        show_list(available, seen_now)
