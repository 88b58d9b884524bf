"""Access to the server: only for requests to one of its own host names, from one of its own pages.

Without this, any web site could point its own name at this machine (DNS rebinding) and control the studio from the
browser of anyone who visits that site. It guards everything that the server answers: pages, their WebSocket
connection, uploads, downloads and Streamlit's own files. Uses nothing of Streamlit but its options.
"""

import logging
import socket
from collections.abc import Iterable

import psutil
import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config

from core.errors import CoreError
from core.hosts import host_of, host_of_url, is_among, named_host
from core.settings import settings

LOGGER = logging.getLogger(__name__)
FORBIDDEN, MISDIRECTED = 403, 421
LOOPBACK = ("localhost", "127.0.0.1", "::1")
EVERY_ADDRESS = ("0.0.0.0", "::")
SETTING = "TRANSFER_STUDIO_HOSTS"
ALLOWED_HOSTS = "server.allowedHosts"
# A page requests this before it opens its connection, and shows the error if it is refused.
FIRST_QUESTIONS = ("/_stcore/health", "/_stcore/host-config")
# The browser's statement that a request was made by a page of another site.
FOREIGN_SITES = ("cross-site", "same-site")
# Requests that other sites may make too, such as following a link to the studio: they can't read the answer.
READING = ("GET", "HEAD", "OPTIONS")
MOST_TOLD = 50
LONGEST_SHOWN = 100


class Gate:
    """Admits a request, or refuses it with a message that says why and what to do."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._told: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, or refuses it."""
        refusal = None if scope["type"] not in ("http", "websocket") else _refusal(scope)
        if refusal is None:
            await self._app(_for_streamlit(scope), receive, send)
            return
        status, sentence = refusal
        self._tell(sentence)
        if scope["type"] == "http" or "websocket.http.response" in scope.get("extensions", {}):
            # Streamlit's page only reads JSON. The request's body isn't read, so the connection can't be reused.
            kind = JSONResponse if status == MISDIRECTED else PlainTextResponse
            await kind(sentence, status, {"Connection": "close"})(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008, "reason": sentence[:LONGEST_SHOWN]})

    def _tell(self, sentence: str) -> None:
        """Logs it to the terminal too, once: behind a proxy, that may be the only place where it is seen."""
        if sentence not in self._told and len(self._told) < MOST_TOLD:
            self._told.add(sentence)
            LOGGER.warning(sentence)


def _refusal(scope: Scope) -> tuple[int, str] | None:
    """Returns the status and message with which a request is refused; None if it is admitted."""
    headers = Headers(scope=scope)
    asked = headers.getlist("host")
    host = host_of(asked[0]) if len(asked) == 1 else None
    if host is None or not is_own(host):
        return FORBIDDEN, _foreign_name(", ".join(asked), host)
    origin = headers.get("origin")
    if scope["type"] == "websocket" or scope["method"] not in READING:
        is_foreign = origin is None and headers.get("sec-fetch-site") in FOREIGN_SITES
        if is_foreign or not _is_own_page(origin):
            return FORBIDDEN, _foreign_page("another site" if is_foreign else origin or "")
    elif scope["path"].endswith(FIRST_QUESTIONS) and not _is_own_page(page := origin or headers.get("referer")):
        # Not 403: Streamlit's page shows its own message for that instead of this one.
        return MISDIRECTED, _foreign_page(page or "")
    return None


def is_own(host: str) -> bool:
    """Returns whether a host, as `host_of` spells it, is one of the studio's own names."""
    return is_among(host, _named()) or host in _bound()


def _is_own_page(url: str | None) -> bool:
    """Returns whether a page is the studio's own. No page counts as own: clients other than browsers name none."""
    if url is None:
        return True
    host = host_of_url(url)
    return host is not None and (is_own(host) or host in map(host_of_url, st.get_option("server.corsAllowedOrigins")))


def _named() -> Iterable[str]:
    """Returns the hosts named in the configuration, the studio's and Streamlit's."""
    try:
        own = settings().hosts
    except CoreError:
        own = ()  # the first page says what is wrong with the settings
    texts = [*st.get_option(ALLOWED_HOSTS), st.get_option("browser.serverAddress") or ""]
    return (*own, *filter(None, map(named_host, texts)))


def _bound() -> Iterable[str]:
    """Returns the hosts under which the server's listening addresses can be reached."""
    address = _address()
    if address in LOOPBACK or address.startswith("unix:"):
        return LOOPBACK
    name = socket.gethostname().lower().removesuffix(".")
    own = (*LOOPBACK, address, name, f"{name}.local")
    if address not in EVERY_ADDRESS:
        return own
    # Looked up each time, because a laptop's address changes with its network.
    found = [entry.address for entries in psutil.net_if_addrs().values() for entry in entries]
    return (*own, *filter(None, (named_host(text.partition("%")[0]) for text in found)))


def _address() -> str:
    text = st.get_option("server.address") or EVERY_ADDRESS[-1]
    return named_host(text) or text


def is_open_to_the_network() -> bool:
    """Returns whether other machines can reach the server."""
    address = _address()
    return not (address in LOOPBACK or address.startswith(("unix:", "127.")))


def let_streamlit_agree() -> None:
    """Adds our host names to Streamlit's own list, if it has one, because it checks connections against it."""
    allowed = st.get_option(ALLOWED_HOSTS)
    if allowed:
        own = [*_named(), *_bound()]
        config.set_option(ALLOWED_HOSTS, list(dict.fromkeys([*allowed, *own])))


def _for_streamlit(scope: Scope) -> Scope:
    """Returns a connection's request as if its page had been requested by the same name.

    Streamlit compares the two names itself: it would refuse what the settings allow, and ask a server on the internet
    for this machine's address.
    """
    if scope["type"] != "websocket":
        return scope
    scope = {**scope, "headers": list(scope["headers"])}
    headers = MutableHeaders(scope=scope)
    if "origin" in headers:
        headers["origin"] = f"http://{headers['host']}"
    return scope


def _foreign_name(asked: str, host: str | None) -> str:
    if host is None:
        return f"The studio was requested as {_shown(asked) or 'nothing'}, which is not a host name."
    return (
        f"The studio was requested as {host}, which is not one of its names. Open it at localhost or, if that should "
        f"be one of them, start it with {SETTING}={host} (separate several with commas)."
    )


def _foreign_page(page: str) -> str:
    host = host_of_url(page)
    if host is None:
        return f"Only the studio's own pages may request this. It was requested by {_shown(page)}."
    return (
        f"Only the studio's own pages may request this. It was requested by a page of {host}. If that is the studio's "
        f"name behind a proxy, start the studio with {SETTING}={host}."
    )


def _shown(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text)[:LONGEST_SHOWN]
