"""Uploads of any size from a real browser to disk: memory, speed, Stop, lost pages, the box itself."""

import shutil
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Page, expect

from core.datasets.store.store import DatasetStore
from core.settings import MEGABYTE
from tests.browser.conftest import END_SECONDS, Server, wait_until
from tests.conftest import draw_folder

LARGE_BYTES = 256 * MEGABYTE
SLOW_BYTES_PER_SECOND = 2 * MEGABYTE
# For the parts of a file in transit, and for what the interpreter allocates meanwhile.
MEMORY_BYTES = 48 * MEGABYTE


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A large sparse file that takes no disk space. It isn't a zip, which is only noticed once it has arrived."""
    path = tmp_path / "large.zip"
    with path.open("wb") as file:
        file.truncate(LARGE_BYTES)
    return path


@pytest.fixture
def workspaces(server: Server) -> Callable[[], list[Path]]:
    """Returns a function that lists the folders of uploads of this test.

    A shared server may have those of tests before it: an imported file is kept for an hour.
    """
    pattern = ".importing-*"
    earlier = set(server.settings.datasets.glob(pattern))
    return lambda: [path for path in server.settings.datasets.glob(pattern) if path not in earlier]


def slow_down(page: Page) -> None:
    conditions = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": SLOW_BYTES_PER_SECOND}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", conditions)


def ready(page: Page) -> None:
    """Waits until the page is drawn, which happens twice on a first visit."""
    page.wait_for_selector('.stApp[data-test-script-state="notRunning"]')
    expect(page.locator(".upload-call")).to_have_text("Drop it here")


def choose(page: Page, path: Path) -> None:
    page.locator(".upload input[type=file]").set_input_files(path)


@pytest.fixture
def slow_upload(page: Page, large: Path) -> Callable[[], Page]:
    """Returns a function that starts an upload taking minutes, and returns its page."""

    def begin() -> Page:
        page.goto("/data")
        ready(page)
        slow_down(page)
        choose(page, large)
        expect(page.get_by_test_id("stProgress")).to_contain_text("left")
        return page

    return begin


def test_a_large_upload_goes_to_disk_and_not_into_memory(
    page: Page, server: Server, large: Path, workspaces: Callable[[], list[Path]]
):
    page.goto("/data")
    ready(page)
    process = psutil.Process(server.process.pid)
    before = most = process.memory_info().rss
    choose(page, large)
    # A file that begins with a zero byte isn't a zip; that is only known when all of it has arrived.
    error = page.get_by_test_id("stAlert").filter(has_text="large.zip is")
    while not error.is_visible():
        most = max(most, process.memory_info().rss)
    assert most - before < MEMORY_BYTES
    assert workspaces() == []


@pytest.mark.shared_server
def test_an_upload_is_shown_in_every_tab_continues_across_pages_and_can_be_stopped_anywhere(
    slow_upload: Callable[[], Page], server: Server, workspaces: Callable[[], list[Path]]
):
    page = slow_upload()
    expect(page.get_by_test_id("stProgress")).to_contain_text("large.zip: Uploading, ")
    expect(page.get_by_test_id("stProgress")).to_contain_text("a second · about ")
    expect(page.locator(".upload-call")).to_have_text("Sending large.zip")
    expect(page.locator(".upload input")).to_be_disabled()

    page.get_by_role("link", name="Runs").click()
    expect(page.get_by_role("heading", name="Runs")).to_be_visible()
    with page.context.new_page() as second:
        second.goto("/data")
        expect(second.get_by_test_id("stProgress")).to_contain_text("large.zip: Uploading, ")
        expect(second.locator(".upload-call")).to_have_count(0)
        assert workspaces()
        second.get_by_role("button", name="Stop").click()
        expect(second.get_by_text("The import was stopped. Nothing of it was kept.")).to_be_visible()
    assert workspaces() == []

    page.get_by_role("link", name="Data").click()
    expect(page.locator(".upload-call")).to_have_text("Drop it here")
    assert DatasetStore(server.settings).list() == []


