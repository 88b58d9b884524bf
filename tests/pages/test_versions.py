import asyncio
import io
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.applications import Starlette

from core.config.training_config import TrainingConfig
from core.datasets.edit import Edit
from core.datasets.store.store import DatasetStore
from core.runs.records.store import RunStore
from pages.components import wording
from pages.components.dataset import downloads
from pages.components.shell import session
from tests.pages.conftest import button, from_menu, wait_until, words


@pytest.fixture
def store(home):
    return DatasetStore(home)


@pytest.fixture
def shapes(store, shape_folder):
    return store.import_source(shape_folder, name="Shapes")


@pytest.fixture
def version(store, shapes):
    first, second, third = (sample.path for sample in shapes.samples[:3])
    return store.derive(shapes.id, [Edit("remove", (first, second)), Edit("relabel", (third,), ("square",))])


def fetch(path):
    """Calls the route like the server, and returns status, headers and body."""
    messages = []
    request = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive():
        # After the request nothing more arrives, and the browser stays connected.
        return request.pop() if request else await asyncio.Event().wait()

    async def send(message):
        messages.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "root_path": "",
        "query_string": b"",
        "headers": [],
        "extensions": {},
    }
    # On a separate thread, because after a browser test this one already has an event loop.
    with ThreadPoolExecutor(1) as other:
        other.submit(asyncio.run, Starlette(routes=downloads.routes())(scope, receive, send)).result()
    start, *rest = messages
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    return start["status"], headers, b"".join(message.get("body", b"") for message in rest)


def plain(app):
    return words(app).replace("\\", "")


def test_data_set_without_versions_says_how_to_make_one(open_page, shapes):
    app = open_page("data", section="versions")
    assert "Decide about pictures under Check, or change classes" in words(app)
    labels = [item.label for item in app.button]
    assert "Undo" not in labels
    assert "Compare" not in labels


def test_history_says_in_words_what_was_done(open_page, shapes, version):
    text = plain(open_page("data", section="versions"))
    assert "**Shapes**" in text
    assert "Imported" in text
    assert "2 pictures removed, 1 picture relabelled as square" in text
    assert "28 pictures, 3 classes" in text


def test_two_versions_are_compared(open_page, shapes, version):
    app = open_page("data", section="versions")
    text = plain(app)
    assert "From **Shapes** to **Shapes, version 2**: 2 pictures removed, 1 picture relabelled." in text
    assert app.get("plotly_chart")[0].proto.alt == (
        "Pictures of each class before and after: circle 10 and 7, square 10 and 11, stripes 10 and 10"
    )
    assert "**Removed** · 2 pictures" in text
    assert "**Relabelled** · 1 picture" in text
    assert len(app.image) == 3
    captions = [item.value for item in app.caption]
    assert (captions.count("circle"), captions.count("circle → square")) == (2, 1)


def test_parent_lists_its_versions_and_opens_them(open_page, shapes, version):
    app = open_page("data", section="versions", dataset=shapes.id)
    assert "Made from this one" in [item.value for item in app.header]
    app = button(app, "Open").click().run()
    assert app.title[0].value == wording.plain(version.name)
    assert app.query_params["dataset"] == version.id


@pytest.mark.parametrize("is_deleted", [False, True])
def test_undo_goes_back_to_the_parent_and_deletes_the_version_if_asked(open_page, store, shapes, version, is_deleted):
    app = open_page("data", section="versions")
    app.session_state["delete_this_too"] = is_deleted
    app = button(app, "Undo").click().run()
    assert "What was done since: 2 pictures removed" in plain(app)
    app = button(app, "Go back").click().run()
    assert app.title[0].value == wording.plain(shapes.name)
    assert app.query_params["dataset"] == shapes.id
    assert (version.id in [dataset.id for dataset in store.list()]) != is_deleted


def test_delete_says_why_it_is_refused(open_page, home, version):
    RunStore(home.database).create(version.id, version.name, TrainingConfig(image_size=32).with_options(epochs=1))
    app = from_menu(open_page("data", dataset=version.id), "delete")
    assert "can't be deleted now. A run is training on it. Wait for its end, or stop it." in plain(app)
    assert ":red[Delete for good]" not in [item.label for item in app.button]


def test_a_zip_is_packed_by_a_job_and_downloaded_by_its_token(open_page, store, shapes):
    app = from_menu(open_page("data", dataset=shapes.id), "download")
    wait_until(lambda: not session.jobs().running())
    app.run()
    (link,) = app.link_button
    assert link.label.startswith("Download the zip (")
    status, headers, body = fetch(f"/{link.url}")
    assert status == 200
    assert 'filename="Shapes.zip"' in headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert len(archive.namelist()) == 30
    path = store.settings.datasets.parent / "back.zip"
    path.write_bytes(body)
    assert store.import_source(path).id == shapes.id

    packed = session.jobs().latest("pack", shapes.id).result
    packed.discard()
    status, _, body = fetch(f"/{link.url}")
    assert status == 404
    assert body.decode() == "This zip no longer exists. Go back to the data set and pack it again."
    assert not app.run().link_button
    assert not list(store.settings.datasets.glob(".importing-*"))


def test_unknown_token_gets_nothing(home):
    assert fetch("/download/guess")[0] == 404


def test_version_of_a_deleted_data_set_says_so(open_page, store, shapes, version):
    store.delete(shapes.id)
    text = plain(open_page("data", section="versions"))
    assert "A version of a data set that was deleted: 2 pictures removed" in text
