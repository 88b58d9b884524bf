"""The record of a data set: what is written can be read again, as can older records."""

import json
from dataclasses import replace

import pytest

from core.datasets.index import DatasetIndex
from core.datasets.sample import Sample, Skipped
from core.datasets.store.manifest import MANIFEST_NAME, read_manifest, write_manifest
from core.errors import DatasetError
from core.wording.coded import Note, Reason
from core.wording.dataset_notes import dataset_note
from core.wording.reasons import reason

SKIPPED = (Skipped("x", Reason("empty")), Skipped("y", Reason("no_class", {"tables": ["labels.csv"]})))
NOTES = (Note("similar_names", {"name": "cats/a.png"}),)


@pytest.fixture
def dataset(tmp_path):
    samples = tuple(
        Sample(f"pictures/{n}.png", n % 2, "", f"{n}.png", f"{n:064x}", 12, 9, "g" if n < 2 else "") for n in range(4)
    )
    return DatasetIndex("0123456789ab", "pets", ("cat", "dog"), samples, SKIPPED, 1, tmp_path, notes=NOTES)


def test_what_is_written_is_read(dataset):
    write_manifest(dataset)
    assert read_manifest(dataset.folder) == dataset


def test_records_of_hundreds_of_data_sets_are_read_once(dataset, tmp_path):
    folders = [tmp_path / str(number) for number in range(300)]
    for folder in folders:
        folder.mkdir()
        write_manifest(replace(dataset, folder=folder))
    first = [read_manifest(folder) for folder in folders]
    assert all(read_manifest(folder) is known for folder, known in zip(folders, first, strict=True))


def test_a_record_older_than_groups_and_versions(dataset):
    write_manifest(dataset)
    path = dataset.folder / MANIFEST_NAME
    values = json.loads(path.read_text())
    values["samples"] = [row[:7] for row in values["samples"]]
    del values["parent"], values["edits"]
    path.write_text(json.dumps(values))
    ungrouped = tuple(replace(sample, group="") for sample in dataset.samples)
    assert read_manifest(dataset.folder) == replace(dataset, samples=ungrouped)


def test_a_record_older_than_codes(dataset):
    write_manifest(dataset)
    path = dataset.folder / MANIFEST_NAME
    sentences = {
        "a": "empty, it has 0 bytes",
        "b": "it lies outside the class folders",
        "c": "its name doesn't begin with a class and end in a number",
        "d": "labels.csv says no class for it",
        "e": "test.csv and train.csv say no class for it",
    }
    values = json.loads(path.read_text()) | {"format": 1, "skipped": list(sentences.items()), "notes": ["Look at it."]}
    path.write_text(json.dumps(values))
    old = read_manifest(dataset.folder)
    assert {item.name: reason(item.reason) for item in old.skipped} == sentences
    assert [item.reason.code for item in old.skipped] == ["text", "outside", "misnamed", "no_class", "no_class"]
    assert [dataset_note(note) for note in old.notes] == ["Look at it."]
    write_manifest(old)
    assert read_manifest(dataset.folder) == old


@pytest.mark.parametrize("content", ["", "{}", "[]", "null", '{"format": 0}', '{"format": "1"}', "[" * 100_000])
def test_a_damaged_record(dataset, content):
    (dataset.folder / MANIFEST_NAME).write_text(content)
    with pytest.raises(DatasetError, match=r"The record of the data set .* is missing or damaged. Delete the folder"):
        read_manifest(dataset.folder)


def test_a_record_of_a_newer_version(dataset):
    (dataset.folder / MANIFEST_NAME).write_text('{"format": 3}')
    with pytest.raises(DatasetError, match=r"was made by a newer version of the studio\. Use that version, or delete"):
        read_manifest(dataset.folder)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("samples", [["pictures/0.png", 2, "", "0.png", "0", 1, 1, ""]]),
        ("samples", [["pictures/0.png", -1, "", "0.png", "0", 1, 1, ""]]),
        ("samples", [["pictures/0.png", "cat", "", "0.png", "0", 1, 1, ""]]),
        ("samples", [["../../secret.png", 0, "", "0.png", "0", 1, 1, ""]]),
        ("samples", [["/etc/secret.png", 0, "", "0.png", "0", 1, 1, ""]]),
        ("samples", [["pictures/0.png", 0, "holdout", "0.png", "0", 1, 1, ""]]),
        ("samples", [["pictures/0.png", 0, "", None, "0", 1, 1, ""]]),
        ("samples", [["pictures/0.png"]]),
        ("samples", {"a": 1}),
        ("class_names", []),
        ("class_names", [1, 2]),
        ("name", 5),
        ("created", "yesterday"),
        ("validation_split", float("nan")),
        ("notes", [1]),
        ("skipped", [[1, 2]]),
        ("skipped", [["x", "empty", 3]]),
        ("notes", [{"code": "similar_names"}]),
        ("edits", [["remove"]]),
    ],
)
def test_a_record_with_impossible_values(dataset, name, value):
    write_manifest(dataset)
    path = dataset.folder / MANIFEST_NAME
    path.write_text(json.dumps(json.loads(path.read_text()) | {name: value}))
    with pytest.raises(DatasetError, match="missing or damaged"):
        read_manifest(dataset.folder)
