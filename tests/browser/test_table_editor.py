"""A value typed into the table of groups on the page: it is saved, it outlives a reload, and it gives groups."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from core.config.training_config import TrainingConfig
from core.datasets.attributes.own_attributes import read_attributes
from core.datasets.store.store import DatasetStore
from core.runs import queue
from core.runs.records.store import RunStatus
from tests.browser.accessibility import settled
from tests.browser.conftest import TRAINING_SECONDS, Server, wait_until
from tests.conftest import draw_shape

CONFIG = TrainingConfig(image_size=32).with_options(epochs=1, validation_split=0.5)
HEADER, ROW = 36, 56


@pytest.fixture
def small(server: Server, tmp_path):
    generator = np.random.default_rng(0)
    for name in ("circle", "square"):
        (tmp_path / "small" / name).mkdir(parents=True)
        for number in range(10):
            draw_shape(name, generator).save(tmp_path / "small" / name / f"{name} {number}.png")
    dataset = DatasetStore(server.settings).import_source(tmp_path / "small", name="Small")
    run = queue.submit(server.runs, dataset.id, CONFIG, name="Small")
    wait_until(lambda: not server.runs.unfinished(), TRAINING_SECONDS)
    assert server.runs.get(run.id).status == RunStatus.COMPLETED
    return run, dataset


def open_editor(page: Page) -> None:
    page.locator("summary").filter(has_text="Your own groups").click()
    page.locator("label").filter(has_text="Edit the table here").click()
    settled(page)


@pytest.mark.shared_server
def test_a_typed_value_is_saved_and_gives_groups(page: Page, server: Server, small):
    run, dataset = small
    page.goto(f"/run?run={run.id}&section=results")
    expect(page.get_by_text("Your own groups")).to_be_visible()
    settled(page)
    open_editor(page)
    page.get_by_role("textbox", name="Column", exact=True).fill("light")
    page.get_by_role("textbox", name="Its values, separated by commas").fill("day, night")
    page.get_by_role("textbox", name="Its values, separated by commas").press("Tab")
    settled(page)
    page.get_by_role("button", name="Add the column").click()
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    editor = page.locator("[data-testid=stDataFrame]").filter(has=page.locator("canvas")).last
    editor.scroll_into_view_if_needed()
    settled(page)
    box = editor.bounding_box()
    for row, value in ((0, "day"), (1, "night")):
        page.mouse.dblclick(box["x"] + box["width"] - 60, box["y"] + HEADER + ROW * (row + 0.5))
        opened = page.locator("#portal input")
        expect(opened).to_be_focused()
        page.keyboard.type(value)
        page.keyboard.press("Enter")
        expect(page.get_by_text(f"and {row + 1} value")).to_be_visible()
    assert read_attributes(dataset) is None
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Not saved yet")).to_have_count(0)
    assert sorted(read_attributes(dataset).values.values()) == [("day",), ("night",)]

    page.reload()
    settled(page)
    page.get_by_role("combobox", name="Groups by").focus()
    page.keyboard.type("light")
    page.keyboard.press("Enter")
    expect(page.get_by_text("of 20 pictures")).to_have_count(1)
    expect(page).to_have_url(re.compile("by=own"))
