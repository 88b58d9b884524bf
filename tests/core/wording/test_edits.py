"""Changes of data sets in words."""

import pytest

from core.datasets.edit import KINDS, Edit
from core.wording.edits import WORDS, describe_edit, describe_edits


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (Edit("remove", ("a",)), "1 picture removed"),
        (Edit("remove", tuple(map(str, range(1200)))), "1,200 pictures removed"),
        (Edit("relabel", ("a", "b", "c"), ("cat",)), "3 pictures relabelled as cat"),
        (Edit("rename_class", class_names=("cat", "cats")), "cat renamed to cats"),
        (Edit("merge_classes", class_names=("dog", "fox", "wolf", "canine")), "dog, fox and wolf merged into canine"),
        (Edit("leave_out_class", class_names=("dog", "fox")), "dog and fox left out"),
        (Edit("subset", number=20), "a subset of 20 pictures a class"),
        (Edit("add", ("a", "b"), ("cat",)), "2 pictures added to cat"),
    ],
)
def test_changes_in_words(edit, words):
    assert describe_edit(edit) == words


def test_a_sentence_names_some_of_thousands_of_classes():
    names = tuple(f"class {number:05}" for number in range(3000))
    assert describe_edit(Edit("leave_out_class", class_names=names)).endswith("class 00010 and 2,989 more left out")


def test_several_changes_stand_in_one_line():
    done = describe_edits([Edit("remove", ("a",)), Edit("leave_out_class", class_names=("dog",))])
    assert done == "1 picture removed, dog left out"


def test_every_kind_of_change_has_words():
    assert set(WORDS) == set(KINDS)
