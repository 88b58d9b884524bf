"""The split: stratified, seeded, the same everywhere, no copies on both sides; and the names of such folders."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from core.datasets.index import DatasetIndex
from core.datasets.sample import Sample
from core.datasets.splits import split_word
from core.errors import DatasetError


def sample(number, label=0, split="", content=None):
    digest = hashlib.sha256(f"{label} {number}".encode() if content is None else content.encode()).hexdigest()
    return Sample(f"pictures/{number:08d}.png", label, split, f"{label}/{number}.png", digest, 12, 12)


def index_of(samples, class_names=("cats", "dogs")):
    return DatasetIndex("0123456789ab", "some", class_names, tuple(samples), (), 0, Path("/data"))


def two_classes(first=100, second=40):
    return index_of([sample(n) for n in range(first)] + [sample(n, label=1) for n in range(second)])


def held_out(dataset):
    return {item.digest for item in dataset.select("validation")}


def test_a_fifth_of_each_class_is_held_out():
    dataset = two_classes().with_split()
    assert dict(dataset.distribution().counts) == {"train": (80, 32), "validation": (20, 8)}
    assert dataset.distribution().totals == (100, 40)


def test_the_share_can_be_chosen():
    assert two_classes().with_split(0.5).distribution().counts["validation"] == (50, 20)


@pytest.mark.parametrize("share", [0, 0.04, 0.51, 1, float("nan")])
def test_a_share_out_of_range(share):
    with pytest.raises(DatasetError, match=r"Expected a validation share from 0.05 to 0.5. Received"):
        two_classes().with_split(share)


def test_the_split_is_the_same_on_every_machine():
    names = sorted(item.name for item in two_classes(10, 10).with_split(seed=3).select("validation"))
    assert names == ["0/6.png", "0/7.png", "1/3.png", "1/9.png"]


def test_the_order_of_the_pictures_doesnt_matter():
    dataset = two_classes()
    assert held_out(dataset.with_split()) == held_out(index_of(reversed(dataset.samples)).with_split())


def test_another_seed_gives_another_split():
    assert held_out(two_classes().with_split(seed=0)) != held_out(two_classes().with_split(seed=1))


def test_further_pictures_hardly_change_it():
    before, after = held_out(two_classes(100).with_split()), held_out(two_classes(110).with_split())
    assert len(before - after) <= 4


def test_copies_stay_on_one_side():
    samples = [sample(n, label, content=f"{label} {n % 10}") for label in (0, 1) for n in range(40)]
    dataset = index_of(samples).with_split()
    assert not held_out(dataset) & {item.digest for item in dataset.select("train")}


def test_copies_in_two_classes_stay_on_one_side():
    samples = [sample(n, label, content=str(n)) for label in (0, 1) for n in range(30)]
    dataset = index_of(samples).with_split()
    assert not held_out(dataset) & {item.digest for item in dataset.select("train")}
    assert dataset.distribution().counts["validation"] == (6, 6)


def in_groups(dataset, group_of):
    """Returns the index with a group for each picture, from its number in its class and its label."""
    samples = [replace(item, group=group_of(int(item.name[2:-4]), item.label)) for item in dataset.samples]
    return replace(dataset, samples=tuple(samples))


def sides(dataset):
    """Returns, for each group, the splits that its pictures are in."""
    found = {}
    for item in dataset.samples:
        if item.group:
            found.setdefault(item.group, set()).add(item.split)
    return found


@pytest.mark.parametrize("share", [0.05, 0.2, 0.5])
def test_near_copies_stay_on_one_side(share):
    dataset = in_groups(two_classes(), lambda number, label: f"{label} {number // 3}").with_split(share)
    assert all(len(splits) == 1 for splits in sides(dataset).values())
    counts = dataset.distribution().counts["validation"]
    assert counts[0] == pytest.approx(100 * share, abs=2) and counts[1] == pytest.approx(40 * share, abs=2)


def test_near_copies_in_two_classes_stay_on_one_side():
    dataset = in_groups(two_classes(60, 60), lambda number, label: str(number // 2)).with_split()
    assert all(len(splits) == 1 for splits in sides(dataset).values())
    assert dataset.distribution().counts["validation"] == (12, 12)


def test_many_copies_of_one_picture_dont_become_the_validation_set():
    dataset = in_groups(two_classes(), lambda number, label: "burst" if label == 0 and number < 70 else "").with_split()
    assert sides(dataset) == {"burst": {"train"}}
    assert dataset.distribution().counts["validation"] == (20, 8)


def test_a_class_of_two_pictures_and_their_copies_is_on_both_sides():
    dataset = in_groups(two_classes(10, 40), lambda number, label: str(number // 7) if label == 0 else "").with_split()
    assert dataset.distribution().counts["validation"] == (3, 8)


def test_a_class_of_one_picture_and_its_copies_is_on_both_sides():
    dataset = in_groups(two_classes(10, 40), lambda number, label: "one" if label == 0 else "").with_split()
    assert dataset.distribution().counts["validation"] == (2, 8)


def test_groups_of_one_change_nothing():
    alone = in_groups(two_classes(), lambda number, label: "")
    assert alone.with_split(seed=3) == two_classes().with_split(seed=3)


def test_a_group_keeps_its_side_when_one_member_is_gone():
    dataset = in_groups(two_classes(), lambda number, label: f"{label} {number // 2}")
    fewer = replace(dataset, samples=dataset.samples[1:])
    before, after = held_out(dataset.with_split()), held_out(fewer.with_split())
    assert len(before ^ after) <= 4


@pytest.mark.parametrize("share", [0.05, 0.2, 0.5])
@pytest.mark.parametrize("num_pictures", [2, 3, 5])
def test_small_classes_are_on_both_sides(num_pictures, share):
    counts = two_classes(100, num_pictures).with_split(share).distribution().counts
    assert counts["validation"][1] >= 1
    assert counts["train"][1] >= 1


def test_a_split_that_was_given_is_kept():
    samples = [sample(1, split="train"), sample(2, split="validation"), sample(3, split="test")]
    dataset = index_of(samples)
    assert dataset.has_split
    assert dataset.with_split(0.5, seed=9).samples == dataset.samples


def test_given_test_pictures_arent_held_out():
    samples = [sample(n, split="train") for n in range(10)] + [sample(n, split="test") for n in range(10, 20)]
    dataset = index_of(samples)
    assert not dataset.has_split
    assert dict(dataset.with_split().distribution().counts) == {"train": (8, 0), "validation": (2, 0), "test": (10, 0)}


@pytest.mark.parametrize(
    ("folder", "split"),
    [
        ("Training", "train"),
        ("training_set", "train"),
        ("Test-Data", "test"),
        ("valid", "validation"),
        ("trains", ""),
        ("test1", "test"),
        ("images_val", "validation"),
        ("Train Images", "train"),
        ("trainset", "train"),
        ("evaluation", "test"),
        ("dev", "validation"),
        ("PublicTest", "validation"),
        ("private_test", "test"),
        ("holdout", "test"),
        ("validate", "validation"),
        ("train_dir", "train"),
        ("train_mini", "train"),
        ("Test dataset", "test"),
        ("train.v1", "train"),
        ("test (1)", "test"),
        ("01_train", "train"),
        ("train station", ""),
        ("test.set.up", ""),
        ("dataset", ""),
        ("testament", ""),
        ("2", ""),
    ],
)
def test_words_for_splits(folder, split):
    assert split_word(folder) == split


def test_a_draw_keeps_so_many_training_pictures_of_each_class_and_all_others():
    dataset = two_classes(100, 10).with_split(0.2)
    drawn = dataset.with_split(0.2, pictures_per_class=20)
    assert dict(drawn.distribution().counts) == {"train": (20, 8), "validation": (20, 2)}
    assert held_out(drawn) == held_out(dataset)


def test_fewer_pictures_of_a_draw_are_among_the_more_and_other_draws_take_others():
    dataset = two_classes()

    def taken(number, draw):
        return {item.path for item in dataset.with_split(pictures_per_class=number, draw=draw).select("train")}

    assert taken(5, 0) < taken(20, 0)
    assert taken(5, 0) != taken(5, 1)
    assert taken(5, 1) == taken(5, 1)
