"""Which column is which."""

import pytest

from core.datasets.tables.columns import (
    CALLED_SO,
    UNKNOWN,
    UNLIKELY,
    ColumnProfile,
    FileColumn,
    LabelColumn,
    apart,
    choose_file_columns,
    choose_label_columns,
    column_name,
    find_column,
    label_rank,
    label_tier,
    most_values,
)
from core.datasets.tables.pictures import FULL_NAME, NUMBER, STEM


def files(column, cells, found, strength):
    made = FileColumn(column)
    for cell, picture in zip(cells, found, strict=True):
        made.add(cell, None if picture is None else (picture, strength))
    return made


def profile(*cells, most=100):
    made = ColumnProfile(most)
    for cell in cells:
        made.add(cell)
    return made


RUNNING = files(0, ["0", "1", "2"], [0, 1, 2], STEM)
IDS = files(1, ["2", "0", "1"], [2, 0, 1], STEM)
STEMS = files(1, ["b", "c", "a"], [1, 2, 0], STEM)
NAMES = files(2, ["b.png", "a.png", "c.png"], [1, 0, 2], FULL_NAME)
EATEN = files(1, ["3", "2", "1"], [2, 1, 0], NUMBER)
FEW = files(2, ["b.png", "x.png", "y.png"], [1, None, None], FULL_NAME)


@pytest.mark.parametrize(
    ("columns", "names", "chosen"),
    [
        ([RUNNING, NAMES], ["", "", ""], [2]),
        ([RUNNING, STEMS], ["", "", ""], [1]),
        ([RUNNING, EATEN], ["", "picture", ""], [1]),
        ([RUNNING, EATEN], ["picture", "animal", ""], [0]),
        ([RUNNING, EATEN], ["one", "two", ""], [0, 1]),
        ([RUNNING, EATEN], ["", "", ""], [0, 1]),
        ([RUNNING, IDS], ["id", "row", ""], [0]),
        ([STEMS, NAMES], ["", "", ""], [2]),
        ([RUNNING], ["id"], [0]),
        ([RUNNING, FEW], ["id", "", "thumbnail"], [0]),
        ([RUNNING], ["age"], []),
        ([IDS], ["", "label"], []),
        ([IDS], ["", "image_id"], [1]),
        ([IDS], ["", "uid"], [1]),
        ([FEW], ["", "", ""], []),
        ([], [], []),
    ],
)
def test_full_names_beat_stems_and_those_beat_numbers(columns, names, chosen):
    assert choose_file_columns(columns, names) == chosen


def test_columns_that_name_the_same_pictures_are_one():
    again = files(1, ["x/b.png", "x/a.png", "x/c.png"], [1, 0, 2], FULL_NAME)
    assert choose_file_columns([again, NAMES], ["", "", ""]) == [1]


def test_columns_that_name_others_are_several():
    others = files(1, ["c.png", "b.png", "a.png"], [2, 1, 0], FULL_NAME)
    assert choose_file_columns([others, NAMES], ["", "left", "right"]) == [1, 2]
    assert choose_file_columns([others, NAMES], ["", "image_mask", "image"]) == [2]


def test_names_that_speak_of_files_count_among_numbers():
    others = files(1, ["2", "1", "0"], [2, 1, 0], STEM)
    ids = files(2, ["1", "0", "2"], [1, 0, 2], STEM)
    assert choose_file_columns([others, ids], ["", "row", "image_id"]) == [2]
    assert choose_file_columns([others, ids], ["", "one", "two"]) == [1, 2]


def test_a_column_of_other_files():
    assert files(0, ["x.png", "y.png"], [None, None], STEM).is_of_other_files
    assert not NAMES.is_of_other_files
    both = FileColumn(0)
    both.extend(FEW)
    both.extend(NAMES)
    assert both.found == [1, None, None, 1, 0, 2]
    assert not both.is_of_other_files


