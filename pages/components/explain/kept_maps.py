"""The heat maps that this server has found, and those on disk."""

from pathlib import Path

import streamlit as st

from core.explanation.explanation import Explanation
from core.processes import explanations
from core.processes.explanations import Question
from core.processes.inference_client import InferenceClient
from core.settings import settings
from pages.components.background.background_cache import BackgroundCache, Found
from pages.components.shell import session


@st.cache_resource(show_spinner=False, on_release=lambda cache: cache.close())
def _cache(runs: Path, _client: InferenceClient) -> BackgroundCache[Question, Explanation]:
    return BackgroundCache(
        lambda question, on_event, should_stop: explanations.explain(_client, runs, question, on_event, should_stop)
    )


def cache() -> BackgroundCache[Question, Explanation]:
    """Returns what finds heat maps, one at a time."""
    return _cache(settings().runs, session.inference_client())


def find(question: Question) -> Found[Explanation] | None:
    """Returns a heat map that was made before, by this server or an earlier one; None if there is none yet.

    Raises:
        RunError: the run has no model.
    """
    kept = explanations.kept(settings().runs, question)
    return Found(kept) if kept else cache().get(question)
