"""Patience with pages that are being drawn, as people have it.

For a moment, what was there before and what comes may both be there: Playwright refuses at once where it finds two
elements instead of one. And what is below a line that comes or goes moves: a switch that moves between pressing and
releasing isn't pressed at all, and what is typed into a field that moves is lost.
"""

import functools
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from playwright.sync_api import Error, Locator, TimeoutError, expect

SEVERAL = "strict mode violation"
PATIENCE_SECONDS = 10.0
PAUSE_SECONDS = 0.1
STILL_MILLISECONDS = 2000
IS_STILL = """() => {
  const app = document.querySelector(".stApp");
  return !app || app.dataset.testScriptState === "notRunning";
}"""
PRESSES = ("click", "check", "uncheck")
ACTIONS = (*PRESSES, "fill", "press", "hover", "focus", "set_input_files", "select_option")
LOOKS = ("wait_for", "inner_text", "text_content", "input_value", "get_attribute", "bounding_box", "is_visible")


def patient(method: Callable[..., Any]) -> Callable[..., Any]:
    """Returns the method, but tried again while there are several elements instead of one.

    Args:
        method: of a locator or of its assertions.
    """

    @functools.wraps(method)
    def tried(*args: Any, **kwargs: Any) -> Any:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return method(*args, **kwargs)
            except (AssertionError, Error) as error:
                if SEVERAL not in str(error) or time.monotonic() > deadline:
                    raise
            time.sleep(PAUSE_SECONDS)

    return tried


def still(method: Callable[..., Any]) -> Callable[..., Any]:
    """Returns a way of pressing or typing that waits until the page isn't being drawn; not long, as some always are."""

    @functools.wraps(method)
    def press(locator: Locator, *args: Any, **kwargs: Any) -> Any:
        if STILL_MILLISECONDS:
            with suppress(TimeoutError):
                locator.page.wait_for_function(IS_STILL, timeout=STILL_MILLISECONDS)
        return method(locator, *args, **kwargs)

    return press


def be_patient(example: Locator) -> None:
    """Makes all locators and their assertions patient. Does nothing the second time.

    Args:
        example: any locator.
    """
    assertions = type(expect(example))
    if hasattr(Locator.click, "__wrapped__"):
        return
    for owner, names in ((Locator, (*ACTIONS, *LOOKS)), (assertions, list(vars(assertions)))):
        for name in names:
            if owner is Locator or name.startswith(("to_", "not_to_")):
                setattr(owner, name, patient(getattr(owner, name)))
    for name in (*PRESSES, "fill"):
        setattr(Locator, name, still(getattr(Locator, name)))
