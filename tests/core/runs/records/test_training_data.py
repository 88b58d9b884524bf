"""What a run keeps of its data set."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from core.datasets.edit import Edit
from core.datasets.index import DatasetIndex
from core.runs.records.training_data import (
    TRAINING_DATA_FILE,
    TrainingData,
    load_training_data,
    save_training_data,
    training_data_of,
)

DATA = TrainingData(
    ("cat", "dog"),
    8,
    3,
    2,
    is_version=True,
    parent_name="Pets",
    edits=(Edit("relabel", ("pictures/1.png",), ("cat",)),),
)


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    for data in (DATA, TrainingData(("cat", "dog"), 8, 3)):
        save_training_data(data, tmp_path)
        assert load_training_data(tmp_path) == data


def test_it_counts_the_pictures_of_each_split(dataset: DatasetIndex) -> None:
    data = training_data_of(dataset.with_split(0.25, 0), "")
    assert data == TrainingData(("bright", "dark"), 12, 4)
    assert training_data_of(replace(dataset, parent="abc"), "Noise").is_version


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        json.dumps({**vars(DATA), "edits": [["unheard of", [], [], 0]]}).encode(),
        json.dumps({**vars(DATA), "edits": [], "num_training": "many"}).encode(),
        json.dumps({**vars(DATA), "edits": [], "class_names": [1, 2]}).encode(),
        json.dumps({**vars(DATA), "edits": [], "of_a_newer_version": 1}).encode(),
    ],
)
def test_what_is_damaged_is_as_good_as_absent(tmp_path: Path, content: bytes) -> None:
    assert load_training_data(tmp_path) is None
    (tmp_path / TRAINING_DATA_FILE).write_bytes(content)
    assert load_training_data(tmp_path) is None
