"""Who may speak to the server: browsers that ask for it by one of its own names, from a page of its own.

Without this, any web site could have its own name lead to this machine (DNS rebinding) and work the studio from the
browser of whoever looks at that site. It stands before everything that the server answers: pages, the connection that
they live on, uploads, downloads and Streamlit's own files. No Streamlit calls but for its options.
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
# What a page asks before it opens its connection; what is wrong with the answer, the page shows.
FIRST_QUESTIONS = ("/_stcore/health", "/_stcore/host-config")
# A browser's own word that a request was made by a page of another site.
FOREIGN_SITES = ("cross-site", "same-site")
# What other sites may ask for too, a link to the studio for example: they don't get to see the answer.
READING = ("GET", "HEAD", "OPTIONS")
MOST_TOLD = 50
LONGEST_SHOWN = 100


class Gate:
    """Lets a request in, or answers it with a sentence that says why not and what to do."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._told: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request, or passes it on."""
        refusal = None if scope["type"] not in ("http", "websocket") else _refusal(scope)
        if refusal is None:
            await self._app(_for_streamlit(scope), receive, send)
            return
        status, sentence = refusal
        self._tell(sentence)
        if scope["type"] == "http" or "websocket.http.response" in scope.get("extensions", {}):
            # Streamlit's page reads JSON only. What was sent along isn't read, so the connection can't be used again.
            kind = JSONResponse if status == MISDIRECTED else PlainTextResponse
            await kind(sentence, status, {"Connection": "close"})(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008, "reason": sentence[:LONGEST_SHOWN]})

    def _tell(self, sentence: str) -> None:
        """Says it on the terminal too, once: behind a proxy, that may be the only place where it is seen."""
        if sentence not in self._told and len(self._told) < MOST_TOLD:
            self._told.add(sentence)
            LOGGER.warning(sentence)


def _refusal(scope: Scope) -> tuple[int, str] | None:
    """Returns the status and the sentence with which a request is refused, None where it isn't."""
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
        # A status other than 403, for which Streamlit's page has words of its own and doesn't show these.
        return MISDIRECTED, _foreign_page(page or "")
    return None


def is_own(host: str) -> bool:
    """Returns whether a host, as `host_of` spells it, is one by which the studio may be asked for."""
    return is_among(host, _named()) or host in _bound()


def _is_own_page(url: str | None) -> bool:
    """Returns whether a page is the studio's own; so is none, as what isn't a browser names none."""
    if url is None:
        return True
    host = host_of_url(url)
    return host is not None and (is_own(host) or host in map(host_of_url, st.get_option("server.corsAllowedOrigins")))


def _named() -> Iterable[str]:
    """Returns the hosts that the configuration names, this studio's and Streamlit's."""
    try:
        own = settings().hosts
    except CoreError:
        own = ()  # the first page says what is wrong with the settings
    texts = [*st.get_option(ALLOWED_HOSTS), st.get_option("browser.serverAddress") or ""]
    return (*own, *filter(None, map(named_host, texts)))


def _bound() -> Iterable[str]:
    """Returns the hosts by which the addresses that the server listens at can be reached."""
    address = _address()
    if address in LOOPBACK or address.startswith("unix:"):
        return LOOPBACK
    name = socket.gethostname().lower().removesuffix(".")
    own = (*LOOPBACK, address, name, f"{name}.local")
    if address not in EVERY_ADDRESS:
        return own
    # Asked each time, as a laptop has another address in another network.
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
    """Has Streamlit take our names too, where it was given a list of its own, which it keeps to at connections."""
    allowed = st.get_option(ALLOWED_HOSTS)
    if allowed:
        own = [*_named(), *_bound()]
        config.set_option(ALLOWED_HOSTS, list(dict.fromkeys([*allowed, *own])))


def _for_streamlit(scope: Scope) -> Scope:
    """Returns a connection's request as if its page had come by the same name.

    Streamlit compares the two names by itself. It would refuse what the settings allow, and ask a server on the
    internet for this machine's address to find out.
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
        return f"The studio was asked for as {_shown(asked) or 'nothing'}, which is no name of a host."
    return (
        f"The studio was asked for as {host}, which is none of its names. Open it at localhost or, if that is to be "
        f"one of them, start it with {SETTING}={host} (several with commas between them)."
    )


def _foreign_page(page: str) -> str:
    host = host_of_url(page)
    if host is None:
        return f"Only the studio's own pages may ask for this. This was asked by {_shown(page)}."
    return (
        f"Only the studio's own pages may ask for this. This was asked by a page of {host}. If that is the studio's "
        f"name behind a proxy, start the studio with {SETTING}={host}."
    )


def _shown(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text)[:LONGEST_SHOWN]
