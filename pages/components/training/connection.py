"""Whether a server on the internet can be reached, so that the form can say so before a run fails."""

import os
import socket
from urllib.parse import urlsplit

import streamlit as st

PATIENCE_SECONDS = 1.0
REMEMBERED_SECONDS = 60


@st.cache_data(ttl=REMEMBERED_SECONDS, max_entries=20, show_spinner="Looking for the server of the weights")
def _can_connect(host: str) -> bool:
    try:
        with socket.create_connection((host, 443), timeout=PATIENCE_SECONDS):
            return True
    except OSError:
        return False


def is_reachable(url: str) -> bool:
    """Returns whether the server of a URL answers. Behind a proxy this can't be known, so True is assumed."""
    if any(os.environ.get(name) for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")):
        return True
    return _can_connect(urlsplit(url).hostname or "")
