"""Groups and gaps in sentences."""

import pytest

from core.evaluation.slices import GroupScore, Slices, largest_gap
from core.evaluation.words.slices import (
    address_name,
    gap_sentence,
    group_name,
    grouping_name,
    pairs_sentence,
    small_sentence,
    unknown_sentence,
)
from core.wording.coded import Note

NAMES = ("Bright", "Dark", "Grey")


def slices(*counts: tuple[int, int], unknown: int = 0) -> Slices:
    groups = tuple(GroupScore(at, total, right, 0, 0) for at, (right, total) in enumerate(counts))
    large = [group for group in groups if not group.is_too_small]
    return Slices(groups, GroupScore(-1, unknown, 0, 0, 0) if unknown else None, largest_gap(large), {})


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (
            slices((45, 50), (30, 50)),
            "45 of 50 right for Bright, 30 of 50 for Dark: a gap of 30 points (plausibly 13 to 45).",
        ),
        (
            slices((45, 50), (43, 50)),
            "Within what chance does: 45 of 50 right for Bright, 43 of 50 for Dark, "
            "a difference of 4 points (plausibly −9 to 17).",
        ),
        (slices((45, 50), (45, 50)), "There is no gap: 45 of 50 right for Bright, 45 of 50 for Dark."),
        (slices((45, 50), (3, 9)), "Fewer than two groups have 10 pictures or more, so they can't be compared."),
    ],
)
def test_gap(found, sentence):
    assert gap_sentence(found, NAMES) == sentence


def test_number_of_pairs_is_said():
    assert pairs_sentence(slices((45, 50), (30, 50))) == ""
    assert "3 pairs" in pairs_sentence(slices((45, 50), (30, 50), (40, 50)))


def test_small_and_unknown_groups():
    assert small_sentence(slices((45, 50)), NAMES) == ""
    assert small_sentence(slices((45, 50), (3, 9)), NAMES) == (
        "Too small to tell: Dark has fewer than 10 pictures and isn't compared."
    )
    assert "Dark and Grey have fewer than 10 pictures each and aren't" in small_sentence(
        slices((45, 50), (3, 9), (1, 2)), NAMES
    )
    assert unknown_sentence(slices((45, 50))) == ""
    assert (
        unknown_sentence(slices((45, 50), unknown=1))
        == "Of 1 picture the group isn't known. What isn't known isn't compared."
    )


def test_names():
    assert group_name(Note("size_middle", {"low": 100.0, "high": 1200.0})) == "Middle (up to 1,200 px)"
    assert group_name(Note("sharpness_lowest", {"low": 0.5, "high": 0.7})) == "Least sharp (up to 0.50)"
    assert group_name(Note("folder", {"folder": ""})) == "No folder"
    assert group_name(Note("value", {"value": "{night}"})) == "{night}"
    assert [grouping_name(name) for name in ("size", "own:light", "own:Folder")] == [
        "Picture size",
        "light",
        "Folder (from the table)",
    ]


def test_names_on_the_command_line():
    assert [address_name(name) for name in ("size", "own:light", "own:size")] == ["size", "light", "own:size"]