def test_what_a_column_holds():
    assert profile("a", "a", "").is_constant
    assert profile("a", "b", "c").is_unique
    assert not profile("a", "b", "a", "b").is_unique
    assert profile("1", "2.5").is_fraction
    assert not profile("1", "2.0").is_fraction
    assert not profile("1", "2", "1").is_measure
    assert profile(*map(str, range(30))).is_measure
    assert profile("0", "1", "").is_marks
    assert not profile("0", "2").is_marks
    assert profile("a", "b", "c", most=2).is_many


@pytest.mark.parametrize(
    ("name", "tier"),
    [
        ("label", CALLED_SO),
        ("Finding Labels", CALLED_SO),
        ("masterCategory", CALLED_SO),
        ("class_id", CALLED_SO),
        ("dx", CALLED_SO),
        ("choice", CALLED_SO),
        ("classificationAnnotation.displayName", CALLED_SO),
        ("dx_type", UNKNOWN),
        ("class_confidence", UNKNOWN),
        ("animal", UNKNOWN),
        ("", UNKNOWN),
        ("width", UNLIKELY),
        ("Unnamed: 0", UNLIKELY),
    ],
)
def test_what_a_column_is_called_is_weak_evidence(name, tier):
    assert label_tier(name) == tier


def chosen(names, *columns, one_hot=None):
    profiles = [profile(*cells) for cells in columns]
    return [label.name for label in choose_label_columns(names, profiles, (), one_hot)]


PETS, COLOURS, ALL = ("cat", "dog") * 4, ("red", "red", "blue", "blue") * 2, tuple("abcdefgh")


def test_columns_of_classes():
    assert chosen(["animal", "label"], PETS, COLOURS) == ["label"]
    assert chosen(["animal", "colour"], PETS, COLOURS) == ["animal", "colour"]
    assert chosen(["label", "class"], PETS, COLOURS) == ["label", "class"]
    assert chosen(["animal", "width"], PETS, ("1", "2") * 4) == ["animal"]
    assert chosen(["width", "height"], ("1", "2") * 4, ("3", "4") * 4) == []
    assert chosen(["animal", "name"], ("cat",) * 8, ALL) == []
    assert chosen(["label", "animal"], ("x",) * 8, PETS) == ["animal"]
    assert chosen(["label"], ALL) == ["label"]
    assert chosen(["animal"], ALL) == []


def test_marks_are_one_column_among_others():
    one_hot = LabelColumn((0, 1), "cat to dog", UNKNOWN)
    assert chosen(["cat", "dog"], ("0", "1") * 4, ("1", "0") * 4, one_hot=one_hot) == ["cat to dog"]
    assert chosen(["cat", "dog", "label"], ("0", "1") * 4, ("1", "0") * 4, PETS, one_hot=one_hot) == ["label"]
    assert chosen(["cat", "dog", "farm"], ("0", "1") * 4, ("1", "0") * 4, PETS, one_hot=one_hot) == [
        "farm",
        "cat to dog",
    ]


def test_columns_that_say_the_same_are_one_and_words_go_before_numbers():
    one, two, three = (LabelColumn((number,), str(number), UNKNOWN) for number in range(3))
    assert apart([one, two, three], lambda a, b: a.columns[0] // 2 == b.columns[0] // 2) == [one, three]
    assert label_rank("class", profile(*PETS)) < label_rank("label", profile("1", "2"))
    assert label_rank("label", profile(*PETS)) < label_rank("animal", profile(*PETS))


def test_columns_are_called_by_header_or_number():
    names = ["Image Name", "", "label", "label", "2"]
    assert [column_name(names, column) for column in range(5)] == ["Image Name", "2", "3", "4", "2"]
    assert find_column(names, "image_name") == 0
    assert find_column(names, "3") == 2
    assert find_column(names, "2") == 4
    assert find_column(names, "9") is None
    assert find_column(names, "") is None


def test_fewer_values_are_counted_of_wide_tables():
    assert most_values(2) > most_values(1000) >= 200
