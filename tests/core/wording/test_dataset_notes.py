import pytest

from core.datasets.names import OTHER_KINDS
from core.wording.coded import Note
from core.wording.dataset_notes import OTHERS, dataset_note


@pytest.mark.parametrize(
    ("code", "parameters", "sentence"),
    [
        ("more_notes", {"count": 1200}, "... and 1,200 more of this kind."),
        ("others_unread", {"counts": {"film": 1}}, "1 film beside the pictures wasn't read."),
        (
            "others_unread",
            {"counts": {"model file": 1, "film": 2, "sound": 1}},
            "2 films, 1 sound and 1 model file beside the pictures weren't read.",
        ),
        (
            "pictures_without_class",
            {"count": 30, "folder": ""},
            "30 pictures in the outermost folder have no class and",
        ),
        (
            "folders_without_class",
            {"count": 3000, "folders": 12},
            "3,000 pictures in 12 folders have no class and were",
        ),
        ("copies_in_train", {"count": 1}, "1 validation or test picture is also in the train folder"),
        ("copies_in_train", {"count": 2}, "2 validation or test pictures are also in the train folder"),
        (
            "known_pictures",
            {"count": 7, "names": ["a.png", "b.png"]},
            "7 of the pictures were left out as already in the data set: a.png, b.png and 5 more.",
        ),
        (
            "table_form",
            {"name": "form.csv", "value": "0", "count": 1200},
            "form.csv says 0 for all 1,200 pictures that it names: it was taken for a form to fill in, not for",
        ),
        (
            "table_form",
            {"name": "submission.csv", "value": "", "count": 12},
            "submission.csv is called a submission: it was taken for a form to fill in, not for the truth",
        ),
        (
            "several_labels",
            {"count": 1, "rule": "leave_out", "name": "a.png", "classes": ["cat", "dog"]},
            "1 picture has more than one class, such as a.png: cat, dog. It was left out.",
        ),
        (
            "several_labels",
            {"count": 1200, "rule": "first", "name": "a.png", "classes": ["cat", "dog"]},
            "1,200 pictures have more than one class, such as a.png: cat, dog. The first class of each counts.",
        ),
        (
            "splits_of_table",
            {"tables": ["a.csv", "b.csv"]},
            "The split into training, validation and test pictures comes from a.csv and b.csv.",
        ),
        (
            "several_splits",
            {"count": 1200},
            "1,200 pictures are in several splits according to the table: the first split of each counts.",
        ),
        ("table_of_others", {"name": "a.csv", "column": "file"}, "a.csv wasn't used: its column file doesn't name"),
        ("splits_unread", {"column": "set"}, "The column set may give splits, but not in words such as train and test"),
        (
            "table_unused",
            {"name": "b.csv", "column": "mood", "count": 1200},
            "b.csv wasn't used: its column mood disagrees about 1,200 pictures.",
        ),
        (
            "moon_phase",
            {},
            "There is a note on this data set that this version of the studio doesn't know (moon_phase).",
        ),
    ],
)
def test_notes_in_words(code, parameters, sentence):
    assert dataset_note(Note(code, parameters)).startswith(sentence)


def test_every_kind_of_other_file_has_words():
    assert list(OTHERS) == list(OTHER_KINDS)
