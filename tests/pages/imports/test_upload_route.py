"""The route on a real server, with real connections."""

import asyncio
import http.client
import socket
import threading

import pytest
import uvicorn
from starlette.applications import Starlette

from pages.components.background.jobs import IMPORT, Job
from pages.components.imports import expected_uploads, upload_route
from pages.components.imports.upload_imports import UploadImport
from pages.components.imports.uploads import Upload
from pages.components.server import start_up
from pages.components.shell import session
from tests.pages.conftest import wait_until

SESSION = "session"


class Site:
    """A server with the route, a session that it knows, and the jobs of its uploads."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.present = {SESSION}

    def expect(self, size: int, name: str = "poem.zip") -> tuple[Upload, Job]:
        """Announces a file, like the page, and starts the job that waits for it."""
        upload = expected_uploads.uploads().expect(name, size, SESSION)
        source = UploadImport(session.dataset_store(), upload)
        return upload, session.jobs().start(IMPORT, upload.name, source.work())

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def put(self, token: str, body: bytes, **headers: str) -> tuple[int, str]:
        connection = self.connect()
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("PUT", f"/upload/{token}", body, headers)
        answer = connection.getresponse()
        words = answer.read().decode()
        connection.close()
        return answer.status, words


@pytest.fixture
def site(home):
    sites = []
    routes = upload_route.routes(lambda session_id: session_id in sites[0].present)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    app = Starlette(routes=routes, middleware=start_up.parts()["middleware"])
    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    sites.append(Site(listener.getsockname()[1]))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])))
    thread.start()
    wait_until(lambda: server.started)
    yield sites[0]
    server.should_exit = True
    thread.join(30)
    assert not thread.is_alive()


def ended(job: Job) -> Job:
    assert job.ended.wait(30)
    return job


def leftovers(home) -> list:
    return [path for path in home.datasets.iterdir() if path.name.startswith(".importing")]


def test_an_upload_is_written_to_disk_and_imported(site, home):
    upload, job = site.expect(13)
    assert site.put(upload.token, b"roses are red") == (204, "")
    assert "poem.zip is" in ended(job).error
    assert leftovers(home) == []


def test_large_bodies_arrive_whole(site, home, tmp_path):
    body = bytes(range(256)) * 20_000
    upload = expected_uploads.uploads().expect("big.zip", len(body), SESSION)
    job = session.jobs().start(IMPORT, "big", lambda *watch: upload.receive(tmp_path / "file", *watch))
    assert site.put(upload.token, body)[0] == 204
    assert ended(job).error == ""
    assert (tmp_path / "file").read_bytes() == body


def test_unknown_and_used_tokens_get_403(site):
    status, words = site.put("guess", b"roses are red")
    assert (status, "isn't expected" in words) == (403, True)
    upload, job = site.expect(13)
    site.put(upload.token, b"roses are red")
    assert site.put(upload.token, b"roses are red")[0] == 403
    ended(job)


def test_a_session_that_is_gone_gets_403(site):
    upload, job = site.expect(13)
    site.present.clear()
    assert site.put(upload.token, b"roses are red")[0] == 403
    assert "isn't expected" in ended(job).error


ONLY_OWN = "Only the studio's own pages may request this. It was requested by "
ELSEWHERE = (
    f"{ONLY_OWN}a page of elsewhere.example. If that is the studio's name behind a proxy, start the studio with "
    "TRANSFER_STUDIO_HOSTS=elsewhere.example."
)


@pytest.mark.parametrize(
    ("headers", "sentence"),
    [
        ({"Origin": "https://elsewhere.example"}, ELSEWHERE),
        ({"Origin": "null"}, f"{ONLY_OWN}null."),
        ({"Sec_Fetch_Site": "cross-site", "Origin": "https://elsewhere.example"}, ELSEWHERE),
        ({"Sec_Fetch_Site": "same-site"}, f"{ONLY_OWN}another site."),
    ],
)
def test_another_site_gets_403_and_uses_no_token(site, headers, sentence):
    upload, job = site.expect(13)
    status, words = site.put(upload.token, b"roses are red", **headers)
    assert (status, words) == (403, sentence)
    assert site.put(upload.token, b"roses are red", Origin=f"http://127.0.0.1:{site.port}")[0] == 204
    ended(job)


def test_a_body_that_is_longer_than_announced_is_refused_before_it_is_read(site, home):
    upload, job = site.expect(13)
    connection = site.connect()
    connection.putrequest("PUT", f"/upload/{upload.token}")
    connection.putheader("Content-Length", str(10**12))
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == 413
    assert "poem.zip is longer than it was when it was chosen" in answer.read().decode()
    connection.close()
    assert "longer" in ended(job).error
    assert leftovers(home) == []


def test_a_chunked_body_is_counted(site):
    upload, job = site.expect(13)
    connection = site.connect()
    connection.request("PUT", f"/upload/{upload.token}", iter([b"roses", b" are"]), encode_chunked=True)
    answer = connection.getresponse()
    assert answer.status == 400
    assert "broke off after 9 bytes of 13 bytes" in answer.read().decode()
    assert "broke off" in ended(job).error


def test_a_lost_connection_leaves_nothing_behind(site, home):
    upload, job = site.expect(5_000_000)
    connection = begin(site, upload, b"a" * 2_000_000)
    wait_until(lambda: upload.received > 1_000_000)
    assert leftovers(home)
    connection.close()
    assert "The connection broke off after" in ended(job).error
    assert leftovers(home) == []


def test_stop_ends_the_upload_and_its_connection_and_leaves_nothing_behind(site, home):
    upload, job = site.expect(50_000_000)
    connection = begin(site, upload, b"a" * 2_000_000)
    wait_until(lambda: upload.received > 1_000_000)
    job.stopping.set()
    assert ended(job).error == ""
    assert leftovers(home) == []
    connection.send(b"a" * 1_500_000)
    answer = connection.getresponse()
    assert (answer.status, answer.read().decode()) == (410, "The upload of poem.zip was stopped.")
    assert answer.getheader("Connection") == "close"
    connection.close()


def test_silence_ends_the_upload(site, home, monkeypatch):
    monkeypatch.setattr(upload_route, "SECONDS_OF_SILENCE", 0.3)
    upload, job = site.expect(5_000_000)
    connection = begin(site, upload, b"a" * 2_000_000)
    assert "Nothing more of poem.zip came for 0.3 seconds" in ended(job).error
    assert connection.getresponse().status == 400
    connection.close()
    assert leftovers(home) == []


def test_an_upload_whose_page_is_gone_is_ended(site, home, monkeypatch):
    monkeypatch.setattr(upload_route, "SECONDS_WITHOUT_PAGE", 0.0)
    upload, job = site.expect(50_000_000)
    connection = begin(site, upload, b"a" * 2_000_000)
    wait_until(lambda: upload.received > 1_000_000)
    site.present.clear()
    connection.send(b"a" * 3_000_000)
    assert "The page that sent poem.zip is gone" in ended(job).error
    connection.close()
    assert leftovers(home) == []


def begin(site: Site, upload: Upload, body: bytes) -> http.client.HTTPConnection:
    """Sends the headers of an upload and the beginning of its body."""
    connection = site.connect()
    connection.putrequest("PUT", f"/upload/{upload.token}")
    connection.putheader("Content-Length", str(upload.size))
    connection.endheaders()
    connection.send(body)
    return connection


def test_the_route_is_below_the_studios_base_path(monkeypatch):
    options = {"server.baseUrlPath": "/lab/studio/"}
    monkeypatch.setattr(upload_route.st, "get_option", options.get)
    assert [route.path for route in upload_route.routes()] == ["/lab/studio/upload/{token}"]


def test_only_put_is_answered(site):
    upload, job = site.expect(13)
    connection = site.connect()
    connection.request("POST", f"/upload/{upload.token}", b"roses are red")
    assert connection.getresponse().status == 405
    connection.close()
    job.stopping.set()
    ended(job)
