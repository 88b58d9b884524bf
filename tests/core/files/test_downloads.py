"""Downloads from a real server on this machine: complete or not at all."""

import hashlib
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from core.errors import CoreError, Stopped
from core.files.downloads import DownloadError, download

CONTENT = bytes(range(256)) * 4096


class Handler(BaseHTTPRequestHandler):
    """Answers as the path says."""

    def do_GET(self):
        if self.path == "/missing.bin":
            self.send_error(404)
            return
        if self.path == "/moved.bin":
            self.send_response(302)
            self.send_header("Location", "/whole.bin")
            self.end_headers()
            return
        self.send_response(200)
        if self.path != "/unknown-length.bin":
            self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        half = len(CONTENT) // 2
        self.wfile.write(CONTENT[:half] if self.path == "/cut.bin" else CONTENT)

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def target(tmp_path):
    return tmp_path / "weights" / "file.bin"


def refusal(url, target, **options):
    with pytest.raises(DownloadError) as caught:
        download(url, target, **options)
    assert not target.parent.exists() or not list(target.parent.iterdir())
    return str(caught.value)


def test_a_whole_file(server, target):
    events = []
    assert download(f"{server}/whole.bin", target, on_event=events.append) == target
    assert target.read_bytes() == CONTENT
    assert [path.name for path in target.parent.iterdir()] == ["file.bin"]
    assert {event.phase for event in events} == {"download"}
    assert (events[-1].step, events[-1].total) == (len(CONTENT), len(CONTENT))


@pytest.mark.parametrize("path", ["moved.bin", "unknown-length.bin"])
def test_redirects_and_unknown_lengths(server, target, path):
    download(f"{server}/{path}", target)
    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize("kind", ["md5", "sha256"])
def test_a_checksum_that_fits(server, target, kind):
    download(f"{server}/whole.bin", target, checksum=hashlib.new(kind, CONTENT).hexdigest().upper())
    assert target.exists()


@pytest.mark.parametrize("length", [32, 64])
def test_a_checksum_that_doesnt_fit(server, target, length):
    text = refusal(f"{server}/whole.bin", target, checksum="0" * length)
    assert text.startswith("whole.bin from 127.0.0.1 isn't the file that was expected: its checksum is")


def test_a_file_that_is_cut_off(server, target):
    text = refusal(f"{server}/cut.bin", target)
    assert text == (
        f"cut.bin from 127.0.0.1 was cut off after {len(CONTENT) // 2:,} of {len(CONTENT):,} bytes. Check the "
        "connection and try again."
    )


def test_a_missing_file(server, target):
    text = refusal(f"{server}/missing.bin", target)
    assert text.startswith("missing.bin from 127.0.0.1 could not be downloaded: the server answered 404 Not Found.")


def test_no_connection(target):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/file.bin"
        assert refusal(url, target) == (
            "file.bin from 127.0.0.1 could not be downloaded: this machine has no connection to the internet, or none "
            f"that is allowed. Connect and try again, or download {url} elsewhere and bring the file here."
        )


def test_an_unknown_host(target):
    assert "this machine has no connection to the internet" in refusal("https://nowhere.invalid/file.bin", target)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/file", "/etc/passwd"])
def test_other_kinds_of_addresses(url, target):
    assert refusal(url, target) == f"Expected an http or https address. Received {url!r}. Fix the address."


def test_stopping_leaves_nothing(server, target):
    with pytest.raises(Stopped):
        download(f"{server}/whole.bin", target, should_stop=lambda: True)
    assert not list(target.parent.iterdir())


def test_what_is_there_stays_until_the_new_file_is_whole(server, target):
    target.parent.mkdir()
    target.write_bytes(b"old")
    with pytest.raises(CoreError):
        download(f"{server}/cut.bin", target)
    assert target.read_bytes() == b"old"
    download(f"{server}/whole.bin", target)
    assert target.read_bytes() == CONTENT
