"""What is asked, left out or refused if tables don't give the class of each picture."""

import pytest

from core.datasets.archives.members import TableFile
from core.datasets.layouts.candidates import choose_candidate
from core.datasets.layouts.layout import ASK, AmbiguousLayout
from core.datasets.layouts.options import ReadingOptions
from core.errors import DatasetError
from tests.core.datasets.layouts.table_drawing import (
    BATCHES,
    NUMBER,
    NUMBERED,
    TWO_FOLDERS,
    WORDS,
    Truth,
    named,
    of_folder,
    one_hot,
    plain,
    read,
    sheet,
    truths,
)


def asked(pictures, tables):
    with pytest.raises(AmbiguousLayout) as caught:
        read(pictures, tables)
    return caught.value.candidates


COLOURS = ("red", "green", "blue")


def coloured(pictures, header=("file", "animal", "colour")):
    return named(sheet([[p.name, p.label, COLOURS[p.number % 3 if p.number else 1]] for p in pictures], header=header))


@pytest.mark.parametrize("header", [("file", "animal", "colour"), ("file", "label", "class"), ("", "", "")])
def test_two_columns_that_fit_equally_well_are_asked_about(header):
    pictures = truths()
    table = coloured(pictures, header) if any(header) else named(coloured(pictures).data.decode().partition("\n")[2])
    animal, colour = asked(pictures, [table])
    assert animal.class_names == ("cat", "dog")
    assert colour.class_names == ("blue", "green", "red")
    for candidate in (animal, colour):
        assert candidate.options.label_column
        again = choose_candidate([tuple(p.path.split("/")) for p in pictures], [table], "x.zip", candidate.options)
        assert again.assignments == candidate.assignments
        assert len(candidate.examples) == 5
        assert {example.class_name for example in candidate.examples} == set(candidate.class_names)


def test_the_question_names_the_columns():
    with pytest.raises(AmbiguousLayout, match=r"--label-column animal.*--label-column colour"):
        read(truths(), [coloured(truths())])


def test_two_columns_of_files_are_asked_about():
    pictures = truths()
    others = pictures[3:] + pictures[:3]
    rows = [[p.name, other.name, p.label] for p, other in zip(pictures, others, strict=True)]
    left, right = asked(pictures, [named(sheet(rows, header=["left", "right", "label"]))])
    assert (left.options.file_column, right.options.file_column) == ("left", "right")
    assert [own.class_name for own in left.assignments] == [p.label for p in pictures]
    assert [own.class_name for own in right.assignments] == [p.label for p in pictures[-3:] + pictures[:-3]]


@pytest.mark.parametrize(
    "rows",
    [
        [["acorn.png", "dog"], ["acorn.png", "cat"]],
        [["acorn.png", "dog|cat"]],
        [["acorn.png", '["dog", "cat"]']],
        [["acorn.png", "dog, cat"]],
        [["acorn.png", "dog;cat"]],
    ],
)
def test_several_labels_of_a_picture_are_asked_about(rows):
    pictures = truths()
    rest = [[p.name, p.label] for p in pictures[1:]]
    left_out, first = asked(pictures, [named(sheet([*rows, *rest], header=["file", "label"]))])
    assert (left_out.options.several_labels, first.options.several_labels) == ("leave_out", "first")
    assert left_out.assignments[0].class_name == ""
    assert left_out.assignments[0].reason.code == "several_classes"
    assert first.assignments[0].class_name == "dog"
    assert [note.code for note in first.notes] == ["several_labels"]
    assert [own.class_name for own in left_out.assignments[1:]] == [p.label for p in pictures[1:]]


def test_several_labels_of_every_picture_are_asked_about_too():
    pictures = truths()
    rows = [[p.name, label] for p in pictures for label in (p.label, "animal")]
    (first,) = asked(pictures, [named(sheet(rows, header=["file", "label"]))])
    assert first.options.several_labels == "first"


