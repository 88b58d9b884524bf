"""Whether a server on the internet can be reached, so that the form can say so before a run fails.

Looking may take long, as without a network even a server's address is waited for. So pages look on a thread, and show
what is known.
"""

import os
import socket
from urllib.parse import urlsplit

import streamlit as st

from core.progress import OnEvent, ShouldStop
from pages.components.background.background_cache import BackgroundCache
from pages.components.shell import presence

PATIENCE_SECONDS = 1.0
REMEMBERED_SECONDS = 60
PROXIES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")


def can_connect(host: str) -> bool:
    """Returns whether a server answers. This may take seconds."""
    try:
        with socket.create_connection((host, 443), timeout=PATIENCE_SECONDS):
            return True
    except OSError:
        return False


@st.cache_resource(show_spinner=False, on_release=lambda cache: cache.close())
def _answers() -> BackgroundCache[str, bool]:
    def find(host: str, _on_event: OnEvent, _should_stop: ShouldStop) -> bool:
        return can_connect(host)

    return BackgroundCache(find)


def is_reachable(url: str) -> bool | None:
    """Returns at once whether the server of a URL answered lately; None if nobody has looked.

    Behind a proxy this can't be known, so True is assumed.
    """
    if _is_behind_proxy():
        return True
    found = _answers().get(_host(url))
    return None if found is None else bool(found.result)


def is_known(url: str) -> bool:
    """Returns whether the answer of `is_reachable` is recent."""
    found = _answers().get(_host(url))
    return _is_behind_proxy() or (found is not None and found.age < REMEMBERED_SECONDS)


def look(url: str) -> None:
    """Starts to look whether the server of a URL answers, unless that is known."""
    if not is_known(url):
        _answers().ask(_host(url), presence.of_this_session())


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _is_behind_proxy() -> bool:
    return any(os.environ.get(name) for name in PROXIES)
