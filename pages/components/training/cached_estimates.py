"""What all sessions share of the answers about runs that aren't started yet: forecasts and learning rates."""

from pathlib import Path

import streamlit as st

from core.forecast.forecast import Forecast
from core.forecast.rate_curve import RateCurve
from core.processes.inference_client import InferenceClient
from core.runs.records.store import RunStore
from core.runs.worker.handoff import is_standby_ready
from core.settings import settings
from pages.components.shell import session
from pages.components.shell.background_cache import Lookups
from pages.components.training import estimates
from pages.components.training.estimates import Question


# The data home is part of each cache's key, so that two homes in one process (tests) never mix.
@st.cache_resource(show_spinner=False, on_release=lambda lookups: lookups.close())
def _forecasts(home: Path, _client: InferenceClient, _store: RunStore) -> Lookups[Question, Forecast]:
    return Lookups(lambda question: estimates.find_forecast(_client, question, is_standby_ready(_store)))


@st.cache_resource(show_spinner=False, on_release=lambda lookups: lookups.close())
def _rate_curves(home: Path, _client: InferenceClient) -> Lookups[Question, RateCurve]:
    return Lookups(lambda question: estimates.find_curve(_client, question))


def forecasts() -> Lookups[Question, Forecast]:
    """Returns what is known of how long runs will take."""
    return _forecasts(settings().home, session.inference_client(), session.run_store())


def rate_curves() -> Lookups[Question, RateCurve]:
    """Returns what is known of how losses fall with learning rates."""
    return _rate_curves(settings().home, session.inference_client())
