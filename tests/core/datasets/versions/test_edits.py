"""Changes of a data set, without a disk."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from core.datasets.edit import Edit
from core.datasets.index import DatasetIndex, fingerprint
from core.datasets.sample import Sample
from core.datasets.versions.edits import apply_edits
from core.errors import DatasetError


def sample(number, label, split="", content=None):
    digest = hashlib.sha256(str(number if content is None else content).encode()).hexdigest()
    return Sample(f"pictures/{number:08d}.png", label, split, f"{label}/{number}.png", digest, 12, 12)


def data_set(*samples, class_names=("cat", "dog", "fox")):
    return DatasetIndex(
        fingerprint(class_names, samples), "pets", class_names, tuple(samples), (), 3, Path("/data"), created=5.0
    )


@pytest.fixture
def pets():
    return data_set(*(sample(number, number % 3) for number in range(30)))


@pytest.fixture
def split_pets():
    splits = ["train"] * 6 + ["validation"] * 3 + ["test"]
    return data_set(
        *(sample(10 * label + place, label, split) for label in range(3) for place, split in enumerate(splits))
    )


def counts(dataset):
    return dict(zip(dataset.class_names, dataset.distribution().totals, strict=True))


def path(number):
    return f"pictures/{number:08d}.png"


def refusal(dataset, *edits):
    with pytest.raises(DatasetError) as caught:
        apply_edits(dataset, edits)
    return str(caught.value)


# What each change does


def test_removed_pictures_are_gone_and_the_rest_is_as_it_was(pets):
    version = apply_edits(pets, [Edit("remove", (path(0), path(4)))])
    assert version.samples == tuple(sample for sample in pets.samples if sample.path not in (path(0), path(4)))
    assert counts(version) == {"cat": 9, "dog": 9, "fox": 10}


def test_a_version_knows_its_parent_and_what_was_done(pets):
    edits = [Edit("remove", (path(0),)), Edit("leave_out_class", class_names=("fox",))]
    version = apply_edits(pets, edits)
    assert (version.parent, version.edits) == (pets.id, tuple(edits))
    assert version.id == fingerprint(version.class_names, version.samples) != pets.id
    assert (version.skipped, version.num_ignored, version.notes, version.created) == ((), 0, (), 0.0)


def test_relabelled_pictures_keep_everything_but_their_class(pets):
    version = apply_edits(pets, [Edit("relabel", (path(0), path(3)), ("dog",))])
    assert counts(version) == {"cat": 8, "dog": 12, "fox": 10}
    assert version.samples[0] == replace(pets.samples[0], label=1)


def test_relabelling_can_open_a_new_class(pets):
    version = apply_edits(pets, [Edit("relabel", (path(0), path(1)), ("ape",))])
    assert counts(version) == {"ape": 2, "cat": 9, "dog": 9, "fox": 10}


def test_a_picture_that_was_removed_is_not_relabelled(pets):
    version = apply_edits(pets, [Edit("remove", (path(0),)), Edit("relabel", (path(0), path(3)), ("dog",))])
    assert counts(version) == {"cat": 8, "dog": 11, "fox": 10}


def test_a_renamed_class_takes_its_place_in_the_order(pets):
    version = apply_edits(pets, [Edit("rename_class", class_names=("cat", "wolf"))])
    assert version.class_names == ("dog", "fox", "wolf")
    assert [version.class_names[sample.label] for sample in version.samples[:3]] == ["wolf", "dog", "fox"]


def test_a_class_can_be_renamed_by_case_alone(pets):
    assert apply_edits(pets, [Edit("rename_class", class_names=("cat", "Cat"))]).class_names == ("Cat", "dog", "fox")


@pytest.mark.parametrize("name", ["canine", "fox"])
def test_merged_classes_are_one(pets, name):
    version = apply_edits(pets, [Edit("merge_classes", class_names=("dog", "fox", name))])
    assert counts(version) == {"cat": 10, name: 20}


def test_left_out_classes_are_gone(pets):
    version = apply_edits(pets, [Edit("leave_out_class", class_names=("dog",))])
    assert counts(version) == {"cat": 10, "fox": 10}
    assert {version.class_names[item.label] for item in version.samples} == {"cat", "fox"}


def test_changes_are_made_one_after_the_other(pets):
    version = apply_edits(
        pets,
        [
            Edit("rename_class", class_names=("cat", "tiger")),
            Edit("relabel", (path(1),), ("tiger",)),
            Edit("merge_classes", class_names=("dog", "fox", "canine")),
            Edit("subset", number=4),
        ],
    )
    assert counts(version) == {"canine": 4, "tiger": 4}


def test_the_same_content_by_another_way_has_the_same_id(pets):
    one = apply_edits(pets, [Edit("leave_out_class", class_names=("fox",))])
    foxes = tuple(sample.path for sample in pets.samples if sample.label == 2)
    other = apply_edits(
        pets, [Edit("relabel", foxes, ("cat",)), Edit("remove", foxes), Edit("leave_out_class", class_names=("fox",))]
    )
    assert one.id == other.id


def test_no_change_is_the_same_content(pets):
    there = Edit("relabel", (path(0),), ("dog",))
    back = Edit("relabel", (path(0),), ("cat",))
    assert apply_edits(pets, [there, back]).id == pets.id


# Subsets


def test_a_subset_takes_so_many_of_each_class(pets):
    assert counts(apply_edits(pets, [Edit("subset", number=4)])) == {"cat": 4, "dog": 4, "fox": 4}


def test_a_subset_keeps_the_share_that_is_held_out(split_pets):
    version = apply_edits(split_pets, [Edit("subset", number=2)])
    assert dict(version.distribution().counts) == {"train": (2, 2, 2), "validation": (1, 1, 1), "test": (1, 1, 1)}


def test_a_larger_subset_holds_the_smaller_one(pets):
    subsets = [{item.path for item in apply_edits(pets, [Edit("subset", number=number)]).samples} for number in (3, 5)]
    assert subsets[0] < subsets[1]


def test_a_subset_larger_than_the_class_is_the_class(pets):
    assert apply_edits(pets, [Edit("subset", number=99)]).id == pets.id


def test_a_subset_takes_copies_last():
    copies = [sample(number, 0, content="same") for number in range(8)]
    others = [sample(number, number % 2) for number in range(8, 20)]
    version = apply_edits(data_set(*copies, *others, class_names=("cat", "dog")), [Edit("subset", number=6)])
    assert len({item.digest for item in version.samples if item.label == 0}) == 6


def test_a_subset_takes_near_copies_last():
    copies = [replace(sample(number, 0), group="g") for number in range(8)]
    others = [sample(number, number % 2) for number in range(8, 20)]
    version = apply_edits(data_set(*copies, *others, class_names=("cat", "dog")), [Edit("subset", number=6)])
    assert [item.group for item in version.samples if item.group] == []
    assert counts(version) == {"cat": 6, "dog": 6}


# Copies


def test_groups_of_copies_stay_together_while_there_are_two(pets):
    grouped = replace(
        pets,
        samples=tuple(replace(item, group="g") if number < 3 else item for number, item in enumerate(pets.samples)),
    )
    one_less = apply_edits(grouped, [Edit("remove", (path(0),))])
    assert [item.group for item in one_less.samples[:3]] == ["g", "g", ""]
    two_less = apply_edits(grouped, [Edit("remove", (path(0), path(1)))])
    assert {item.group for item in two_less.samples} == {""}


# Splits


def test_given_splits_are_kept(split_pets):
    version = apply_edits(split_pets, [Edit("remove", (path(0), path(6)))])
    assert dict(version.distribution().counts) == {"train": (5, 6, 6), "validation": (2, 3, 3), "test": (1, 1, 1)}


def test_without_its_held_out_pictures_a_data_set_is_undecided(split_pets):
    held_out = tuple(item.path for item in split_pets.samples if item.split != "train")
    version = apply_edits(split_pets, [Edit("remove", held_out)])
    assert dict(version.distribution().counts) == {"": (6, 6, 6)}
    assert set(version.with_split().distribution().counts) == {"train", "validation"}


# Refusals


def test_unknown_pictures_and_classes_are_refused(pets):
    assert refusal(pets, Edit("remove", ("pictures/9.png",))) == (
        "There is no picture pictures/9.png in pets. Take its path from the data set."
    )
    assert refusal(pets, Edit("leave_out_class", class_names=("cow",))) == (
        "There is no class cow in pets. Its classes are cat, dog and fox."
    )
    assert refusal(pets, Edit("merge_classes", class_names=("cat", "cat", "pets"))) == (
        "Expected two or more classes to merge. Received cat only. Name another one."
    )


def test_pictures_are_not_added_without_their_files(pets):
    assert refusal(pets, Edit("add", ("pictures/new.png",), ("cat",))) == (
        "Pictures are added from files, one class at a time. Remove this change from the list."
    )


def test_a_class_has_to_keep_two_different_pictures(pets):
    cats = tuple(item.path for item in pets.samples if item.label == 0)
    assert refusal(pets, Edit("remove", cats[1:])) == (
        "The class cat would have only one picture. Each class needs at least two different ones, preferably twenty. "
        "Keep or add more, or leave the class out."
    )
    assert "The class cat would have no picture." in refusal(pets, Edit("remove", cats))
    twins = data_set(*pets.samples, sample(30, 3, content="x"), sample(31, 3, content="x"), class_names=(*"abcd",))
    assert "The class d would have only one picture." in refusal(twins, Edit("remove", (path(0),)))


def test_a_class_has_to_keep_pictures_to_train_with(split_pets):
    assert refusal(split_pets, Edit("remove", tuple(path(number) for number in range(6)))) == (
        "The class cat would have no picture to train with. Keep some, or leave the class out."
    )


def test_two_classes_have_to_be_left(pets):
    assert refusal(pets, Edit("leave_out_class", class_names=("cat", "dog"))) == (
        "Only the class fox would be left. There have to be at least two to tell apart. Keep another one."
    )
    assert refusal(pets, Edit("leave_out_class", class_names=("cat", "dog", "fox"))).startswith(
        "No class would be left."
    )


def test_names_of_classes_are_checked(pets):
    assert refusal(pets, Edit("rename_class", class_names=("cat", "Dog"))) == (
        "There is a class called dog already. Choose another name, or merge the two."
    )
    assert refusal(pets, Edit("merge_classes", class_names=("cat", "fox", "DOG"))).startswith("There is a class called")
    assert refusal(pets, Edit("relabel", (path(0),), (" ",))) == (
        "Expected a class name of 1 to 100 characters. Received 0. Choose another."
    )


# Names


def test_classes_that_differ_only_by_case_are_edited_one_by_one():
    letters = data_set(*(sample(number, number % 3) for number in range(12)), class_names=("A", "B", "a"))
    assert counts(apply_edits(letters, [Edit("merge_classes", class_names=("A", "a", "a"))])) == {"B": 4, "a": 8}
    assert counts(apply_edits(letters, [Edit("rename_class", class_names=("B", "b"))])) == {"A": 4, "a": 4, "b": 4}
    assert counts(apply_edits(letters, [Edit("relabel", (path(1), path(4)), ("b",))])) == {
        "A": 4,
        "B": 2,
        "a": 4,
        "b": 2,
    }


def test_classes_of_a_version_are_in_the_order_of_an_import(pets):
    names = [Edit("rename_class", class_names=pair) for pair in (("cat", "10"), ("dog", "9"))]
    assert apply_edits(pets, names).class_names == ("9", "10", "fox")
