"""From a cell of the confusion matrix to its pictures, to a mistake, to its heat map, to a relabel that is decided."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from core.config.training_config import TrainingConfig
from core.datasets.store.store import DatasetStore
from core.datasets.versions.pending_edits import read_pending_edits
from core.evaluation.evaluation import load_evaluations
from core.evaluation.threshold import Answers
from core.runs import queue
from core.runs.records.store import RunStatus
from tests.browser.accessibility import settled
from tests.browser.conftest import TRAINING_SECONDS, Server, wait_until
from tests.conftest import draw_shape

CONFIG = TrainingConfig(image_size=32).with_options(epochs=1, validation_split=0.5)
CELLS = ".confusion-matrix .nsewdrag"


@pytest.fixture
def guessing(server: Server, tmp_path):
    """A run whose classes have nothing to do with its pictures: it makes mistakes of all kinds."""
    generator = np.random.default_rng(0)
    for name in ("one", "two"):
        (tmp_path / "guesses" / name).mkdir(parents=True)
        for number in range(30):
            shape = generator.choice(["circle", "square", "stripes"])
            draw_shape(shape, generator).save(tmp_path / "guesses" / name / f"{name} {number}.png")
    dataset = DatasetStore(server.settings).import_source(tmp_path / "guesses", name="Guesses")
    run = queue.submit(server.runs, dataset.id, CONFIG, name="Guessing")
    wait_until(lambda: not server.runs.unfinished(), TRAINING_SECONDS)
    assert server.runs.get(run.id).status == RunStatus.COMPLETED
    return run


def click_cell(page: Page, row: int, column: int) -> None:
    """Clicks a cell of a matrix of two classes with all answers given."""
    page.locator(CELLS).scroll_into_view_if_needed()
    box = page.locator(CELLS).bounding_box()
    page.mouse.click(box["x"] + box["width"] * (column + 0.5) / 2, box["y"] + box["height"] * (row + 0.5) / 2)


@pytest.mark.shared_server
def test_from_a_cell_to_its_pictures_to_a_heat_map_to_a_relabel(page: Page, server: Server, guessing):
    (evaluation,) = load_evaluations(server.runs.folder(guessing.id))
    cells = Answers(evaluation).cells()
    # The classes are in the order of the alphabet, as the matrix has them.
    assert evaluation.class_names == ("one", "two")
    assert all(cells.get(cell) for cell in ((0, 1), (1, 0)))

    page.goto(f"/run?run={guessing.id}&section=results")
    expect(page.locator(CELLS)).to_be_visible()
    settled(page)
    click_cell(page, 1, 0)
    opened = page.locator(".st-key-cell")
    expect(opened).to_contain_text("two taken for one")
    expect(opened.locator("img")).to_have_count(min(cells[1, 0], 24))
    expect(page).to_have_url(re.compile("cell=1-0"))
    page.reload()
    expect(opened).to_contain_text("two taken for one")
    settled(page)

    # The list does the same by keyboard.
    page.get_by_role("combobox", name="Pictures of a cell").focus()
    page.keyboard.type("one taken for two")
    page.keyboard.press("Enter")
    expect(opened).to_contain_text("one taken for two")
    opened.get_by_role("button", name="Close").click()
    expect(opened).to_have_count(0)
    click_cell(page, 1, 0)
    opened.get_by_role("button", name="Open in Mistakes").click()

    expect(page).to_have_url(re.compile("section=mistakes"))
    count = page.get_by_text("pictures taken for something else")
    wrong = cells[0, 1] + cells[1, 0]
    expect(count).to_have_text(f"{wrong} of 30 pictures taken for something else; {cells[1, 0]} shown.")
    page.reload()
    expect(count).to_contain_text(f"{cells[1, 0]} shown.")
    settled(page)

    page.get_by_role("combobox", name="True class").focus()
    page.keyboard.type("one")
    page.keyboard.press("Enter")
    expect(count).to_contain_text("0 shown.")
    settled(page)
    page.get_by_role("button", name="Show all mistakes").click()
    expect(count).to_have_text(f"{wrong} of 30 pictures taken for something else.")
    expect(page).not_to_have_url(re.compile("taken_for|true="))
    page.goto(f"/run?run={guessing.id}&section=mistakes&true=1&sorted=name")
    expect(count).to_contain_text(f"{cells[1, 0]} shown.")
    settled(page)

    page.get_by_role("button", name="Nearest pictures").first.click()
    expect(page.locator("[class*=st-key-gallery_nearest] img")).to_have_count(3)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Why?").first.click()
    expect(page).to_have_url(re.compile(r"section=explain.*picture=[0-9a-f]{12}"))
    expect(page.get_by_role("img", name="Grad-CAM for ")).to_be_visible()
    page.go_back()
    expect(count).to_contain_text(f"{cells[1, 0]} shown.")
    settled(page)
    page.get_by_role("button", name="This label is wrong").first.click()
    expect(page.get_by_text("Relabelled as one: decided, not applied yet.")).to_be_visible()
    dataset = DatasetStore(server.settings).get(guessing.dataset_id)
    ((path, decision),) = read_pending_edits(dataset).decisions.items()
    assert decision == "relabel:one"
    index = evaluation.paths.index(path)
    assert (evaluation.labels[index], evaluation.predictions[index]) == (1, 0)

    page.get_by_role("link", name="Apply it").click()
    expect(page.get_by_text("1 picture relabelled as one")).to_be_visible()
    expect(page.get_by_role("button", name="Make cleaned version")).to_be_enabled()
    page.goto(f"/run?run={guessing.id}&section=mistakes")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    assert read_pending_edits(dataset).decisions == {}


@pytest.mark.shared_server
def test_threshold_moves_matrix_and_sentence_and_stays_after_a_reload(page: Page, server: Server, guessing):
    page.goto(f"/run?run={guessing.id}&section=results")
    expect(page.get_by_text("It answers all 30 pictures")).to_be_visible()
    slider = page.get_by_role("slider", name="Answer only if at least this sure")
    slider.focus()
    page.keyboard.press("End")
    sentence = page.get_by_text(re.compile(r"^At 0\.99 it answers"))
    expect(sentence).to_be_visible()
    expect(page.locator(".confusion-matrix").get_by_text("No answer")).to_be_visible()
    expect(page).to_have_url(re.compile(r"at=0\.99"))
    page.reload()
    expect(sentence).to_be_visible()
