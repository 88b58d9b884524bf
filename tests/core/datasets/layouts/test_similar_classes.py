"""Classes with nearly the same name: kept apart, merged, or asked about, and never silently."""

import pytest

from core.datasets.layouts.layout import CLASS_FOLDERS, GIVEN, GIVEN_CLASSES, OUTER, Assignment, make_candidate
from core.datasets.layouts.options import ReadingOptions
from core.datasets.layouts.similar_classes import settle
from core.wording.dataset_notes import dataset_note

LETTERS = ["A/"] * 6 + ["a/"] * 5 + ["B/"] * 4 + ["b/"] * 3


def ways(names, similar_classes="", layout=CLASS_FOLDERS, told_by=OUTER):
    """Settles classes given as `class/split`."""
    candidate = make_candidate(layout, told_by, (Assignment(*name.split("/")) for name in names))
    return settle(candidate, ReadingOptions(similar_classes=similar_classes))


def counted(way):
    found = [assignment.class_name for assignment in way.assignments if assignment.class_name]
    counts = dict(zip(way.class_names, way.counts, strict=True))
    assert {name: found.count(name) for name in counts} == counts
    assert sum(counts.values()) == len(found)
    return counts


def notes(way):
    return [dataset_note(note) for note in way.notes]


def test_letters_are_asked_about_with_both_numbers():
    kept, merged = ways(LETTERS)
    assert counted(kept) == {"A": 6, "B": 4, "a": 5, "b": 3}
    assert counted(merged) == {"A": 11, "B": 7}
    assert (kept.options, merged.options) == (
        ReadingOptions(CLASS_FOLDERS, similar_classes="keep"),
        ReadingOptions(CLASS_FOLDERS, similar_classes="merge"),
    )
    assert notes(kept) == [
        "A (6) and a (5); B (4) and b (3) stay apart, though their names differ only by case, accents or width."
    ]
    assert notes(merged) == [
        "A (6) and a (5); B (4) and b (3) are one class each: their names differ only by case, accents or width."
    ]


@pytest.mark.parametrize("choice", ["keep", "merge"])
def test_what_was_decided_isnt_asked_again(choice):
    (way,) = ways(LETTERS, choice)
    assert way.options.similar_classes == choice
    assert len(way.class_names) == (4 if choice == "keep" else 2)
    assert len(notes(way)) == 1


@pytest.mark.parametrize(
    "pair",
    [
        ("cat", "Cat"),
        ("caf\u00e9", "cafe"),
        ("\uff23\uff21\uff34", "cat"),
        ("STRASSE", "stra\u00dfe"),
        ("\u0438", "\u0439"),
        ("\uff76", "\u30ab"),
    ],
)
def test_names_that_differ_by_case_accents_or_width_are_similar(pair):
    names = [f"{name}/" for name in pair for _ in range(2)]
    assert [len(way.class_names) for way in ways(names)] == [2, 1]


@pytest.mark.parametrize(
    "pair",
    [("cat", "cats"), ("\u306f", "\u3070"), ("\u0915", "\u0915\u093f"), ("1", "01"), ("a b", "a_b"), ("I", "\u0131")],
)
def test_other_names_are_not(pair):
    (way,) = ways([f"{name}/" for name in pair for _ in range(2)])
    assert (len(way.class_names), way.notes, way.options) == (2, (), ReadingOptions(CLASS_FOLDERS))


def test_a_name_typed_differently_in_each_split_is_one_class():
    names = ["cat/train"] * 2 + ["Cat/validation"] * 5 + ["dog/train", "dog/validation", "DOG/test"]
    for choice in ("", "keep", "merge"):
        (way,) = ways(names, choice)
        assert counted(way) == {"cat": 7, "dog": 3}
        assert way.options == ReadingOptions(CLASS_FOLDERS)
        assert notes(way) == [
            "Cat (5) and cat (2); DOG (1) and dog (2) are one class each: the same name, typed differently in "
            "different splits."
        ]


def test_only_case_is_so_clear_across_splits():
    assert len(ways(["\u0438/train", "\u0438/train", "\u0439/validation", "b/train", "b/train"])) == 2


def test_letters_that_are_in_both_splits_are_asked_about():
    names = [f"{name}/{split}" for name in "Aa" for split in ("train", "validation")]
    kept, merged = ways([*names, "Cat/train", "cat/validation"])
    assert counted(kept) == {"A": 2, "Cat": 2, "a": 2}
    assert counted(merged) == {"A": 4, "Cat": 2}
    assert len(notes(kept)) == len(notes(merged)) == 2


def test_one_class_is_called_as_most_of_its_pictures_are():
    _, merged = ways(["Cat/", "cat/", "cat/", "dog/"])
    assert counted(merged) == {"cat": 3, "dog": 1}


def test_what_was_sorted_by_hand_stays_as_it_is():
    (way,) = ways(["A/", "a/"], layout=GIVEN_CLASSES, told_by=GIVEN)
    assert counted(way) == {"A": 1, "a": 1}


def test_pictures_without_a_class_stay_without():
    kept, merged = ways([*LETTERS, "/", "/"])
    assert [way.assignments[-1].class_name for way in (kept, merged)] == ["", ""]


def test_of_many_similar_classes_some_are_named():
    names = [f"{name}{number}/" for number in range(200) for name in "Aa"]
    kept, _ = ways(names)
    assert "A4 (1) and a4 (1); and 195 more stay apart" in notes(kept)[0]
