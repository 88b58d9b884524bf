"""Access control: by host name, by origin, behind a proxy; and the security headers of every response."""

import base64
import http.client
import re
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect

from pages.components.server.response_headers import HEADERS
from tests.browser.conftest import CHROMIUM_FLAGS, PATIENCE_MILLISECONDS, Server, end_server, start_server, wait_until
from tests.browser.test_uploads import choose, ready
from tests.conftest import draw_folder

SWITCHED, FORBIDDEN, MISDIRECTED = 101, 403, 421
PAGES = ("/", "/data", "/_stcore/health", "/_stcore/host-config", "/favicon.svg", "/media/x.png", "/download/x")
FOREIGN = (
    "evil.example",
    "evil.example:{port}",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "localhost@evil.example",
    "evil.example@localhost",
    "localhost/evil.example",
    "localhost, evil.example",
    "203.0.113.7",
    "[2001:db8::7]:{port}",
    "0.0.0.0",
    "2130706433",
    "studio.example",
    "",
)
OWN = ("localhost", "localhost:{port}", "LOCALHOST:1", "localhost.:{port}", "127.0.0.1:{port}", "[::1]:{port}")


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with default settings: for this machine only."""
    server = start_server(tmp_path_factory.mktemp("closed") / "home")
    yield server
    end_server(server)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that listens on all addresses and has additional names from both kinds of configuration."""
    options = ("--server.address", "0.0.0.0", "--server.allowedHosts", "other.example")
    names = "https://Studio.example, *.lab.example"
    server = start_server(tmp_path_factory.mktemp("opened") / "home", *options, TRANSFER_STUDIO_HOSTS=names)
    yield server
    end_server(server)


def port_of(server: Server) -> int:
    return int(server.url.rpartition(":")[2])


def ask(server: Server, *headers: tuple[str, str], path: str = "/", method: str = "GET") -> http.client.HTTPResponse:
    """Sends a request with just these headers, with `{port}` filled in. The body of the response is in `words`."""
    connection = http.client.HTTPConnection("127.0.0.1", port_of(server), timeout=30)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for name, value in headers:
        connection.putheader(name, value.format(port=port_of(server)))
    connection.endheaders()
    answer = connection.getresponse()
    answer.words = b"" if answer.status == SWITCHED else answer.read()
    connection.close()
    return answer


def connect(server: Server, host: str, origin: str | None) -> http.client.HTTPResponse:
    """Opens a page's WebSocket connection."""
    key = base64.b64encode(b"0123456789abcdef").decode()
    websocket = [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13")]
    own = [("Host", host), *([("Origin", origin)] if origin is not None else [])]
    return ask(server, *own, *websocket, ("Sec-WebSocket-Key", key), path="/_stcore/stream")


@pytest.mark.parametrize("host", FOREIGN)
def test_a_foreign_host_name_is_refused_everywhere(closed: Server, host: str):
    for path in PAGES:
        answer = ask(closed, ("Host", host), path=path)
        assert answer.status == FORBIDDEN, path
        assert answer.words.startswith(b"The studio was requested as ")
    assert ask(closed, ("Host", host), path="/upload/x", method="PUT").status == FORBIDDEN
    assert connect(closed, host, f"http://{host}").status == FORBIDDEN
    assert connect(closed, host, None).status == FORBIDDEN


def test_the_message_names_the_host_and_what_to_set(closed: Server):
    words = (
        "The studio was requested as evil.example, which is not one of its names. Open it at localhost or, if that "
        "should be one of them, start it with TRANSFER_STUDIO_HOSTS=evil.example (separate several with commas)."
    )
    assert ask(closed, ("Host", "Evil.example.:1")).words.decode() == words
    assert words in (closed.settings.home / "server.log").read_text()


@pytest.mark.parametrize("host", OWN)
def test_the_studios_own_names_get_in(closed: Server, host: str):
    for path in PAGES:
        assert ask(closed, ("Host", host), path=path).status in (200, 404)
    assert connect(closed, host, f"http://{host}").status == SWITCHED
    # Clients other than browsers send no origin.
    assert connect(closed, host, None).status == SWITCHED


def test_two_host_headers_or_another_header_do_not_help(closed: Server):
    two = [("Host", "localhost"), ("Host", "evil.example")]
    assert ask(closed, *two).status in (400, FORBIDDEN)
    assert ask(closed, *reversed(two)).status in (400, FORBIDDEN)
    for name in ("X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-Host"):
        assert ask(closed, ("Host", "evil.example"), (name, "localhost")).status == FORBIDDEN
        assert ask(closed, ("Host", "localhost"), (name, "evil.example")).status == 200


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "https://localhost.evil.example",
        "http://localhost@evil.example",
        "http://evil.example:{port}",
        "null",
        "",
        "localhost",
        "file://",
        "chrome-extension://abc",
        "http://localhost http://evil.example",
        "http://127.0.0.1.evil.example:{port}",
    ],
)
def test_a_page_of_another_site_opens_no_connection_and_changes_nothing(closed: Server, origin: str):
    answer = connect(closed, "localhost:{port}", origin)
    assert answer.status == FORBIDDEN
    for method in ("PUT", "POST", "DELETE"):
        answer = ask(closed, ("Host", "localhost"), ("Origin", origin), path="/upload/x", method=method)
        assert answer.status == FORBIDDEN
        assert answer.words.startswith(b"Only the studio's own pages may request this.")


