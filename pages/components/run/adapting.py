"""The way from a run to another that is adapted to unlabelled pictures: it fills the form."""

import streamlit as st

from core.datasets.index import DatasetIndex
from core.runs.counterparts import RECIPE, Way, counterpart_config
from core.runs.records.store import Run
from pages.components.shell import session
from pages.components.training import advanced_form, setup_form


def fill_form(run: Run, dataset: DatasetIndex, target: str) -> None:
    """Fills the form with frozen features of the run's network and the pictures to adapt to, and opens it.

    Args:
        run: gives the network and the seed.
        dataset: the run's.
        target: id of the data set to adapt to; empty to let the user choose.
    """
    config = counterpart_config(run.config, Way.FROZEN, dataset)
    setup_form.fill_with(dataset.id, RECIPE, config.with_options(adapt_to=target))
    st.session_state[advanced_form.group_key("adaptation")] = True
    st.switch_page(session.TRAIN)
