"""A run's model on other data sets: which fit, what is left out, what is kept."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.config.training_config import TrainingConfig
from core.datasets.index import DatasetIndex
from core.datasets.sample import Sample
from core.errors import DatasetError, Stopped
from core.evaluation.evaluation import Evaluation
from core.evaluation.prediction import Prediction, Verdict, unreadable
from core.events import Event
from core.runs.other_data import (
    BATCH,
    FOLDER,
    evaluate_on,
    is_clearly_worse,
    load_others,
    match_classes,
    save_other,
    trained_on,
)

KNOWN = ("cat", "dog")


def data_set(*class_names: str, number: int = 4, name: str = "more") -> DatasetIndex:
    samples = tuple(
        Sample(f"{n}.png", n % len(class_names), "", f"{n}.png", f"digest {n}", 8, 8) for n in range(number)
    )
    return DatasetIndex("0" * 12, name, class_names, samples, (), 0, Path("/data"))


def always_cat(paths: list[Path]) -> list[Prediction]:
    """Answers everything with cat; the file 1.png can't be read."""
    cat = Prediction("cat", 0.9, KNOWN, (0.9, 0.1), Verdict.SURE)
    return [unreadable(KNOWN, "damaged") if path.name == "1.png" else cat for path in paths]


def test_classes_are_matched_as_an_import_compares_them() -> None:
    found = match_classes(("Dog ", "cat"), KNOWN)
    assert (found.columns, found.renamed) == ((1, 0), {"Dog ": "dog"})


def test_unknown_classes_are_refused_before_anything_is_predicted() -> None:
    def never(paths: list[Path]) -> list[Prediction]:
        raise AssertionError("nothing may be predicted")

    with pytest.raises(DatasetError) as caught:
        evaluate_on(data_set("Cat", "cat", "dog", "wolf"), KNOWN, never, 1.0)
    assert str(caught.value) == (
        "Expected a data set with classes out of cat and dog. Received Cat and wolf too. Rename or leave out these "
        "classes."
    )


def test_pictures_that_were_trained_on_or_cannot_be_read_are_left_out_and_counted() -> None:
    found = evaluate_on(data_set("Dog", "cat"), KNOWN, always_cat, 1.5, seen={"digest 3", "elsewhere"})
    assert found.class_names == KNOWN
    assert found.paths == ("0.png", "2.png")
    assert found.labels.tolist() == [1, 1] and found.predictions.tolist() == [0, 0]
    assert (found.split, found.dataset_id, found.temperature) == ("more", "0" * 12, 1.5)
    assert (found.num_seen, found.num_unreadable) == (1, 1)


@pytest.mark.parametrize(
    ("own", "other", "is_worse"),
    # Fisher's exact test gives one-sided p-values of 0.02, 0.10, 0.5, 1.
    [
        ((20, 20), (112, 140), True),
        ((10, 10), (112, 140), False),
        ((45, 50), (89, 100), False),
        ((5, 9), (9, 9), False),
    ],
)
def test_worse_on_other_pictures_is_what_chance_would_hardly_bring(
    own: tuple[int, int], other: tuple[int, int], is_worse: bool
) -> None:
    evaluations = []
    for right, total in (own, other):
        answers = (np.arange(total) >= right).astype(np.int64)
        paths = tuple(map(str, range(total)))
        evaluations.append(Evaluation("split", KNOWN, np.zeros(total, np.int64), np.eye(2)[answers], paths))
    assert is_clearly_worse(evaluations[1], evaluations[0]) == is_worse


def test_without_a_picture_left_there_is_one_sentence() -> None:
    own = data_set("cat", "dog", number=2)
    with pytest.raises(DatasetError, match=r"All 2 of more were trained on\. Choose"):
        evaluate_on(own, KNOWN, always_cat, 1.0, seen={"digest 0", "digest 1"})
    with pytest.raises(DatasetError, match="None of the 1 pictures of more can be read"):
        evaluate_on(own, KNOWN, always_cat, 1.0, seen={"digest 0"})


def test_a_data_set_with_the_name_of_a_split_is_told_from_it() -> None:
    assert evaluate_on(data_set("cat", "dog", name="test"), KNOWN, always_cat, 1.0).split == "test (data set)"


def test_it_reports_progress_and_can_be_stopped() -> None:
    events: list[Event] = []
    many = data_set("cat", "dog", number=3 * BATCH)
    evaluate_on(many, KNOWN, always_cat, 1.0, on_event=events.append)
    assert events[0].phase == "predict" and events[0].total == 3 * BATCH
    asked: list[list[Path]] = []

    def predict(paths: list[Path]) -> list[Prediction]:
        asked.append(paths)
        return always_cat(paths)

    with pytest.raises(Stopped):
        evaluate_on(many, KNOWN, predict, 1.0, should_stop=lambda: len(asked) == 1)
    assert [len(paths) for paths in asked] == [BATCH]


def test_what_a_run_was_trained_on_follows_from_its_split() -> None:
    dataset = data_set("cat", "dog", number=20)
    split = dataset.with_split(0.2, 3)
    config = TrainingConfig().with_options(validation_split=0.2, seed=3)
    assert trained_on(dataset, config) == {sample.digest for sample in split.select("train")}
    few = trained_on(dataset, config.with_options(pictures_per_class=2))
    assert len(few) == 4 and few < trained_on(dataset, config)
    assert trained_on(None, config) == set()


def test_results_are_kept_with_the_run_by_data_set(tmp_path: Path) -> None:
    first = Evaluation("more", KNOWN, np.array([0, 1]), np.eye(2), ("a", "b"), 1.2, "1" * 12, 3, 1)
    other = replace(first, split="less", dataset_id="2" * 12)
    save_other(first, tmp_path)
    save_other(other, tmp_path)
    save_other(replace(first, num_seen=0), tmp_path)
    less, more = load_others(tmp_path)
    assert (less.split, more.split) == ("less", "more")
    assert (more.dataset_id, more.num_seen, more.num_unreadable, more.temperature) == ("1" * 12, 0, 1, 1.2)
    assert more.probabilities.tolist() == np.eye(2).tolist()
    (tmp_path / FOLDER / f"{'2' * 12}.json").write_text("{")
    assert [one.split for one in load_others(tmp_path)] == ["more"]
    assert load_others(tmp_path / "nowhere") == []