def test_every_answer_has_the_headers(closed: Server):
    asked = [("GET", path) for path in PAGES] + [("PUT", "/upload/x"), ("POST", "/download/x"), ("GET", "//x")]
    for method, path in asked:
        for host in ("localhost", "evil.example"):
            answer = ask(closed, ("Host", host), path=path, method=method)
            assert {name: answer.getheader(name) for name in HEADERS} == HEADERS, (method, path, answer.status)


def test_a_server_that_is_open_knows_its_own_addresses_and_the_names_it_was_given(opened: Server):
    addresses = [
        entry.address.partition("%")[0]
        for entries in psutil.net_if_addrs().values()
        for entry in entries
        if entry.family in (socket.AF_INET, socket.AF_INET6)
    ]
    own = [f"[{address}]" if ":" in address else address for address in addresses]
    names = ["studio.example", "STUDIO.example:8443", "a.lab.example", "other.example", socket.gethostname(), "0.0.0.0"]
    for host in [*own, *names, *OWN]:
        assert ask(opened, ("Host", host)).status == 200, host
        assert connect(opened, host, f"https://{host}").status == SWITCHED, host
    for host in ("evil.example", "lab.example", "203.0.113.7", "xstudio.example", "evillab.example"):
        assert ask(opened, ("Host", host)).status == FORBIDDEN, host
        assert connect(opened, host, f"http://{host}").status == FORBIDDEN, host
        assert connect(opened, "127.0.0.1", f"http://{host}").status == FORBIDDEN, host
    # As behind a proxy that replaces the name used by the browser.
    assert connect(opened, "127.0.0.1:{port}", "https://studio.example").status == SWITCHED


def test_a_server_that_is_open_to_the_network_says_so_at_its_start(opened: Server, closed: Server):
    words = "Everyone who can reach this machine over the network can use the studio, see its pictures and delete"
    assert words in (opened.settings.home / "server.log").read_text()
    assert words not in (closed.settings.home / "server.log").read_text()


class Proxy:
    """A reverse proxy that replaces the host name of the browser by its own.

    Args:
        server: what it stands before.
        host: the name.
    """

    def __init__(self, server: Server, host: str) -> None:
        self._server = server
        self._host = host
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=self._serve, args=(self._listener.accept()[0],), daemon=True).start()

    def _serve(self, browser: socket.socket) -> None:
        with browser, socket.create_connection(("127.0.0.1", port_of(self._server))) as server, suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                received = browser.recv(65536)
                if not received:
                    return
                head += received
            head, _, body = head.partition(b"\r\n\r\n")
            head = re.sub(rb"(?im)^Host:[^\r]*", b"Host: " + self._host.encode(), head, count=1)
            # One request per connection, so that every request's headers are changed.
            head = re.sub(rb"(?im)^Connection: keep-alive", b"Connection: close", head)
            server.sendall(head + b"\r\n\r\n" + body)
            back = threading.Thread(target=_pass_on, args=(server, browser), daemon=True)
            back.start()
            _pass_on(browser, server)
            back.join()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while received := source.recv(65536):
            target.sendall(received)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@pytest.fixture(scope="module")
def outside(browser: Browser, chromium: str) -> Iterator[Page]:
    """A page in a browser that resolves studio.example to this machine."""
    flags = [*CHROMIUM_FLAGS, "--host-resolver-rules=MAP studio.example 127.0.0.1"]
    away = browser.browser_type.launch(executable_path=chromium, args=flags)
    page = away.new_page()
    page.set_default_timeout(PATIENCE_MILLISECONDS)
    yield page
    away.close()


def test_behind_a_proxy_with_another_name_the_page_says_what_to_set(closed: Server, outside: Page):
    proxy = Proxy(closed, f"127.0.0.1:{port_of(closed)}")
    outside.goto(f"http://studio.example:{proxy.port}/data")
    expect(outside.get_by_text("start the studio with TRANSFER_STUDIO_HOSTS=studio.example")).to_be_visible()
    proxy.close()
    proxy = Proxy(closed, "upstream")
    outside.goto(f"http://studio.example:{proxy.port}/data")
    expect(outside.get_by_text("start it with TRANSFER_STUDIO_HOSTS=upstream")).to_be_visible()
    proxy.close()


def test_a_proxy_with_another_name_works_once_it_is_set(opened: Server, outside: Page, tmp_path: Path):
    archive = shutil.make_archive(str(tmp_path / "shapes"), "zip", draw_folder(tmp_path / "pictures", 4))
    proxy = Proxy(opened, f"127.0.0.1:{port_of(opened)}")
    outside.goto(f"http://studio.example:{proxy.port}/data")
    ready(outside)
    choose(outside, Path(archive))
    expect(outside.get_by_text("shapes is in: 12 pictures")).to_be_visible()
    proxy.close()


def test_leftovers_of_a_killed_server_are_removed_at_the_next_start(tmp_path: Path):
    home = tmp_path / "home"
    (home / "datasets" / ".importing-![f](https:x)").mkdir(parents=True)
    server = start_server(home)
    try:
        wait_until(lambda: not list(server.settings.datasets.glob(".importing-*")))
    finally:
        end_server(server)
