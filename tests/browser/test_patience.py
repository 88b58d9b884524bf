"""What tests of the browser wait for, and for how long."""

import pytest
from playwright.sync_api import Browser, Error, expect

from tests.browser import patience

DRAWING = "<div class='stApp' data-test-script-state='running'><button onclick='this.remove()'>Go</button></div>"
TWICE = "<button>Go</button><button id='old'>Go</button>"
LEAVES = "setTimeout(() => document.getElementById('old').remove(), 500)"


def test_a_moment_with_two_is_waited_for(browser: Browser):
    page = browser.new_page()
    page.set_content(TWICE)
    page.evaluate(LEAVES)
    expect(page.get_by_text("Go")).to_be_visible()
    page.set_content(TWICE)
    page.evaluate(LEAVES)
    page.get_by_text("Go").click()
    page.close()


def test_two_that_stay_fail(browser: Browser, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(patience, "PATIENCE_SECONDS", 0.5)
    page = browser.new_page()
    page.set_content(TWICE)
    with pytest.raises(AssertionError, match=patience.SEVERAL):
        expect(page.get_by_text("Go")).to_be_visible()
    with pytest.raises(Error, match=patience.SEVERAL):
        page.get_by_text("Go").click()
    page.close()


def test_a_press_waits_until_the_page_is_drawn(browser: Browser):
    page = browser.new_page()
    page.set_content(DRAWING)
    page.evaluate("setTimeout(() => document.querySelector('.stApp').dataset.testScriptState = 'notRunning', 500)")
    page.get_by_text("Go").click()
    assert page.evaluate("document.querySelector('.stApp').dataset.testScriptState") == "notRunning"
    expect(page.get_by_text("Go")).to_have_count(0)
    page.close()


def test_a_press_doesnt_wait_for_long(browser: Browser, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(patience, "STILL_MILLISECONDS", 300)
    page = browser.new_page()
    page.set_content(DRAWING)
    page.get_by_text("Go").click()
    expect(page.get_by_text("Go")).to_have_count(0)
    page.close()
