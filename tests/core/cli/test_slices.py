"""Groups of pictures on the command line: the table, the sentence, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest

from core.datasets.attributes.own_attributes import read_table, save_attributes
from core.datasets.store.store import DatasetStore
from core.evaluation.evaluation import load_evaluations, save_evaluations
from core.runs.records.store import RunStore
from core.settings import settings
from tests.core.cli.conftest import copied_home, last_json


@pytest.fixture
def home(trained_home, tmp_path, monkeypatch):
    """A home in which the run called Small was asked about all 20 pictures; of the dark ones it got 4 of 10 wrong."""
    folder = copied_home(trained_home[0], tmp_path / "home")
    monkeypatch.setenv("TRANSFER_STUDIO_HOME", str(folder))
    settings.cache_clear()
    run = RunStore(folder / "studio.sqlite").get("Small")
    (evaluation,) = load_evaluations(folder / "runs" / run.id)
    dataset = DatasetStore(settings()).get(run.dataset_id)
    labels = np.array([sample.label for sample in dataset.samples])
    dark = dataset.class_names.index("dark")
    is_wrong = (labels == dark) & (np.cumsum(labels == dark) <= 4)
    probabilities = np.eye(2)[np.where(is_wrong, 1 - labels, labels)]
    paths = tuple(sample.path for sample in dataset.samples)
    changed = replace(evaluation, labels=labels, probabilities=probabilities, paths=paths)
    save_evaluations([changed], folder / "runs" / run.id)
    lines = [f"{sample.name},{'left' if at % 2 else 'right'}" for at, sample in enumerate(dataset.samples[:-2])]
    save_attributes(dataset, read_table(dataset, "more.csv", "\n".join(["file,Side", *lines]).encode()))
    return folder


def test_table_and_sentence(home, call):
    code, output, _ = call("evaluate", "Small", "--by", "folder", home=home)
    assert code == 0
    lines = output[output.index("By folder:") :].splitlines()
    assert lines[1].split()[:4] == ["group", "pictures", "right", "accuracy"]
    assert lines[2].split()[:4] == ["bright", "10", "10", "1.000"]
    assert lines[3].split()[:4] == ["dark", "10", "6", "0.600"]
    assert "10 of 10 right for bright, 6 of 10 for dark: a gap of 40 points (plausibly 4 to 69)." in output


def test_column_of_the_table_as_json(home, call):
    code, output, _ = call("evaluate", "Small", "--by", "Side", "--json", home=home)
    assert code == 0
    (evaluation,) = last_json(output)["evaluations"]
    slices = evaluation["slices"]
    assert slices["by"] == "Side"
    assert [(group["name"], group["num_pictures"], group["is_known"]) for group in slices["groups"]] == [
        ("left", 9, True),
        ("right", 9, True),
        ("Unknown", 2, False),
    ]
    assert slices["gap"] is None


@pytest.mark.parametrize("name", ["weather", "size", ""])
def test_wrong_grouping_is_refused_in_one_sentence(home, call, name):
    code, output, error = call("evaluate", "Small", "--by", name, home=home)
    assert code == 2
    assert output == ""
    assert len(error.strip().splitlines()) == 1
    assert "Expected --by out of folder, brightness" in error and "Side" in error
