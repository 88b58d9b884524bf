"""The route that receives files of any size from the browser.

Streamlit's own uploader keeps whole files in the server's memory. This route writes them to disk as they arrive, a
megabyte at a time. Streamlit checks nothing on such a route, so this one requires a token that the page has given to
the browser for one file (`uploads.py`). `access.py` ensures that only the studio's own pages send files.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

import streamlit as st
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from core.settings import MEGABYTE
from pages.components.imports import expected_uploads
from pages.components.imports.uploads import TOO_LARGE, Upload, UploadRefused
from pages.components.shell import presence

PATH = "upload"
CHUNK_BYTES = MEGABYTE
SECONDS_OF_SILENCE = 30
# A page may lose its connection for a moment, for example when a laptop changes networks. A server that shuts down
# closes it for good, and waits no longer than this for uploads.
SECONDS_WITHOUT_PAGE = 10

IsPresent = Callable[[str], bool]


def routes(is_present: IsPresent | None = None) -> list[Route]:
    """Returns the route, for `st.App`.

    Args:
        is_present: tells whether a browser session is connected; asks Streamlit by default.
    """
    known = is_present or presence.is_connected

    async def put(request: Request) -> Response:
        try:
            upload = expected_uploads.uploads().claim(request.path_params["token"], known)
            try:
                await _receive(request, upload, known)
            finally:
                upload.end()
            if upload.refusal is not None:
                raise upload.refusal
        except UploadRefused as refusal:
            # The rest of the file isn't read, so the connection can't be reused.
            return PlainTextResponse(str(refusal), refusal.status, {"Connection": "close"})
        return Response(status_code=204)

    base = st.get_option("server.baseUrlPath").strip("/")
    prefix = f"/{base}" if base else ""
    return [Route(f"{prefix}/{PATH}/{{token}}", put, methods=["PUT"])]


async def _receive(request: Request, upload: Upload, is_present: IsPresent) -> None:
    """Writes the body of a request as it arrives, until the connection ends."""
    _check_length(request, upload)
    chunks = _chunks(request, upload)
    try:
        async with aclosing(chunks):
            seen = time.monotonic()
            async for chunk in chunks:
                # Not on the server's own thread: disks can be slow, and pages must stay responsive.
                await asyncio.to_thread(upload.write, chunk)
                if is_present(upload.session):
                    seen = time.monotonic()
                elif time.monotonic() - seen > SECONDS_WITHOUT_PAGE:
                    raise upload.interrupt(f"The page that sent {upload.name} is gone. Nothing of it was kept.")
    except ClientDisconnect:
        return


async def _chunks(request: Request, upload: Upload) -> AsyncGenerator[bytes, None]:
    """Yields the body of a request in larger chunks than it arrives in."""
    waiting = bytearray()
    stream = request.stream()
    while True:
        try:
            # `wait_for` cancels the stream together with the wait; that is fine, as nothing more is read from it.
            chunk = await asyncio.wait_for(anext(stream, b""), SECONDS_OF_SILENCE)
        except TimeoutError as error:
            raise upload.interrupt(
                f"Nothing more of {upload.name} came for {SECONDS_OF_SILENCE} seconds. Nothing of it was kept. Check "
                "the connection and upload it again."
            ) from error
        waiting += chunk
        # An empty chunk marks the end.
        if waiting and (len(waiting) >= CHUNK_BYTES or not chunk):
            yield bytes(waiting)
            waiting.clear()
        if not chunk:
            return


def _check_length(request: Request, upload: Upload) -> None:
    """Refuses a body whose declared length is too large, before reading any of it."""
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > upload.size:
        raise upload.fail(TOO_LARGE, f"{upload.name} is longer than it was when it was chosen. Choose the file again.")
