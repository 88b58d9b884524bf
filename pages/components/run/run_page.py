"""One run: its heading, how it ended, and one section at a time, which has an address of its own."""

import streamlit as st

from core.runs.records.store import Run, RunStatus
from pages.components.explain import explain_view
from pages.components.presenter import presenter
from pages.components.results import choices, evaluation_views, mistakes_view, results_view
from pages.components.run import (
    details_view,
    heading,
    kept_data,
    next_steps,
    other_data_view,
    progress_view,
    replay_section,
    transfer_view,
)
from pages.components.shell import address, frame, polling, session
from pages.components.slices import slices_view
from pages.components.testing import test_view

PROGRESS, RESULTS, MISTAKES, EXPLAIN = "progress", "results", "mistakes", "explain"
TRY, DETAILS = "try", "details"
POLL_SECONDS = 3.0
SECTIONS = {
    PROGRESS: "Progress",
    RESULTS: "Results",
    MISTAKES: "Mistakes",
    EXPLAIN: "Explain",
    TRY: "Try",
    DETAILS: "Details",
}
NOT_YET = "{what} when training has ended. Until then, its state is under Progress."
LATER = {RESULTS: "Accuracy is shown", MISTAKES: "Mistakes are shown", EXPLAIN: "Answers can be explained"}
WITHOUT_MODEL = {RESULTS: "show", MISTAKES: "show", EXPLAIN: "explain"}
NO_MODEL = "This run has no model, so there is nothing to {what}."


def show(run: Run) -> None:
    """Draws the page of a run."""
    heading.show(run)
    # Containers keep the places of what is below, so that the curves aren't rebuilt when the run ends.
    end = st.container()
    with end:
        if run.status.is_finished and run.status != RunStatus.COMPLETED:
            next_steps.show_end(run)
        _redraw_when_resumed(run)
    key = f"section_{run.id}"
    begin = RESULTS if run.has_model and address.REPLAY not in st.query_params else PROGRESS
    shown = {name: label for name, label in SECTIONS.items() if name != DETAILS or not presenter.is_on()}
    section = address.choose_section(shown, key=key, default=begin)

    def open_section(name: str) -> None:
        address.open_section(name, key)

    def open_mistakes(true: str = "", taken_for: str = "") -> None:
        choices.show_mistakes(true, taken_for)
        open_section(MISTAKES)

    if section == PROGRESS:
        above, live = st.container(), st.container()
        with above:
            if run.has_model and not replay_section.is_open(run):
                evaluation_views.learned(run, _num_training(run))
                next_steps.show_next(run, open_section, leads_to_results=True)
        with live:
            progress_view.show(run)
    elif section == DETAILS:
        details_view.show(run)
    elif not run.has_model:
        _show_nothing_yet(run, section)
    elif section == RESULTS:
        with frame.kept_place():
            is_known = evaluation_views.learned(run, _num_training(run), has_numbers_below=True)
            next_steps.show_next(run, open_section, leads_to_results=False)
        if is_known:
            results_view.show(run, open_mistakes)
            with presenter.advanced("slices"):
                slices_view.show(run)
            transfer_view.show(run)
            with presenter.advanced("other_data"):
                other_data_view.show(run)
    elif section == MISTAKES:
        mistakes_view.show(run)
    elif section == EXPLAIN:
        explain_view.show(run)
    else:
        test_view.show(run, key="try_")


def _redraw_when_resumed(run: Run) -> None:
    """Draws nothing, but draws the page anew when a run that has ended is resumed, as in another window."""
    if run.can_resume:
        polling.poll("resumed", lambda: session.run_store().get(run.id).status == run.status, True, POLL_SECONDS)


def _num_training(run: Run) -> int | None:
    data = kept_data.training_data(run)
    return data.num_training if data else None


def _show_nothing_yet(run: Run, section: str) -> None:
    if run.status.is_finished:
        what = WITHOUT_MODEL.get(section, "try")
        st.info(NO_MODEL.format(what=what), icon=":material/info:")
        return
    what = LATER.get(section, "The model can be tried")
    st.info(NOT_YET.format(what=what), icon=":material/hourglass_empty:")
