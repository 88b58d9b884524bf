"""Which of several copies can go, which are in two classes, and which are on both sides of the split."""

from pathlib import Path

import pytest

from core.datasets.index import DatasetIndex
from core.datasets.quality.duplicate_issues import copy_faults, keep_one
from core.datasets.quality.image_statistics import measure, pack
from core.datasets.quality.issues import Audit
from core.datasets.sample import Sample
from tests.core.datasets.drawing import draw_scene


def copy(name, label=0, split="", content="1", size=(8, 8), group="g") -> Sample:
    return Sample(f"pictures/{name}", label, split, name, content * 64, *size, group)


def data_set(*samples: Sample) -> DatasetIndex:
    return DatasetIndex("0123456789ab", "pets", ("cat", "dog"), samples, (), 0, Path("/data"))


def look(index: DatasetIndex):
    """Returns the index's faults; contents are the same scene, saved differently."""
    contents = {sample.digest for sample in index.samples}
    looks = {digest: measure(draw_scene(1).resize((150 + int(digest[0]), 120))) for digest in contents}
    return copy_faults(
        index, pack([sample.digest for sample in index.samples], [looks[sample.digest] for sample in index.samples])
    )


def kept(index: DatasetIndex) -> set[str]:
    removed = keep_one(index, Audit(index.id, len(index.samples), tuple(look(index)), (), 0.0))
    return {sample.name for sample in index.samples if sample.path not in removed}


def found(index: DatasetIndex):
    return [(issue.kind, issue.path.removeprefix("pictures/"), issue.detail) for issue in look(index)]


def test_alone():
    assert found(data_set(copy("a", group=""), copy("b", group="left over by a version", content="2"))) == []


def test_exact_copies():
    index = data_set(copy("b"), copy("a"), copy("c"))
    assert found(index) == [("duplicate", "b", "the same picture as a"), ("duplicate", "c", "the same picture as a")]
    assert all((issue.score, issue.group) == (1, "g") for issue in look(index))
    assert kept(index) == {"a"}


def test_near_copies():
    index = data_set(copy("a"), copy("b", content="2"))
    assert found(index) == [("near_duplicate", "b", "nearly the same picture as a")]
    assert 0.9 < look(index)[0].score < 1


def test_a_near_copy_that_is_here_twice():
    index = data_set(copy("a"), copy("b", content="2"), copy("c", content="2"))
    assert [kind for kind, _, _ in found(index)] == ["duplicate", "duplicate"]
    assert kept(index) == {"a"}


def test_the_largest_is_kept():
    assert kept(data_set(copy("a"), copy("b", content="2", size=(9, 9)), copy("c", content="3"))) == {"b"}


def test_of_equally_large_ones_that_to_train_with_is_kept():
    index = data_set(copy("a", split="validation"), copy("b", split="train"), copy("c", split="test"))
    assert kept(index) == {"b"}
    assert found(index) == [
        ("leak", "a", "the same picture as b, which is in train"),
        ("leak", "c", "the same picture as b, which is in train"),
    ]


def test_a_larger_copy_among_the_validation_pictures():
    index = data_set(copy("a", split="train"), copy("b", split="validation", content="2", size=(9, 9)))
    assert found(index) == [("leak", "a", "nearly the same picture as b, which is in validation")]
    assert kept(index) == {"b"}


def test_copies_that_are_both_held_out_leak_nothing():
    index = data_set(copy("a", split="validation"), copy("b", split="test"))
    assert found(index) == [("duplicate", "b", "the same picture as a")]


def test_copies_in_two_classes_are_all_shown():
    index = data_set(copy("a"), copy("b", label=1), copy("c", label=1, content="2"))
    assert found(index) == [
        ("label_conflict", "a", "the same picture as b, which is in the class dog"),
        ("label_conflict", "b", "the same picture as a, which is in the class cat"),
        ("label_conflict", "c", "nearly the same picture as a, which is in the class cat"),
    ]


@pytest.mark.parametrize("split", ["", "validation"])
def test_copies_in_two_classes_are_left_to_the_person(split):
    index = data_set(copy("a", split="train"), copy("b", label=1, split=split), copy("c", split="train"))
    assert kept(index) == {"a", "b", "c"}


def test_groups_are_judged_each_for_itself():
    index = data_set(copy("a"), copy("b", group="h", content="3"), copy("c"), copy("d", group="h", content="3"))
    assert kept(index) == {"a", "b"}


def test_a_faulty_copy_is_not_the_one_to_keep():
    index = data_set(copy("blurry", size=(90, 90)), copy("sharp", content="2", size=(80, 80)))
    looks = pack(["1" * 64, "2" * 64], [measure(draw_scene(1).resize(size)) for size in ((150, 120), (151, 120))])
    assert [issue.path for issue in copy_faults(index, looks)] == ["pictures/sharp"]
    assert [issue.path for issue in copy_faults(index, looks, {"pictures/blurry"})] == ["pictures/blurry"]
