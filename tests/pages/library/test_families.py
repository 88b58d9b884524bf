"""The order of the list, and what a card says of a data set."""

from pathlib import Path

from core.config.training_config import TrainingConfig
from core.datasets.index import DatasetIndex
from core.datasets.sample import Sample
from core.runs.records.store import Run, RunStatus
from pages.components.library.families import best_runs, entries, matching, telling_pictures

CONFIG = TrainingConfig(image_size=32)


def dataset(name, created, parent="", labels=(0, 1), classes=("cat", "dog")):
    samples = tuple(Sample(f"{place}.png", label, "", "", str(place), 9, 9) for place, label in enumerate(labels))
    return DatasetIndex(name, name, classes, samples, (), 0, Path(name), created=created, parent=parent)


def run(run_id, dataset_id, accuracy=None, status=RunStatus.COMPLETED):
    metrics = {} if accuracy is None else {"val_accuracy": accuracy}
    return Run(run_id, run_id, dataset_id, "", CONFIG, "", status, "", 1.0, metrics=metrics)


def listed(*datasets):
    return [
        (entry.dataset.name, entry.number, entry.original.name if entry.original else "") for entry in entries(datasets)
    ]


def test_versions_follow_what_they_were_made_from_and_the_latest_addition_comes_first():
    pets = dataset("Pets", 1)
    second = dataset("Pets, version 2", 3, "Pets")
    third = dataset("Cleaned", 5, "Pets, version 2")
    assert listed(dataset("Digits", 4), third, dataset("Faces", 2), pets, second) == [
        ("Pets", 1, ""),
        ("Pets, version 2", 2, "Pets"),
        ("Cleaned", 3, "Pets"),
        ("Digits", 1, ""),
        ("Faces", 1, ""),
    ]


def test_a_version_keeps_the_number_in_its_name_when_others_are_deleted():
    assert listed(dataset("Pets", 1), dataset("Pets, version 4", 3, "Pets"))[1] == ("Pets, version 4", 4, "Pets")


def test_a_version_whose_original_is_gone_stands_for_itself_and_a_circle_ends():
    assert listed(dataset("b", 2, "gone")) == [("b", 1, "")]
    assert listed(dataset("a", 1, "b"), dataset("b", 2, "a"), dataset("c", 3, "b")) == [
        ("a", 1, ""),
        ("b", 2, "a"),
        ("c", 3, "a"),
    ]


def test_names_and_classes_are_searched_for_all_words():
    found = entries([dataset("My Pets", 1), dataset("Digits", 2, classes=("zero", "one"))])
    assert [entry.dataset.name for entry in matching(found, "pets my")] == ["My Pets"]
    assert [entry.dataset.name for entry in matching(found, "ZERO")] == ["Digits"]
    assert len(matching(found, " ")) == 2
    assert matching(found, "pets zero") == []


def test_the_best_run_of_each_data_set_has_a_model():
    runs = [
        run("a", "pets", 0.8),
        run("b", "pets", 0.9),
        run("c", "pets", 0.99, RunStatus.FAILED),
        run("d", "pets"),
        run("e", "digits", 0.1, RunStatus.STOPPED),
    ]
    assert {key: best.id for key, best in best_runs(runs).items()} == {"pets": "b", "digits": "e"}


def test_pictures_are_of_as_many_classes_as_possible():
    def shown(*labels):
        return [sample.label for sample in telling_pictures(dataset("a", 1, labels=labels), 4)]

    assert shown(0, 0, 0, 0, 1, 1) == [0, 1, 0, 1]
    assert shown(3, 3, 2, 1, 0, 0) == [0, 1, 2, 3]
    assert shown(0, 1) == [0, 1]
