import pytest

from core.wording.coded import Note
from core.wording.readings import IN_TERMINAL, SENTENCES, question, reading


def test_how_labels_were_found_is_a_sentence():
    assert reading(Note("table", {"tables": ["a.csv", "b.csv"], "label_column": ""})) == (
        "The second column of a.csv and b.csv has the class of each picture."
    )
    assert "cat in cat.1.jpg" in reading(Note("file_names", {"beginning": "cat", "example": "cat.1.jpg"}))


TABLE = {"tables": ["labels.csv"], "label_column": "label", "file_column": "image", "rows": 1020, "named": 1000}


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (
            {"pictures": 980, "all_pictures": 980},
            "From labels.csv, column label, files from image: 1,000 of 1,020 rows name a picture, 980 pictures.",
        ),
        (
            {"pictures": 980, "all_pictures": 1200, "split_column": "use", "encodings": ["gb18030"]},
            "From labels.csv, column label, files from image, splits from use: 1,000 of 1,020 rows name a picture, 980 "
            "of 1,200 pictures. It isn't UTF-8 and was read as GBK.",
        ),
        (
            {"pictures": 9, "all_pictures": 9, "tables": ["a.csv", "b.csv"], "more": 1200},
            "From a.csv and b.csv and 1,200 more, column label, files from image: 1,000 of 1,020 rows name a picture, "
            "9 pictures.",
        ),
    ],
)
def test_what_a_table_said_is_counted(more, sentence):
    assert reading(Note("table", {**TABLE, **more})) == sentence


@pytest.mark.parametrize("code", ["outer_folders", "inner_folders", "given"])
def test_words_without_parameters(code):
    assert code in SENTENCES
    assert reading(Note(code)).endswith(".")


def test_a_way_of_a_later_version_is_named():
    assert "(by_magic)" in reading(Note("by_magic"))


@pytest.mark.parametrize(("encoding", "words"), [("gb18030", "GBK"), ("cp737", "cp737")])
def test_a_guessed_encoding_of_names(encoding, words):
    found = Note("name_encoding", {"archive": "some.zip", "encoding": encoding, "example": "五/0001.png"})
    said = f"The names in some.zip don't state their encoding; they were read as {words}, such as 五/0001.png."
    assert reading(found) == said
    assert reading(found, IN_TERMINAL) == (
        f"{said} If that looks wrong, import it again with the right encoding (--encoding)."
    )
    assert reading(Note("given"), IN_TERMINAL) == reading(Note("given"))


def test_an_encoding_that_was_asked_for():
    found = Note("asked_name_encoding", {"archive": "some.zip", "encoding": "gb18030", "example": "五/0001.png"})
    assert reading(found) == "The names in some.zip were read as GBK, as asked for, such as 五/0001.png."


@pytest.mark.parametrize(
    ("code", "is_last", "sentence"),
    [
        ("outer_folders", True, "The folders are the classes: pictures in a/b are b."),
        ("outer_folders", False, "The outer folders are the classes: pictures in a/b are b."),
        ("inner_folders", True, "The inner folders are the classes: pictures in a/b are b."),
    ],
)
def test_one_folder_shows_which_are_meant(code, is_last, sentence):
    assert reading(Note(code, {"folder": "a/b", "class_name": "b", "is_last": is_last})) == sentence


def test_what_to_do_is_said_in_the_words_of_where_it_is_said():
    notes = [Note("no_two_classes", {"name": "pets.zip"}), Note("name_labels"), Note("by_magic")]
    assert question(notes, IN_TERMINAL).startswith(
        "pets.zip doesn't have two classes to tell apart. Name the right column with --label-column. "
    )
    assert question(notes[:2], {"name_labels": "Point at it."}).endswith(" apart. Point at it.")
    assert "(by_magic)" in question(notes, IN_TERMINAL)
