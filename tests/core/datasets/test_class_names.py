import pytest

from core.datasets.archives.picture_reader import check_class
from core.datasets.class_names import MAX_CLASS_NAME_LENGTH, check_class_name, in_order, is_class_name, match_names
from core.errors import DatasetError


@pytest.mark.parametrize("name", ["a/b", "a\\b", "..", ".hidden", "__MACOSX", "C:", "a\u202eb"])
def test_names_that_arent_valid_folder_names_are_refused(name):
    with pytest.raises(DatasetError, match="can't be the name of a folder"):
        check_class_name(name, ())


def test_names_of_classes_are_tidied():
    assert check_class_name("  big \n cat ", ("cat",)) == "big cat"


def test_two_classes_that_read_as_splits_are_refused():
    assert check_class_name("train", ("car", "plane")) == "train"
    with pytest.raises(DatasetError) as caught:
        check_class_name("Test", ("car", "train"))
    assert str(caught.value) == (
        "Classes called train and Test would be taken for splits of the data. Choose another name."
    )


def test_a_name_that_differs_only_by_case_is_refused_unless_there_are_such_already():
    with pytest.raises(DatasetError, match="There is a class called A already"):
        check_class_name("a", ("A", "B"))
    assert check_class_name("b", ("A", "B", "a")) == "b"
    with pytest.raises(DatasetError, match="There is a class called Zo\u00eb already"):
        check_class_name("Zoe\u0308", ("A", "a", "Zo\u00eb"))


@pytest.mark.parametrize(
    ("name", "is_good"),
    [
        ("cat", True),
        ("\u0645\u06cc\u200c\u062e", True),
        ("x" * MAX_CLASS_NAME_LENGTH, True),
        ("x" * (MAX_CLASS_NAME_LENGTH + 1), False),
        ("", False),
        (".cat", False),
        ("a/b", False),
        ("C:", False),
        ("__MACOSX", False),
        ("__MACOSX cats", True),
        ("a\0", False),
    ],
)
def test_class_names_follow_the_same_rules_by_hand_and_in_versions(name, is_good):
    assert is_class_name(name) == is_good
    for check in (check_class, lambda text: check_class_name(text, ())):
        if is_good:
            assert check(name) == name
        else:
            with pytest.raises(DatasetError):
                check(name)


@pytest.mark.parametrize(
    "names",
    [
        ("1", "2", "10"),
        ("class 1", "class 2", "class 10", "class 10 b"),
        ("2 cats", "10 cats", "cats", "cats 2", "cats 10"),
        ("01", "1", "002", "2", "3"),
        ("A", "B", "a", "b"),
        ("Zebra", "apple"),
        ("0", "9", "9" * 5000, "1" + "0" * 5000),
        ("\u0661", "\u0662", "\u0661\u0660"),
        ("", "0", "a"),
    ],
)
def test_classes_are_sorted_as_people_sort_them(names):
    assert in_order(reversed(names)) == names


@pytest.mark.parametrize(
    ("names", "known", "found"),
    [
        (("Cat", "dog "), ("cat", "dog"), {"Cat": "cat", "dog ": "dog"}),
        (("A", "a"), ("A", "a"), {"A": "A", "a": "a"}),
        (("A", "b"), ("A", "a", "B"), {"A": "A", "b": "B"}),
        # Which one of two is meant can't be told.
        (("Cat", "CAT"), ("cat",), {}),
        (("Cat", "cat"), ("cat",), {"cat": "cat"}),
        (("Cat",), ("CAT", "cat"), {}),
        (("wolf",), ("cat",), {}),
        (("Zoe\u0308",), ("Zo\u00eb",), {"Zoe\u0308": "Zo\u00eb"}),
    ],
)
def test_names_of_another_data_set_are_matched(names, known, found):
    assert match_names(names, known) == found
