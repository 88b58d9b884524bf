"""Streamlit's files behind one of our middlewares, on a real server with real connections."""

import asyncio
import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import Message

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from streamlit import file_util

from tests.pages.conftest import wait_until

REPORT = "<!DOCTYPE html><title>A report</title>" + "x" * 2000


@dataclass(frozen=True)
class Answer:
    """What a server answered."""

    status: int
    headers: Message
    body: bytes


Get = Callable[..., Answer]


@pytest.fixture
def serve() -> Iterator[Callable[[type], Get]]:
    """Starts a server behind a middleware; returns what requests an address from it, with headers."""
    ends: list[Callable[[], None]] = []

    def start(middleware: type) -> Get:
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        files = StaticFiles(directory=file_util.get_static_dir(), html=True)
        routes = [Route("/report", lambda request: HTMLResponse(REPORT)), Mount("/", files)]
        app = Starlette(routes=routes, middleware=[Middleware(middleware), Middleware(GZipMiddleware)])
        server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])))
        thread.start()
        wait_until(lambda: server.started)

        def end() -> None:
            server.should_exit = True
            thread.join(30)
            assert not thread.is_alive()

        ends.append(end)
        port = listener.getsockname()[1]

        def get(address: str, **headers: str) -> Answer:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("GET", address, headers={name.replace("_", "-"): text for name, text in headers.items()})
            answer = connection.getresponse()
            body = answer.read()
            connection.close()
            return Answer(answer.status, answer.headers, body)

        return get

    yield start
    for end in ends:
        end()
