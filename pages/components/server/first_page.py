"""What we add to Streamlit's first page: scripts that are needed soon, ages that stay true, links that are followed.

Links are pressed as soon as they are there, so what follows them can't be a component that is drawn with the page.
"""

import json
from functools import cache
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.components import wording
from pages.components.server import browser_scripts, charts_last

HTML = "text/html"
SCRIPTS = tuple(Path(__file__).parent / name for name in ("first_page.js", "own_links.js"))
# With these, the answer could be "not changed", of Streamlit's page, or packed.
UNWANTED = ("accept-encoding", "if-none-match", "if-modified-since")


class FirstPage:
    """Answers with our first page where Streamlit answers with its own, at the address of any page."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, and replaces the answer if it is Streamlit's first page."""
        if scope["type"] != "http" or scope["method"] != "GET" or HTML not in Headers(scope=scope).get("accept", ""):
            await self._app(scope, receive, send)
            return
        start: Message | None = None
        body = b""

        async def send_ours(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start" and _may_be_first_page(message):
                start = message
                return
            if start is None:
                await send(message)
                return
            body += message.get("body", b"")
            if not message.get("more_body", False):
                is_ours = body == browser_scripts.index_page()
                await send(_as_our_start(start) if is_ours else start)
                await send({"type": "http.response.body", "body": page() if is_ours else body})

        await self._app(_plain_request(scope), receive, send_ours)


@cache
def page() -> bytes:
    """Returns our first page."""
    early = [
        f'<link rel="modulepreload" crossorigin fetchpriority="low" href="./{browser_scripts.FOLDER}/{name}">'
        for name in browser_scripts.common_scripts()
    ]
    plotly = browser_scripts.script_of(browser_scripts.PLOTLY)
    if plotly:
        address = f"./{browser_scripts.FOLDER}/{plotly.name}?{charts_last.WHOLE}"
        early.append(f'<link rel="prefetch" crossorigin href="{address}">')
    for path in SCRIPTS:
        script = path.read_text(encoding="utf-8").replace("AGES", json.dumps(wording.AGES))
        early.append(f'<script type="module">\n{script}</script>')
    added = "\n".join([*early, "</head>"])
    return browser_scripts.index_page().replace(b"</head>", added.encode(), 1)


def _plain_request(scope: Scope) -> Scope:
    scope = {**scope, "headers": list(scope["headers"])}
    headers = MutableHeaders(scope=scope)
    for name in UNWANTED:
        if name in headers:
            del headers[name]
    return scope


def _may_be_first_page(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    is_html = headers.get("content-type", "").startswith(HTML)
    size = headers.get("content-length")
    return start["status"] == 200 and is_html and size == str(len(browser_scripts.index_page()))


def _as_our_start(start: Message) -> Message:
    headers = MutableHeaders(raw=list(start["headers"]))
    headers["content-length"] = str(len(page()))
    for name in ("etag", "last-modified"):
        if name in headers:
            del headers[name]
    return {**start, "headers": headers.raw}
