"""What only a real browser shows of a test: the webcam, pictures enlarged with the keyboard, what covers what."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from core.config.training_config import TrainingConfig
from core.datasets.store.store import DatasetStore
from core.runs import queue
from tests.browser.conftest import A_CAMERA, CHROMIUM_FLAGS, PATIENCE_MILLISECONDS, TRAINING_SECONDS, Server, wait_until
from tests.conftest import draw_folder, draw_shape

A_REFUSED_CAMERA = ("--use-fake-device-for-media-stream", "--deny-permission-prompts")
LAPTOP = ViewportSize(width=1280, height=720)
PHONE = ViewportSize(width=390, height=844)


@contextmanager
def opened(browser: Browser, chromium: str, address: str, size: ViewportSize, flags: tuple[str, ...]) -> Iterator[Page]:
    """A page in a browser of its own, as its flags say what camera there is."""
    own = browser.browser_type.launch(executable_path=chromium, args=[*CHROMIUM_FLAGS, *flags])
    try:
        context = own.new_context(viewport=size, has_touch=size == PHONE)
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        page = context.new_page()
        page.goto(address)
        expect(page.get_by_text("Drop one picture or many")).to_be_visible()
        expect(page.get_by_text("Loading the model")).to_have_count(0)
        yield page
    finally:
        own.close()


def take_photo(page: Page) -> None:
    """Presses until there is a photo: while the camera is still opening, a press takes none."""
    taken = page.get_by_role("button", name="Clear photo")
    for _ in range(12):
        page.get_by_role("button", name="Take photo").click()
        page.wait_for_timeout(5000)
        if taken.count():
            return
    expect(taken).to_be_visible()


def is_in_view(place: Locator, size: ViewportSize) -> bool:
    box = place.bounding_box()
    return box is not None and box["y"] >= 0 and box["y"] + box["height"] <= size["height"]


def overlap(one: Locator, other: Locator) -> bool:
    a, b = one.bounding_box(), other.bounding_box()
    assert a and b
    across = a["x"] < b["x"] + b["width"] and b["x"] < a["x"] + a["width"]
    return across and a["y"] < b["y"] + b["height"] and b["y"] < a["y"] + a["height"]


@pytest.mark.shared_server
def test_a_model_is_tested_with_the_webcam_and_with_many_pictures(
    browser: Browser, chromium: str, server: Server, tmp_path: Path
):
    dataset = DatasetStore(server.settings).import_source(draw_folder(tmp_path / "pictures", 6), name="Shapes")
    run = queue.submit(server.runs, dataset.id, TrainingConfig(image_size=64).with_options(epochs=1), name="Shapes")
    wait_until(lambda: server.runs.get(run.id).status.is_finished, TRAINING_SECONDS)
    address = f"{server.url}/testing?run={run.id}"

    for size in (LAPTOP, PHONE):
        with opened(browser, chromium, address, size, A_CAMERA) as page:
            page.get_by_role("radio", name="Webcam").click()
            take_photo(page)
            answer = page.get_by_role("heading", level=2)
            expect(answer).to_be_visible()
            wait_until(lambda: is_in_view(answer, size))  # noqa: B023 (waited for before the next round)
            assert is_in_view(page.get_by_role("button", name="Clear photo"), size)

    for flags, words in ((A_REFUSED_CAMERA, "The camera is blocked"), ((), "This browser finds no camera")):
        with opened(browser, chromium, address, LAPTOP, flags) as page:
            page.get_by_role("radio", name="Webcam").click()
            expect(page.get_by_text(words)).to_be_visible()

    for number in range(20):
        draw_shape("circle", np.random.default_rng(number)).save(tmp_path / f"{number}.png")
    with opened(browser, chromium, address, PHONE, ()) as page:
        page.locator("input[type=file]").set_input_files(sorted(tmp_path.glob("*.png")))
        expect(page.get_by_role("button", name="Enlarge picture")).to_have_count(20)

        page.get_by_role("button", name="Enlarge picture").first.press("Enter")
        dialog = page.get_by_test_id("stDialog")
        expect(dialog.get_by_text("1 of 20")).to_be_visible()
        page.keyboard.press("ArrowRight")
        expect(dialog.get_by_text("2 of 20")).to_be_visible()
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)

        page.get_by_text("All answers as a table").click()
        table = page.get_by_test_id("stDataFrame")
        table.hover()
        toolbar = page.get_by_test_id("stElementToolbar").filter(visible=True).last
        expect(toolbar).to_be_visible()
        assert not overlap(toolbar, page.get_by_role("button", name="Download as CSV"))
        assert not overlap(toolbar, page.get_by_text("All answers as a table"))


@pytest.mark.shared_server
def test_an_answer_leads_to_its_reason_at_an_address_of_its_own(
    browser: Browser, chromium: str, server: Server, tmp_path: Path
):
    dataset = DatasetStore(server.settings).import_source(draw_folder(tmp_path / "pictures", 6), name="Shapes")
    run = queue.submit(server.runs, dataset.id, TrainingConfig(image_size=64).with_options(epochs=1), name="Shapes")
    wait_until(lambda: server.runs.get(run.id).status.is_finished, TRAINING_SECONDS)
    for address in (f"/testing?run={run.id}", f"/run?run={run.id}&section=try"):
        with opened(browser, chromium, f"{server.url}{address}", LAPTOP, ()) as page:
            page.get_by_role("radio", name="Held-out").click()
            page.get_by_role("button", name="Enlarge picture 1", exact=True).click()
            page.get_by_role("button", name="Why?").click()
            expect(page.get_by_role("img", name="Occlusion for")).to_be_visible()
            expect(page).to_have_url(re.compile(f"run={run.id}&section=explain&picture=[0-9a-f]{{12}}$"))
            page.reload()
            expect(page.get_by_role("img", name="Grad-CAM for")).to_be_visible()
