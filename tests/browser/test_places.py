"""Fields keep their place on the page when something comes or goes above them.

A browser forgets the value of a field that has moved if it draws the page while only half of it has arrived.
"""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, WebSocket, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from core.datasets.store.store import DatasetStore
from tests.browser.conftest import Server
from tests.browser.test_cleaning import faulty_zip
from tests.conftest import draw_folder

Places = dict[str, set[tuple[int, ...]]]


@pytest.fixture
def places(page: Page) -> Iterator[Places]:
    """The places that each field has been drawn in, by its id."""
    found: Places = defaultdict(set)

    def note(frame: bytes | str) -> None:
        message = ForwardMsg.FromString(frame if isinstance(frame, bytes) else frame.encode())
        if message.WhichOneof("type") == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            kind = element.WhichOneof("type")
            # A button has no value that could be lost.
            if kind != "button" and (name := getattr(getattr(element, kind), "id", "")):
                found[name].add(tuple(message.metadata.delta_path))

    def watch(socket: WebSocket) -> None:
        socket.on("framereceived", note)

    page.on("websocket", watch)
    yield found


def moved(places: Places) -> dict[str, set[tuple[int, ...]]]:
    return {name: several for name, several in places.items() if len(several) > 1}


@pytest.mark.shared_server
def test_fields_stay_in_place_while_a_version_is_made(page: Page, server: Server, places: Places, tmp_path: Path):
    DatasetStore(server.settings).import_source(draw_folder(tmp_path / "pictures", 6), name="Shapes")
    page.goto("/data?section=classes")
    page.get_by_role("textbox", name="New name").fill("disc")
    page.locator(".st-key-make_change button").click()
    expect(page.get_by_text("A version of Shapes: circle renamed to disc.")).to_be_visible()
    expect(page.get_by_role("textbox", name="New name")).to_have_value("disc")
    assert any("section" in name for name in places)
    assert moved(places) == {}


@pytest.mark.shared_server
def test_fields_stay_in_place_while_pictures_are_decided_on(page: Page, server: Server, places: Places, tmp_path: Path):
    DatasetStore(server.settings).import_source(Path(faulty_zip(tmp_path)))
    page.goto("/data?section=check")
    card = page.locator("[class*=st-key-cards_]").first
    card.get_by_text("Remove", exact=True).last.click()
    expect(page.get_by_text("1 picture removed")).to_be_visible()
    card.get_by_text("Keep", exact=True).first.click()
    expect(page.get_by_text("1 picture kept")).to_be_visible()
    page.get_by_role("button", name="Discard").click()
    page.get_by_role("button", name="Discard them").click()
    expect(page.get_by_text("Decided:")).to_have_count(0)
    assert any("issue_kind" in name for name in places)
    assert moved(places) == {}
