"""Classes that are too small are all named at once, with the way to go on without them."""

import pytest

from core.datasets.layouts.layout import CLASS_FOLDERS, GIVEN, GIVEN_CLASSES, OUTER, AmbiguousLayout, LayoutCandidate
from core.datasets.layouts.options import ReadingOptions
from core.datasets.sample import Skipped
from core.datasets.store.small_classes import Reading, find_left_out, note_on_left_out
from core.errors import DatasetError
from core.wording.coded import Reason
from core.wording.dataset_notes import dataset_note


def reading(*names, layout=CLASS_FOLDERS, told_by=OUTER, refused=None, **options):
    counts = tuple(range(1, len(names) + 1))
    candidate = LayoutCandidate(layout, told_by, names, counts, options=ReadingOptions(layout))
    return Reading("pets.zip", candidate, ReadingOptions(**options), refused or {})


def pictures(**splits):
    """Returns different pictures of classes 0, 1, ..., given by the first letters of their splits."""
    words = {"t": "train", "v": "validation", "u": ""}
    return [
        (label, f"{label}{number}", words[letter])
        for label, letters in enumerate(splits.values())
        for number, letter in enumerate(letters)
    ]


def test_two_different_pictures_a_class_are_enough():
    assert find_left_out(reading("cats", "dogs"), pictures(cats="uu", dogs="tv")) == set()


@pytest.mark.parametrize(
    ("dogs", "words"),
    [
        ([], "The class dogs in pets.zip has no picture that can be read. Each class needs"),
        ([(1, "c", ""), (1, "c", "")], "The class dogs in pets.zip has only one picture that can be read. Each class"),
        (
            [(1, "c", "validation"), (1, "d", "test")],
            "The class dogs in pets.zip has no picture in the train folder. Add some, or leave the class out: "
            "--lone-classes leave_out.",
        ),
    ],
    ids=["none", "copies", "held out"],
)
def test_one_class(dogs, words):
    found = [*((label, f"{label}{n}", "") for label in (0, 2) for n in range(2)), *dogs]
    with pytest.raises(AmbiguousLayout) as caught:
        find_left_out(reading("cats", "dogs", "foxes"), found)
    assert str(caught.value).startswith(words)
    assert find_left_out(reading("cats", "dogs", "foxes", lone_classes="leave_out"), found) == {1}


def test_many_are_named_at_once_and_may_be_left_out():
    names = [f"class {number}" for number in range(9)]
    splits = dict(zip(names, ["uu", "u", "u", "u", "u", "u", "u", "u", "uu"], strict=True))
    with pytest.raises(AmbiguousLayout) as caught:
        find_left_out(reading(*names, encoding="gbk"), pictures(**splits))
    assert str(caught.value) == (
        "7 classes in pets.zip have fewer than two different pictures that can be read: class 1, class 2, class 3, "
        "class 4, class 5 and 2 more. Each class needs at least two different ones, preferably twenty. Add some, or "
        "leave these classes out: --lone-classes leave_out."
    )
    (way,) = caught.value.candidates
    assert (way.class_names, way.counts) == (("class 0", "class 8"), (1, 9))
    assert way.options == ReadingOptions(CLASS_FOLDERS, encoding="gbk", lone_classes="leave_out")
    assert [dataset_note(note) for note in way.notes] == [
        "7 classes with too few pictures to learn from are left out: class 1, class 2, class 3, class 4, class 5 and 2 "
        "more."
    ]


def test_both_kinds_are_said():
    with pytest.raises(AmbiguousLayout) as caught:
        find_left_out(reading("a", "b", "c", "d"), pictures(a="tv", b="tt", c="vv", d="t"))
    assert str(caught.value) == (
        "The class d in pets.zip has only one picture that can be read. Each class needs at least two different ones, "
        "preferably twenty. The class c in pets.zip has no picture in the train folder. Add some, or leave these "
        "classes out: --lone-classes leave_out."
    )


def test_why_a_picture_was_left_out_is_said():
    refused = {1: Skipped("b/1.png", Reason("cut_off"))}
    with pytest.raises(AmbiguousLayout, match=r"b/1\.png was left out: cut off, the file ends"):
        find_left_out(reading("a", "b", "c", refused=refused), pictures(a="uu", b="u", c="uu"))


@pytest.mark.parametrize("choice", ["", "leave_out"])
def test_two_classes_have_to_be_left(choice):
    with pytest.raises(DatasetError) as caught:
        find_left_out(reading("a", "b", lone_classes=choice), pictures(a="uu", b="u"))
    assert not isinstance(caught.value, AmbiguousLayout)
    assert str(caught.value).endswith("Add some: without the class, there are no two classes to tell apart.")


def test_what_was_sorted_by_hand_is_refused():
    with pytest.raises(DatasetError) as caught:
        find_left_out(reading("a", "b", "c", layout=GIVEN_CLASSES, told_by=GIVEN), pictures(a="uu", b="u", c="uu"))
    assert not isinstance(caught.value, AmbiguousLayout)
    assert str(caught.value).endswith("preferably twenty. Add some, or leave the class out.")


def test_nothing_is_said_where_nothing_is_left_out():
    assert note_on_left_out(("a", "b"), set()) == ()
