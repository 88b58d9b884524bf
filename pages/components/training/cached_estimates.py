"""Estimates for runs that haven't started, shared by all sessions: forecasts, learning rates and advice."""

from functools import partial
from pathlib import Path

import streamlit as st

from core.forecast.advice import Advice
from core.forecast.forecast import Forecast
from core.forecast.rate_curve import RateCurve
from core.processes.inference_client import InferenceClient
from core.progress import OnEvent, ShouldStop
from core.runs.records.store import RunStore
from core.runs.worker.handoff import is_warm_worker_ready
from core.settings import settings
from pages.components.background.background_cache import BackgroundCache
from pages.components.shell import session
from pages.components.training import estimates
from pages.components.training.estimates import AdviceQuestion, Question


# The data home is part of each cache's key, so that two homes in one process (as in tests) never mix.
@st.cache_resource(show_spinner=False, on_release=lambda cache: cache.close())
def _forecasts(home: Path, _client: InferenceClient, _store: RunStore) -> BackgroundCache[Question, Forecast]:
    def find(question: Question, on_event: OnEvent, should_stop: ShouldStop) -> Forecast:
        return estimates.find_forecast(_client, question, is_warm_worker_ready(_store), on_event, should_stop)

    return BackgroundCache(find)


@st.cache_resource(show_spinner=False, on_release=lambda cache: cache.close())
def _rate_curves(home: Path, _client: InferenceClient) -> BackgroundCache[Question, RateCurve]:
    return BackgroundCache(partial(estimates.find_curve, _client))


@st.cache_resource(show_spinner=False, on_release=lambda cache: cache.close())
def _advice(home: Path, _client: InferenceClient) -> BackgroundCache[AdviceQuestion, Advice]:
    return BackgroundCache(partial(estimates.find_advice, _client))


def forecasts() -> BackgroundCache[Question, Forecast]:
    """Returns the cache of forecasts."""
    return _forecasts(settings().home, session.inference_client(), session.run_store())


def rate_curves() -> BackgroundCache[Question, RateCurve]:
    """Returns the cache of learning-rate curves."""
    return _rate_curves(settings().home, session.inference_client())


def advice() -> BackgroundCache[AdviceQuestion, Advice]:
    """Returns the cache of what networks' features are worth."""
    return _advice(settings().home, session.inference_client())