@pytest.mark.shared_server
@pytest.mark.parametrize("way", ["closed", "reloaded"])
def test_an_upload_whose_page_is_left_leaves_nothing_behind(
    slow_upload: Callable[[], Page], server: Server, way: str, workspaces: Callable[[], list[Path]]
):
    page = slow_upload()
    assert workspaces()
    if way == "closed":
        page.close()
    else:
        asked = []
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
        page.locator("h1").click()  # a browser only asks after the user has interacted with the page
        page.reload()
        assert asked == ["beforeunload"]
    wait_until(lambda: workspaces() == [])
    if way == "reloaded":
        expect(page.locator(".upload-call")).to_have_text("Drop it here")
        told = page.get_by_text("large.zip was interrupted at ", exact=False)
        expect(told.first).to_be_visible()

        def all_dismissed() -> bool:
            """Dismisses what is shown: the server may also tell of an upload whose page was closed before."""
            if page.get_by_role("button", name="Dismiss").count():
                page.get_by_role("button", name="Dismiss").first.click()
            page.wait_for_timeout(1000)
            return told.count() == 0

        wait_until(all_dismissed)


def test_an_upload_does_not_keep_the_server_from_ending(slow_upload: Callable[[], Page], server: Server):
    slow_upload()
    server.process.terminate()
    server.process.wait(END_SECONDS)


@pytest.mark.shared_server
def test_the_box_is_used_by_keyboard(page: Page, server: Server, tmp_path: Path, workspaces: Callable[[], list[Path]]):
    archive = shutil.make_archive(str(tmp_path / "shapes"), "zip", draw_folder(tmp_path / "pictures", 4))
    # A listener from the beginning, because Chromium only intercepts dialogs some time after the first one exists.
    page.on("filechooser", lambda chooser: None)
    page.goto("/data")
    ready(page)
    page.get_by_label("Upload a zip", exact=False).focus()
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(archive)
    expect(page.get_by_text("shapes is in: 12 pictures")).to_be_visible()
    assert workspaces(), "the file is kept while its labels can be read otherwise"
    page.get_by_role("button", name="Looks right").click()
    wait_until(lambda: workspaces() == [])


def drop(page: Page, script: str) -> None:
    """Drops what a script puts into `transfer` onto the box."""
    page.locator(".upload-zone").evaluate(
        f"(zone) => {{ const transfer = new DataTransfer(); {script};"
        " zone.dispatchEvent(new DragEvent('drop', {dataTransfer: transfer, bubbles: true, cancelable: true})); }"
    )


@pytest.mark.shared_server
def test_the_box_says_what_it_refuses_and_why(page: Page, server: Server, workspaces: Callable[[], list[Path]]):
    page.goto("/data")
    ready(page)
    problem = page.locator(".upload").get_by_role("alert")
    drop(page, "transfer.items.add(new File(['x'], 'film.mp4'))")
    expect(problem).to_have_text("Expected zip, tar or tar.gz. Received film.mp4.")
    drop(page, "for (const name of ['a.zip', 'b.zip']) transfer.items.add(new File(['x'], name))")
    expect(problem).to_have_text("These are several files. Choose one at a time.")
    for _ in range(2):
        drop(page, "transfer.items.add(new File(['x'], 'film.mp4'))")
        drop(page, "transfer.items.add(new File([], 'empty.zip'))")
        expect(problem).to_have_text("empty.zip is empty. Choose a file with something in it.")
    drop(page, "transfer.items.add(new File(['roses are red'], '../<img src=x>.zip'))")
    expect(page.get_by_test_id("stAlert").filter(has_text="<img src=x>.zip is")).to_be_visible()
    expect(problem).to_have_text("")
    drop(page, "transfer.items.add(new File(['x'], 'cat.jpg'))")
    expect(problem).to_have_text("Expected zip, tar or tar.gz. Received cat.jpg.")
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    page.get_by_role("button", name="Add them class by class").click()
    expect(page.get_by_role("textbox", name="Class 1")).to_be_visible()
    assert workspaces() == []
