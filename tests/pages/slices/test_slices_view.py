"""Groups of a run's pictures on its page: the choice, the sentence, the table and the chart."""

import io
import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from core.datasets.attributes.own_attributes import ATTRIBUTES_NAME
from core.datasets.quality.audit import audit, write_audit
from core.datasets.store.store import DatasetStore
from core.evaluation.evaluation import load_evaluations, save_evaluations
from core.settings import settings
from tests.pages.conftest import button, fields, words

EACH = 30


def shaded(seed: int, brightness: int) -> bytes:
    pixels = np.random.default_rng(seed).integers(-25, 25, (24, 24, 3)) + brightness
    buffer = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def graded(trained, tmp_path):
    """Returns a run whose pictures are dark, middling and bright, with shares of right answers that a test chooses."""
    folder = tmp_path / "shades"
    for number in range(3 * EACH):
        path = folder / ("circle", "square")[number % 2] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(shaded(number, (40, 120, 210)[number % 3]))
    dataset = DatasetStore(settings()).import_source(folder, name="Shades")
    run = trained.get("Good run")
    (old,) = load_evaluations(trained.folder(run.id))
    numbers = [int(sample.name.rpartition("/")[2].partition(".")[0]) for sample in dataset.samples]
    labels = np.array([sample.label for sample in dataset.samples])

    def make(wrong: tuple[int, int, int]):
        """Answers the first few pictures of each shade wrongly."""
        is_wrong = np.array([number // 3 < wrong[number % 3] for number in numbers])
        answers = np.where(is_wrong, 1 - labels, labels)
        evaluation = replace(
            old,
            dataset_id=dataset.id,
            labels=labels,
            probabilities=np.eye(3)[answers],
            paths=tuple(sample.path for sample in dataset.samples),
        )
        save_evaluations([evaluation], trained.folder(run.id))
        return run

    make.dataset = dataset
    return make


def table(app, first: str = "Group"):
    (found,) = [item.value for item in app.dataframe if first in item.value]
    return found


def test_nothing_is_compared_until_groups_are_chosen(open_page, graded):
    app = open_page("run", run=graded((0, 0, 0)).id)
    assert "Does it do as well for every group?" in [header.value for header in app.header]
    choice = fields(app)["by"]
    assert choice.value is None
    assert choice.options[:2] == ["Folder", "Brightness"]
    assert not [item for item in app.dataframe if "Group" in item.value]


def test_dark_pictures_answered_worse_are_reported(open_page, graded):
    app = open_page("run", run=graded((15, 2, 1)).id, by="brightness")
    assert fields(app)["by"].value == "brightness"
    (found,) = [item.value for item in app.warning if "a gap of" in item.value]
    assert "29 of 30 right for Brightest" in found and "15 of 30 for Darkest" in found and "a gap of 47 points" in found
    shown = table(app)
    assert list(shown["Pictures"]) == [30, 30, 30]
    assert list(shown["Right"]) == pytest.approx([50, 28 / 0.3, 29 / 0.3])
    assert shown["Group"][0].startswith("Darkest (up to ")
    assert "3 pairs of groups" in words(app)
    (chart,) = [item for item in app.get("plotly_chart") if "Right answers by group" in item.proto.alt]
    assert "Darkest" in chart.proto.spec


def test_set_without_a_difference_is_not_reported(open_page, graded):
    app = open_page("run", run=graded((4, 3, 2)).id, by="brightness")
    assert "Within what chance does:" in words(app)
    assert not [item.value for item in app.warning if "a gap of" in item.value]


def test_small_groups_and_unknown_pictures_are_said(open_page, graded):
    run = graded((4, 3, 2))
    samples = graded.dataset.samples
    values = {sample.path: ["few" if at < 4 else "many"] for at, sample in enumerate(samples[:-5])}
    kept = {"file_name": "more.csv", "columns": ["camera"], "values": values, "num_rows": len(values)}
    (graded.dataset.folder / ATTRIBUTES_NAME).write_text(json.dumps(kept))
    app = open_page("run", run=run.id, by="own:camera")
    assert "Too small to tell: few has fewer than 10 pictures" in words(app)
    assert "Of 5 pictures the group isn't known" in words(app)
    assert list(table(app)["Group"]) == ["few", "many", "Unknown"]
    button(app, "Remove the table").click().run()
    assert not app.exception
    assert "camera" not in fields(app)["by"].options
    assert not (graded.dataset.folder / ATTRIBUTES_NAME).exists()


def test_unreadable_table_is_said_and_can_be_removed(open_page, graded):
    (graded.dataset.folder / ATTRIBUTES_NAME).write_text("{")
    app = open_page("run", run=graded((4, 3, 2)).id)
    assert any("The table about the pictures" in item.value for item in app.warning)
    button(app, "Remove the table").click().run()
    assert not any("The table about the pictures" in item.value for item in app.warning)


def test_address_of_groups_that_there_are_none_of(open_page, graded):
    app = open_page("run", run=graded((4, 3, 2)).id, by="weather")
    assert fields(app)["by"].value is None


def test_deleted_data_set_is_said(open_page, graded):
    run = graded((0, 0, 0))
    DatasetStore(settings()).delete(graded.dataset.id)
    app = open_page("run", run=run.id)
    assert "The data set was deleted, so nothing is known of its pictures" in words(app)


def test_pictures_that_were_never_measured_can_be(open_page, graded):
    run = graded((0, 0, 0))
    for name in ("looks.npz", "audit.json"):
        (graded.dataset.folder / name).unlink(missing_ok=True)
    app = open_page("run", run=run.id)
    assert "Brightness" not in fields(app)["by"].options
    assert button(app, "Check the pictures")
    write_audit(graded.dataset, audit(graded.dataset))
    assert "Brightness" in fields(app.run())["by"].options
