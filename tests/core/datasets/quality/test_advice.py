"""Advice about a data set as a whole, word for word."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.datasets.index import DatasetIndex
from core.datasets.quality.advice import advise
from core.datasets.quality.issues import Issue
from core.datasets.sample import Sample
from core.wording.coded import Reason
from core.wording.issues import advice


def data_set(counts, split="", size=(100, 80), names=("cat", "dog", "emu", "fox", "gnu"), **held_out):
    samples = [
        Sample(f"{where}{label}/{n}", label, where, f"{n}", f"{where}{label} {n}".encode().hex(), *size)
        for where, numbers in {split: counts, **held_out}.items()
        for label, number in enumerate(numbers)
        for n in range(number)
    ]
    return DatasetIndex("0123456789ab", "pets", names[: len(counts)], tuple(samples), (), 0, Path("/data"))


def said(dataset, issues=()):
    return {item.kind: advice(item.kind, item.parameters) for item in advise(dataset, issues)}


def test_nothing_to_say():
    assert said(data_set([400, 360])) == {}


def test_a_small_validation_is_explained_with_numbers():
    text = said(data_set([125, 125]))["small_validation"]
    assert text == (
        "Validation has 50 pictures: 0.90 means anything from 0.79 to 0.96. Two models whose accuracies are closer "
        "together than that can't be told apart. Hold out a larger share, or add pictures."
    )


@pytest.mark.parametrize(("held_out", "is_small"), [(20, True), (65, True), (75, False), (500, False)])
def test_which_validation_is_too_small(held_out, is_small):
    dataset = data_set([200, 200], "train", validation=[held_out, held_out])
    assert ("small_validation" in said(dataset)) == is_small


def test_uneven_classes():
    text = said(data_set([1200, 400, 1000]))["imbalance"]
    assert text == (
        "The classes are uneven: cat has 1,200 pictures, 3.0 times as many as dog with 400. A model leans towards "
        "large classes, and accuracy says little about small ones. Training weighs the classes to make up for it; "
        "more pictures of the small ones are better still."
    )


def test_twice_as_many_is_even_enough():
    assert "imbalance" not in said(data_set([800, 400]))
    assert "imbalance" in said(data_set([801, 400]))


def test_few_pictures_to_train_with():
    text = said(data_set([20, 400]))["few_pictures"]
    assert text == (
        "This class has fewer than 20 different pictures to learn from: cat (16). What a model learns from so few is "
        "mostly chance. Add pictures: 50 or more of each class work well."
    )
    assert "few_pictures" not in said(data_set([25, 25]))


def test_many_classes_with_few_pictures():
    text = said(data_set([10, 5, 5, 5, 5]))["few_pictures"]
    assert text.startswith("These 5 classes have fewer than 20 different pictures to learn from: dog (4), emu (4), fox")
    assert "fox (4) and 2 more." in text


def test_copies_count_once():
    dataset = data_set([30, 300])
    copies = [
        replace(sample, group="g") if sample.label == 0 and int(sample.name) < 15 else sample
        for sample in dataset.samples
    ]
    assert "few_pictures" not in said(dataset)
    assert "few_pictures" in said(replace(dataset, samples=tuple(copies)))


def test_small_pictures():
    assert said(data_set([400, 400], size=(32, 28)))["small_pictures"] == (
        "Most pictures are only about 28 pixels a side. They are enlarged for training, but what can't be seen in "
        "them can't be learned. Use larger ones if there are any."
    )
    assert "small_pictures" not in said(data_set([400, 400], size=(64, 48)))


def test_leaks_and_conflicts_come_first():
    kinds = {"a": "leak", "b": "label_conflict", "c": "label_conflict"}
    issues = [Issue(kind, path, Reason.of_text(""), 1.0) for path, kind in kinds.items()]
    texts = said(data_set([30, 30]), issues)
    assert list(texts) == ["leak", "label_conflict", "small_validation"]
    assert texts["leak"] == (
        "1 picture is in the train folder and among the validation or test pictures as well. The model will have seen "
        "them before, so its accuracy will look better than it is. Keep one of each."
    )
    assert texts["label_conflict"] == (
        "2 pictures are copies of each other in different classes. One class of each must be wrong: look at them "
        "before training."
    )
    assert said(data_set([400, 400]), issues[:1] * 3)["leak"].startswith("3 pictures are in the train folder")
