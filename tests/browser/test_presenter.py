"""The presenter view in a browser that prefers dark pages: light, large, without what is advanced, until it is left."""

import pytest
from playwright.sync_api import Page, expect

from core.datasets.store.store import DatasetStore
from tests.browser.accessibility import IS_DARK, found, settled
from tests.conftest import draw_folder

SIZE = "() => parseFloat(getComputedStyle(document.documentElement).fontSize)"


def wait_for_address(page: Page, is_on: bool) -> None:
    page.wait_for_function("(isOn) => window.location.search.includes('present=1') === isOn", arg=is_on)


@pytest.mark.shared_server
def test_it_stays_on_over_a_reload_and_other_pages_until_it_is_left(page: Page, server, tmp_path):
    DatasetStore(server.settings).import_source(draw_folder(tmp_path / "shapes", 4), name="Shapes")
    page.emulate_media(color_scheme="dark")
    page.goto("/train")
    settled(page)
    expect(page.get_by_role("heading", name="Advanced")).to_be_visible()
    assert page.evaluate(IS_DARK, True)
    page.locator(".st-key-presenter label").click()
    wait_for_address(page, is_on=True)
    page.wait_for_function(IS_DARK, arg=False)
    settled(page)
    assert page.evaluate(SIZE) == pytest.approx(16 * 1.35)
    expect(page.get_by_role("button", name="Start training")).to_be_visible()
    expect(page.get_by_role("heading", name="Advanced")).to_be_hidden()
    assert found(page) == []

    page.reload()
    page.wait_for_function(IS_DARK, arg=False)
    expect(page.get_by_role("switch", name="Present")).to_be_checked()
    page.get_by_role("link", name="Runs").first.click()
    expect(page.get_by_role("heading", name="Runs")).to_be_visible()
    wait_for_address(page, is_on=True)

    page.locator(".st-key-presenter label").click()
    page.wait_for_function(IS_DARK, arg=True)
    wait_for_address(page, is_on=False)
    expect(page.get_by_role("switch", name="Present")).not_to_be_checked()
    assert page.evaluate(SIZE) == 16
