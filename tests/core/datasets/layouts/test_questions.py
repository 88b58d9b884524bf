"""The question which of several ways is meant names the options to answer it with."""

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


def test_other_options_are_named_as_they_are_typed():
    note = Note("similar_kept", {"groups": [[["A", 1], ["a", 2]]], "count": 1})
    kept = way("csv", {"A": 1, "a": 2}, note, Note("more_notes", {"count": 2}), similar_classes="keep")
    assert str(ask([kept, way("csv", {"a": 3}, similar_classes="merge")], "pets.zip")) == (
        "pets.zip can be read in two ways. Choose one: --similar-classes keep, 2 classes: A (1), a (2) (A (1) and a "
        "(2) stay apart, though their names differ only by case, accents or width); or --similar-classes merge, 1 "
        "class: a (3)."
    )


def test_several_options_are_named_together():
    ways = [way("class_folders", {"a": 1}), *(way("csv", {"a": 3}, similar_classes=word) for word in ("keep", "merge"))]
    assert str(ask([*ways, *ways], "a")).startswith(
        "a can be read in 6 ways. Choose one: --layout class_folders, 1 class: a (1); or --layout csv "
        "--similar-classes keep, 1 class: a (3); or"
    )
