"""Which of several copies can be removed, which are in two classes, and which are on both sides of the split."""

from pathlib import Path

import pytest

from core.datasets.index import DatasetIndex
from core.datasets.quality.duplicate_issues import find_duplicate_issues, keep_one
from core.datasets.quality.image_statistics import measure, pack
from core.datasets.quality.issues import Audit
from core.datasets.sample import Sample
from core.wording.issues import issue_detail
from tests.core.datasets.drawing import draw_scene


def copy(name, label=0, split="", content="1", size=(8, 8), group="g") -> Sample:
    return Sample(f"pictures/{name}", label, split, name, content * 64, *size, group)


def data_set(*samples: Sample) -> DatasetIndex:
    return DatasetIndex("0123456789ab", "pets", ("cat", "dog"), samples, (), 0, Path("/data"))


def look(dataset: DatasetIndex):
    """Returns the index's faults; contents are the same scene, saved differently."""
    contents = {sample.digest for sample in dataset.samples}
    looks = {digest: measure(draw_scene(1).resize((150 + int(digest[0]), 120))) for digest in contents}
    return find_duplicate_issues(
        dataset,
        pack([sample.digest for sample in dataset.samples], [looks[sample.digest] for sample in dataset.samples]),
    )


def kept(dataset: DatasetIndex) -> set[str]:
    removed = keep_one(dataset, Audit(dataset.id, len(dataset.samples), tuple(look(dataset)), (), 0.0))
    return {sample.name for sample in dataset.samples if sample.path not in removed}


def found(dataset: DatasetIndex):
    return [(issue.kind, issue.path.removeprefix("pictures/"), issue_detail(issue.detail)) for issue in look(dataset)]


def test_alone():
    assert found(data_set(copy("a", group=""), copy("b", group="left over by a version", content="2"))) == []


def test_exact_copies():
    dataset = data_set(copy("b"), copy("a"), copy("c"))
    assert found(dataset) == [("duplicate", "b", "the same picture as a"), ("duplicate", "c", "the same picture as a")]
    assert all((issue.score, issue.group) == (1, "g") for issue in look(dataset))
    assert kept(dataset) == {"a"}


def test_near_copies():
    dataset = data_set(copy("a"), copy("b", content="2"))
    assert found(dataset) == [("near_duplicate", "b", "nearly the same picture as a")]
    assert 0.9 < look(dataset)[0].score < 1


def test_a_near_copy_with_an_exact_copy():
    dataset = data_set(copy("a"), copy("b", content="2"), copy("c", content="2"))
    assert [kind for kind, _, _ in found(dataset)] == ["duplicate", "duplicate"]
    assert kept(dataset) == {"a"}


def test_the_largest_is_kept():
    assert kept(data_set(copy("a"), copy("b", content="2", size=(9, 9)), copy("c", content="3"))) == {"b"}


def test_of_equally_large_copies_the_training_picture_is_kept():
    dataset = data_set(copy("a", split="validation"), copy("b", split="train"), copy("c", split="test"))
    assert kept(dataset) == {"b"}
    assert found(dataset) == [
        ("leak", "a", "the same picture as b, which is in train"),
        ("leak", "c", "the same picture as b, which is in train"),
    ]


def test_a_larger_copy_among_the_validation_pictures():
    dataset = data_set(copy("a", split="train"), copy("b", split="validation", content="2", size=(9, 9)))
    assert found(dataset) == [("leak", "a", "nearly the same picture as b, which is in validation")]
    assert kept(dataset) == {"b"}


def test_two_held_out_copies_are_not_a_leak():
    dataset = data_set(copy("a", split="validation"), copy("b", split="test"))
    assert found(dataset) == [("duplicate", "b", "the same picture as a")]


def test_copies_in_two_classes_are_all_shown():
    dataset = data_set(copy("a"), copy("b", label=1), copy("c", label=1, content="2"))
    assert found(dataset) == [
        ("label_conflict", "a", "the same picture as b, which is in the class dog"),
        ("label_conflict", "b", "the same picture as a, which is in the class cat"),
        ("label_conflict", "c", "nearly the same picture as a, which is in the class cat"),
    ]


@pytest.mark.parametrize("split", ["", "validation"])
def test_copies_in_two_classes_are_left_to_the_user(split):
    dataset = data_set(copy("a", split="train"), copy("b", label=1, split=split), copy("c", split="train"))
    assert kept(dataset) == {"a", "b", "c"}


def test_groups_are_judged_separately():
    dataset = data_set(copy("a"), copy("b", group="h", content="3"), copy("c"), copy("d", group="h", content="3"))
    assert kept(dataset) == {"a", "b"}


def test_a_faulty_copy_is_not_the_one_to_keep():
    dataset = data_set(copy("blurry", size=(90, 90)), copy("sharp", content="2", size=(80, 80)))
    looks = pack(["1" * 64, "2" * 64], [measure(draw_scene(1).resize(size)) for size in ((150, 120), (151, 120))])
    assert [issue.path for issue in find_duplicate_issues(dataset, looks)] == ["pictures/sharp"]
    assert [issue.path for issue in find_duplicate_issues(dataset, looks, {"pictures/blurry"})] == ["pictures/blurry"]
