"""How often a page goes white when it is left while something on it polls: `python -m tests.benchmarks.page_switches`.

A real server whose answers are slow, a real Chromium, twenty presses a page by default. Expect no white page and
nothing in the console.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from tests.browser.conftest import CHROMIUM_FLAGS, CHROMIUM_NAMES, PATIENCE_MILLISECONDS, end_server, start_server
from tests.browser.page_switches import SLOW_SERVER, SWITCHES, prepared


def measure(times: int, chosen: str) -> None:
    """Prints tries, whites and errors for each kind of press."""
    chromium = next(filter(None, map(shutil.which, CHROMIUM_NAMES)))
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_FLAGS))
        for number, (name, switch) in enumerate(SWITCHES.items()):
            if chosen not in name:
                continue
            home = Path(folder) / str(number)
            server = start_server(home / "home", program=SLOW_SERVER)
            page = browser.new_context(base_url=server.url, viewport={"width": 1280, "height": 900}).new_page()
            page.set_default_timeout(PATIENCE_MILLISECONDS)
            studio = prepared(server, page, home)
            try:
                switch(studio, times)
            finally:
                print(f"{name:50} {times:3} tries, {studio.watch.whites:3} white, {len(studio.watch.errors)} errors")
                for error in sorted(set(studio.watch.errors)):
                    print(f"    {error[:150]}", flush=True)
                page.context.close()
                end_server(server)


if __name__ == "__main__":
    measure(int(sys.argv[1]) if len(sys.argv) > 1 else 20, sys.argv[2] if len(sys.argv) > 2 else "")
