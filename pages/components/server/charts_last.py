"""Charts come after pictures and buttons: Streamlit's Plotly is a script of nearly 5 MB.

To run it takes a browser half a second, and many on a busy machine, in which the page neither draws nor reacts. A first
visit to a page with charts was blank or dead for that long. So under its address there is a small script that waits
until the rest of the page is there and only then loads the whole one, which was fetched meanwhile and is sent packed.
"""

import gzip
import json
from functools import cache
from pathlib import Path

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from pages.components.server import browser_scripts

WAITING = Path(__file__).parent / "charts_last.js"
# The query of the whole script's address.
WHOLE = "whole"
KIND = "text/javascript"
# Its name changes with its content, except for our small one.
FOR_GOOD = "public, immutable, max-age=31536000"
ASK_AGAIN = "no-cache"
LEVEL = 6


class ChartsLast:
    """Answers requests for Plotly's script."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._plotly = browser_scripts.script_of(browser_scripts.PLOTLY)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, or answers it."""
        if self._plotly is None or not _is_for(scope, self._plotly.name):
            await self._app(scope, receive, send)
        elif scope["query_string"].decode() != WHOLE:
            headers = {"Cache-Control": ASK_AGAIN}
            await Response(waiting_script(), media_type=KIND, headers=headers)(scope, receive, send)
        elif "gzip" in Headers(scope=scope).get("accept-encoding", ""):
            packed = await to_thread.run_sync(packed_script)
            headers = {"Cache-Control": FOR_GOOD, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
            await Response(packed, media_type=KIND, headers=headers)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


@cache
def waiting_script() -> str:
    """Returns the script that waits for the rest of the page before it loads Plotly."""
    plotly = browser_scripts.script_of(browser_scripts.PLOTLY)
    first = [f"./{name}" for name in browser_scripts.common_elements()]
    text = WAITING.read_text(encoding="utf-8").replace("FIRST", json.dumps(first))
    return text.replace("PLOTLY", json.dumps(f"./{plotly.name}?{WHOLE}" if plotly else ""))


@cache
def packed_script() -> bytes:
    """Returns Plotly's script, packed; nothing if there is none."""
    plotly = browser_scripts.script_of(browser_scripts.PLOTLY)
    return gzip.compress(plotly.read_bytes(), LEVEL) if plotly else b""


def _is_for(scope: Scope, name: str) -> bool:
    return scope["type"] == "http" and scope["method"] == "GET" and scope["path"].endswith(f"/static/js/{name}")
