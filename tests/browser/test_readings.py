"""Sources that can be read in more than one way: what is asked, what is shown, and what the answer does."""

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from core.datasets.store.store import DatasetStore
from tests.browser.conftest import Server, wait_until
from tests.conftest import draw_folder, draw_shape

pytestmark = pytest.mark.shared_server


def import_path(page: Page, path: Path) -> None:
    page.goto("/data?add=folder")
    page.get_by_role("textbox", name="Folder or zip on this server").fill(str(path))
    page.get_by_role("button", name="Import", exact=True).first.click()


def classes_of(server: Server, name: str) -> dict[str, int]:
    """Waits for the data set with this name and returns the number of pictures in each class."""
    store = DatasetStore(server.settings)
    wait_until(lambda: any(dataset.name == name for dataset in store.list()))
    dataset = next(dataset for dataset in store.list() if dataset.name == name)
    return dict(zip(dataset.class_names, dataset.distribution().totals, strict=True))


def write_table(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def flat(folder: Path, count: int, names: tuple[str, ...] = ("circle", "stripes")) -> list[tuple[str, str]]:
    """Writes pictures with meaningless names into one folder; returns each name and what it shows."""
    folder.mkdir(parents=True)
    generator = np.random.default_rng(4)
    drawn = []
    for number in range(count):
        shape = names[number % len(names)]
        name = f"{generator.bytes(4).hex()}x.png"
        draw_shape(shape, generator).save(folder / name)
        drawn.append((name, shape))
    return drawn


def letters(folder: Path) -> None:
    draw_folder(folder, 4, ("A", "a"))


def folders_in_folders(folder: Path) -> None:
    for seed, colour in enumerate(("red", "blue")):
        draw_folder(folder / colour, 4, ("circle", "stripes"), seed)


def two_labels(folder: Path) -> None:
    drawn = flat(folder, 12)
    rows = [[name, shape] for name, shape in drawn] + [[name, "both"] for name, _ in drawn[:2]]
    write_table(folder / "labels.csv", [["file", "label"], *rows])


def two_columns(folder: Path) -> None:
    rows = [[name, shape, ("red", "blue")[place // 2 % 2]] for place, (name, shape) in enumerate(flat(folder, 12))]
    write_table(folder / "labels.csv", [["file", "form", "colour"], *rows])


def lone(folder: Path) -> None:
    draw_folder(folder, 4, ("circle", "stripes"))
    draw_folder(folder, 1, ("zebra",), seed=5)


@pytest.mark.parametrize(
    ("draw", "question", "answer", "classes"),
    [
        (letters, "can be read in 2 ways", "Keep them apart", {"A": 4, "a": 4}),
        (folders_in_folders, "can be read in 2 ways", "Use the inner folders", {"circle": 8, "stripes": 8}),
        (two_labels, "can be read in 2 ways", "Leave these pictures out", {"circle": 5, "stripes": 5}),
        (two_columns, "can be read in 2 ways", "Classes from form", {"circle": 6, "stripes": 6}),
        (lone, "too few pictures to learn from", "Leave these classes out", {"circle": 4, "stripes": 4}),
    ],
    ids=["letters", "folders in folders", "two labels", "two columns", "lone picture"],
)
def test_a_question_is_answered_with_the_pictures_in_view(
    page: Page, server: Server, tmp_path, draw: Callable, question: str, answer: str, classes: dict[str, int]
):
    draw(tmp_path / draw.__name__)
    import_path(page, tmp_path / draw.__name__)
    expect(page.get_by_text(question, exact=False).first).to_be_visible(timeout=60_000)
    if draw is not lone:
        expect(page.locator("[class*='st-key-question_'] img").first).to_be_visible()
    page.get_by_role("button", name=answer).first.click()
    assert classes_of(server, draw.__name__) == classes
    expect(page.get_by_text("Are these labels right?", exact=False)).to_be_visible(timeout=60_000)
    expect(page.locator(".st-key-receipt img").first).to_be_visible()
    page.get_by_role("button", name="Looks right").click()
    expect(page.get_by_text("Are these labels right?", exact=False)).to_have_count(0)


def test_a_reading_is_changed_after_the_import(page: Page, server: Server, tmp_path):
    folder = tmp_path / "mixed"
    rows = [[name, shape] for name, shape in flat(folder, 12)]
    write_table(folder / "labels.csv", [["file", "label"], *rows])
    two = {shape for _, shape in rows}
    draw_folder(folder / "spare", 1, ("circle",))
    import_path(page, folder)
    assert classes_of(server, "mixed") == {"circle": 6, "stripes": 6}
    page.get_by_role("button", name="Change how this is read").click()
    question = page.get_by_text("can only be read in this way, unless other columns are meant", exact=False)
    expect(question).to_be_visible(timeout=60_000)
    expect(page.get_by_role("button", name="Read it with these columns")).to_be_visible()
    page.get_by_role("button", name="Keep it as it is").click()
    expect(question).to_have_count(0)
    assert set(classes_of(server, "mixed")) == two
