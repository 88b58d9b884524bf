"""The command `survey` on a stored survey (other tests cover making one), and `advise` with its process."""

import json

import numpy as np
import pytest

from core.__main__ import main
from core.datasets.quality.audit import Issue
from core.datasets.quality.embeddings import EmbeddingAnalysis, write_analysis
from core.datasets.store.store import DatasetStore
from core.evaluation.evaluation import wilson_interval
from core.wording.coded import Reason
from tests.conftest import draw_folder


@pytest.fixture
def shapes(home, tmp_path):
    dataset = DatasetStore(home).import_source(draw_folder(tmp_path / "shapes", 8))
    circles = [sample.path for sample in dataset.samples if sample.label == 0]
    stripes = [sample.path for sample in dataset.samples if sample.label == 2]
    issues = [Issue("suspect_label", circles[3], Reason.of_text("looks like stripes (0.97)"), 0.96)]
    likeness = Reason.of_text("likeness to other pictures 0.21")
    issues += [Issue("outlier", path, likeness, 0.79) for path in circles + stripes + circles]
    coordinates = np.array([[0.5, -1], [0.25, 1]], np.float32)
    paths = (circles[3], stripes[0])
    found = EmbeddingAnalysis(
        dataset.id, "efficientnet_lite0", paths, coordinates, tuple(issues), 0.9583, {circles[3]: "stripes"}
    )
    write_analysis(dataset, found)
    return dataset


def test_it_prints_what_was_found(shapes, capsys):
    assert main(["survey", "shapes"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["id", shapes.id]
    assert "accuracy  0.958" in lines
    place = lines.index("Doubtful labels: 1")
    assert lines[place + 1].split() == ["picture", "why", "score"]
    assert lines[place + 2].split() == ["circle/circle", "3.png", "looks", "like", "stripes", "(0.97)", "0.96"]
    assert "Unlike all others: 24" in lines
    assert lines[-1] == "and 4 more (--json lists all)"


def test_as_json(shapes, capsys):
    assert main(["survey", shapes.id, "--json"]) == 0
    values = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert values["accuracy"] == 0.9583 and values["backbone"] == "efficientnet_lite0"
    assert values["issues"][0] == {
        "kind": "suspect_label",
        "path": values["map"][0]["path"],
        "name": "circle/circle 3.png",
        "class": "circle",
        "suggested": "stripes",
        "detail": "looks like stripes (0.97)",
        "score": 0.96,
    }
    assert len(values["issues"]) == 25 and values["issues"][1]["suggested"] is None
    assert [(point["class"], point["x"], point["y"]) for point in values["map"]] == [
        ("circle", 0.5, -1.0),
        ("stripes", 0.25, 1.0),
    ]


def test_no_such_data_set(home, capsys):
    assert main(["survey", "nothing"]) == 2
    assert "There is no data set 'nothing'" in capsys.readouterr().err


@pytest.mark.slow
def test_advise_says_how_well_the_network_tells_the_pictures_apart(call, home, tmp_path):
    DatasetStore(home).import_source(draw_folder(tmp_path / "shapes", 6))
    code, output, errors = call("advise", "shapes", "--image-size", "64")
    assert code == 0, errors
    assert output.startswith("The bundled network tells these apart to about ")
    assert "Fine-tuning" in output
    assert "Measuring what the features are worth" in errors
    code, output, errors = call("advise", "shapes", "--image-size", "64", "--epochs", "9", "--json")
    assert "Reading pictures through the network" not in errors, "they are at hand"
    values = json.loads(output.splitlines()[-1])
    assert values["num_tried"] == 15
    assert values["accuracy"] == values["num_right"] / 15
    assert values["interval"] == list(wilson_interval(values["num_right"], 15))
    assert [one["name"] for one in values["networks"]] == ["efficientnet_lite0"]


@pytest.mark.slow
def test_advice_from_scratch_is_refused(call, home, tmp_path):
    DatasetStore(home).import_source(draw_folder(tmp_path / "shapes", 2))
    code, _, errors = call("advise", "shapes", "--weights", "none")
    assert code == 2
    assert "Expected a pretrained network" in errors