def test_one_hot_rows_with_none_or_two_set_are_left_out_with_a_word():
    pictures = truths()
    table = one_hot(pictures[:10], extra=[[pictures[10].name, 0, 0], [pictures[11].name, 1, 1]])
    candidate = read(pictures, [table])
    assert [own.class_name for own in candidate.assignments] == [p.label for p in pictures[:10]] + ["", ""]
    assert [own.reason.code for own in candidate.assignments[10:]] == ["no_class", "several_classes"]


def test_tables_that_contradict_each_other_are_asked_about():
    pictures = truths()
    turned = [[p.name, {"cat": "dog", "dog": "cat"}[p.label] if p.number < 2 else p.label] for p in pictures]
    left_out, first = asked(pictures, [plain(pictures), named(sheet(turned, header=["file", "label"]), "second.csv")])
    assert sum(not own.class_name for own in left_out.assignments) == 2
    assert all(own.class_name for own in first.assignments)


@pytest.mark.parametrize("name", ["sample_submission.csv", "sampleSubmission.csv", "sample_sub.csv", "test.csv"])
@pytest.mark.parametrize("header", [["file", "label"], ["file", "label", "more"]])
def test_a_form_to_fill_in_is_not_the_truth(name, header):
    pictures = truths()
    form = [[p.name, "cat", ""][: len(header)] for p in pictures[8:]]
    candidate = read(pictures, [plain(pictures[:8]), named(sheet(form, header=header), name)])
    assert [own.class_name for own in candidate.assignments] == [p.label for p in pictures[:8]] + [""] * 4


def test_splits_in_words_that_nobody_knows_are_said_to_be_lost():
    pictures = truths()
    rows = [[p.name, p.label, p.number % 3 + 1] for p in pictures]
    candidate = read(pictures, [named(sheet(rows, header=["file", "label", "split"]))])
    assert [note.code for note in candidate.notes] == ["splits_unread"]


def test_answers_that_differ_are_not_the_truth_where_the_table_is_called_an_example():
    pictures = truths()
    form = named(sheet([[p.name, ["cat", "dog"][p.number % 2]] for p in pictures[8:]], header=["file", "label"]))
    for name in ("sample_sub.csv", "sample_solution.csv"):
        candidate = read(pictures, [plain(pictures[:8]), TableFile((name,), form.data)])
        assert [own.class_name for own in candidate.assignments] == [p.label for p in pictures[:8]] + [""] * 4


def test_numbered_splits_in_a_table_of_their_own_are_said_to_be_lost():
    pictures = truths()
    rows = [[p.name, p.number % 3] for p in pictures]
    splits = named(sheet(rows, header=["file", "partition"]), "partition.csv")
    candidate = read(pictures, [plain(pictures), splits])
    assert [note.code for note in candidate.notes] == ["splits_unread"]


def test_splits_of_a_table_beside_class_folders_are_kept():
    pictures = [Truth(p.number, f"{p.label}s/{p.name}", p.label, p.split) for p in truths()]
    table = named(sheet([[p.split, p.path, p.label] for p in pictures], header=["split", "path", "label"]))
    candidate = read(pictures, [table])
    assert candidate.name == "class_folders"
    assert [(own.class_name, own.split) for own in candidate.assignments] == [
        (f"{p.label}s", p.split) for p in pictures
    ]


