"""The files that this server expects from browsers, shared by all sessions."""

from pathlib import Path

import streamlit as st

from core.settings import Settings, settings
from pages.components.imports.uploads import Uploads


# The data home is part of the cache's key, so that two homes in one process (tests) never mix.
@st.cache_resource(show_spinner=False)
def _uploads(home: Path, _settings: Settings) -> Uploads:
    return Uploads(_settings)


def uploads() -> Uploads:
    """Returns the files that this server expects from browsers."""
    return _uploads(settings().home, settings())
