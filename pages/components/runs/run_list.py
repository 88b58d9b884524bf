"""The list of all runs: filtered, grouped by data set, in pages, with what can be done with the ticked ones."""

from collections.abc import Sequence

import streamlit as st

from core.experiments.experiment import Experiment
from core.experiments.progress import state_of
from core.experiments.store import ExperimentStore
from core.runs.records.store import Run
from pages.components import wording
from pages.components.runs import experiment_rows, groups, rows, run_dialogs, run_filter
from pages.components.runs.groups import Group
from pages.components.shell import session

# Rows on a page.
LENGTH = 25
LEAST_COMPARED = 2
ABOUT_ACCURACY = "Accuracies are those on the validation pictures, with their 95 % intervals."


def show(runs: Sequence[Run]) -> None:
    """Draws the list.

    Args:
        runs: all runs, newest first; at least one.
    """
    rows.style()
    choice = run_filter.choose(runs)
    names = {dataset.id: dataset.name for dataset in session.dataset_store().list()}
    experiments = {one.id: one for one in ExperimentStore(session.run_store().home).list()}
    found = groups.grouped(runs, names, choice, experiments)
    # Those of experiments are inside of their experiment's row.
    num_rows = sum(len(group.runs) for group in found)
    number = num_rows + sum(run.experiment_id in group.experiments for group in found for run in runs)
    if not found:
        st.info("No run fits.", icon=":material/info:")
        st.button("Show all runs", icon=":material/filter_alt_off:", on_click=run_filter.clear)
    else:
        of = f"{number:,} of " if number < len(runs) else ""
        tick = " Tick two or more to compare." if num_rows >= LEAST_COMPARED else ""
        st.caption(f"{of}{wording.count(len(runs), 'run')}. {ABOUT_ACCURACY}{tick}")
    num_pages = max(1, -(-num_rows // LENGTH))
    # The choice of the page is below the list, but it is needed above.
    listed, pages = st.container(), st.container()
    with pages:
        page = st.pagination(num_pages, key=run_filter.PAGE, bind="query-params") if num_pages > 1 else 1
    with listed:
        for group in groups.on_page(found, page, LENGTH):
            _show_group(group, [experiments[one] for one in group.experiments], runs)
    _show_actions([run for run in runs if st.session_state.get(rows.tick_key(run.id))])


def _show_group(group: Group, experiments: Sequence[Experiment], runs: Sequence[Run]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"run_group_{group.dataset_id}"):
        deleted = " (deleted)" if group.is_deleted else ""
        st.header(f"{wording.plain(group.dataset_name)}{deleted}", anchor=False, width="content")
        if not group.is_deleted:
            st.page_link(session.DATA, label="Open the data set", query_params={"dataset": group.dataset_id})
    with st.container(gap="xsmall"):
        for experiment in experiments:
            experiment_rows.show(state_of(experiment, runs))
        for run in group.runs:
            rows.show(run)


def _show_actions(chosen: Sequence[Run]) -> None:
    """Draws what can be done with the ticked runs, in sight wherever the page is scrolled to."""
    if not chosen:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="chosen_runs"):
        is_enough = len(chosen) >= LEAST_COMPARED
        if st.button(
            f"Compare {len(chosen)}" if is_enough else "Compare",
            type="primary",
            icon=":material/compare_arrows:",
            disabled=not is_enough,
            help=None if is_enough else "Tick another run to compare it with.",
        ):
            session.open_comparison([run.id for run in chosen])
        if st.button(f"Delete {len(chosen)}", icon=":material/delete:"):
            run_dialogs.delete(chosen)
        st.button("Clear", type="tertiary", help="Unticks all.", on_click=_untick, args=(chosen,))


def _untick(runs: Sequence[Run]) -> None:
    for run in runs:
        st.session_state[rows.tick_key(run.id)] = False