def test_pictures_of_one_name_are_never_matched_across_folders():
    pictures = TWO_FOLDERS[:4] + TWO_FOLDERS[6:]  # the last two are missing from the train folder, not from its table
    table = of_folder(TWO_FOLDERS, "metadata.csv", "set/train")
    candidate = read(pictures, [table])
    assert [own.class_name for own in candidate.assignments] == [p.label for p in pictures[:4]] + [""] * 6


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (
            [["x1.png", "cat"], ["x2.png", "dog"]],
            "0 of 2 rows name a picture, the first one says x1.png, and a picture",
        ),
        ([["acorn.png", "cat"], ["birch.png", "cat"]], "label (always cat)"),
        ([["acorn.png", ""], ["birch.png", ""]], "label (empty)"),
        ([[f"{word}.png", 10.5 + n * 3.25] for n, word in enumerate(WORDS)], "label (fractions)"),
    ],
)
def test_what_is_said_of_a_table_that_isnt_understood(rows, words):
    with pytest.raises(DatasetError) as caught:
        read(truths(), [named(sheet(rows, header=["file", "label"]))])
    assert "labels.csv isn't understood" in str(caught.value)
    assert "Its columns are file and label." in str(caught.value)
    assert words in str(caught.value)


def test_a_running_number_beside_file_names_that_dont_fit_is_no_file_name():
    rows = [[n, f"x{n}.png", "cat" if n % 2 else "dog"] for n in range(NUMBER)]
    with pytest.raises(DatasetError, match="isn't understood"):
        read(NUMBERED, [named(sheet(rows, header=["", "file", "label"]))])


def test_a_picture_in_several_splits_is_said():
    pictures = truths()
    rows = [[p.name, p.label, p.split] for p in pictures] + [[pictures[0].name, pictures[0].label, "test"]]
    candidate = read(pictures, [named(sheet(rows, header=["file", "label", "split"]))])
    assert [note.code for note in candidate.notes] == ["several_splits"]
    assert candidate.assignments[0].split == "train"


def test_less_likely_columns_are_offered_to_who_wants_to_read_it_in_another_way():
    pictures, table = truths(), coloured(truths(), ("file", "label", "colour"))
    assert read(pictures, [table]).class_names == ("cat", "dog")
    paths = [tuple(p.path.split("/")) for p in pictures]
    with pytest.raises(AmbiguousLayout) as caught:
        choose_candidate(paths, [table], "x.zip", ReadingOptions(ASK))
    label, colour = caught.value.candidates
    assert (label.options.label_column, colour.options.label_column) == ("label", "colour")
    again = choose_candidate(paths, [table], "x.zip", colour.options)
    assert again.assignments == colour.assignments


@pytest.mark.parametrize("header", [["file", "label", "id"], []])
def test_numbers_that_count_the_rows_may_be_the_names_of_pictures(header):
    """Other numbers fit pictures by chance."""
    rows = [[p.number, p.label, (p.number * 5 + 3) % NUMBER] for p in NUMBERED]
    files, _ = asked(NUMBERED, [named(sheet(sorted(rows), header=header))])
    assert [own.class_name for own in files.assignments] == [p.label for p in NUMBERED]


def test_numbers_beside_file_names_that_fit_several_pictures_are_no_file_names():
    rows = [[n, f"/data/x/{p.name}", p.label] for n, p in enumerate(TWO_FOLDERS, start=2)]
    with pytest.raises(DatasetError, match="isn't understood"):
        read(TWO_FOLDERS, [named(sheet(rows, header=["id", "file", "label"]), "set/train/labels.csv")])


def test_parts_are_no_classes_where_a_table_speaks_of_pictures():
    table = named(sheet([[p.name, p.label] for p in BATCHES], header=["file", "label"]), "meta/labels.csv")
    with pytest.raises(DatasetError, match=r"isn't understood.*choose the layout class_folders"):
        read(BATCHES, [table])


def test_a_table_that_isnt_understood_is_said_beside_class_folders():
    pictures = [Truth(p.number, f"{p.label}s/{n // 2}.png", p.label, "") for n, p in enumerate(BATCHES)]
    table = named(sheet([[p.name, "x"] for p in pictures[::2]], header=["file", "place"]), "meta/labels.csv")
    candidate = read(pictures, [table])
    assert candidate.name == "class_folders"
    assert [note.code for note in candidate.notes if note.code.startswith("table")]
