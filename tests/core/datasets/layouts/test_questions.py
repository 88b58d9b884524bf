"""The question of which of several ways is meant names the options that answer it."""

from core.datasets.layouts.layout import LayoutCandidate
from core.datasets.layouts.options import ReadingOptions
from core.datasets.layouts.questions import ask
from core.wording.coded import Note


def way(layout, counts, *notes, **options):
    return LayoutCandidate(
        layout,
        Note("outer_folders"),
        tuple(counts),
        tuple(counts.values()),
        (),
        notes,
        ReadingOptions(layout, **options),
    )


def test_layouts_alone_are_named_as_such():
    question = ask([way("class_folders", {"a": 1, "b": 2}), way("csv", {"c": 3})], "pets.zip")
    assert str(question) == (
        "pets.zip can be read in two ways. Choose a layout: class_folders, 2 classes: a (1), b (2); or csv, 1 class: "
        "c (3)."
    )
    assert [candidate.name for candidate in question.candidates] == ["class_folders", "csv"]


def test_similar_classes_are_named_with_both_numbers():
    note = Note("similar_kept", {"groups": [[["A", 1], ["a", 2]]], "count": 1})
    kept = way("csv", {"A": 1, "a": 2, "b": 3}, Note("more_notes", {"count": 2}), note, similar_classes="keep")
    assert str(ask([kept, way("csv", {"a": 3, "b": 3}, similar_classes="merge")], "pets.zip")) == (
        "pets.zip has classes whose names differ only by case, accents or width: A (1) and a (2). Choose "
        "--similar-classes keep for 3 or --similar-classes merge for 2 classes."
    )


def test_several_options_are_named_together():
    ways = [way("class_folders", {"a": 1}), *(way("csv", {"a": 3}, similar_classes=word) for word in ("keep", "merge"))]
    assert str(ask([*ways, *ways], "a")).startswith(
        "a can be read in 6 ways. Choose one: --layout class_folders, 1 class: a (1); or --layout csv "
        "--similar-classes keep, 1 class: a (3); or"
    )
