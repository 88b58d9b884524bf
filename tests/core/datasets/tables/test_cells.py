import pytest

from core.datasets.tables.cells import as_cell, column_word, is_mark, is_number, is_yes, label_of, parter


@pytest.mark.parametrize("label", ["=1+1", "+a", "-b", "@c", "'quoted", "plain"])
def test_what_a_spreadsheet_would_take_for_a_formula_comes_back(label):
    assert not as_cell(label).startswith(("=", "+", "-", "@"))
    assert label_of(as_cell(label)) == label


@pytest.mark.parametrize("start", list("=+-@\t\r"))
def test_a_cell_is_never_a_formula(start):
    assert as_cell(f"{start}HYPERLINK(1)") == f"'{start}HYPERLINK(1)"


@pytest.mark.parametrize(
    ("cell", "label"),
    [
        ("  cat ", "cat"),
        ("a \n b", "a b"),
        ("a\x07", "a\\x07"),
        ("", ""),
        ("NaN", ""),
        ("null", ""),
        ("None", "None"),
        ("NA", "NA"),
    ],
)
def test_labels_are_tidied(cell, label):
    assert label_of(cell) == label


def test_marks_and_numbers():
    assert all(is_yes(cell) for cell in ("1", " True", "yes", "1.0"))
    assert all(is_mark(cell) and not is_yes(cell) for cell in ("0", "", "False", "no "))
    assert not any(is_mark(cell) for cell in ("2", "-1", "cat"))
    assert all(is_number(cell) for cell in ("12", " -1.5", "2,5", "1e-3"))
    assert not any(is_number(cell) for cell in ("", "1 cm", "v2"))


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("Image Name", "image_name"),
        ("imageName", "image_name"),
        ("image-name", "image_name"),
        ("ID", "id"),
        ("Follow-up #", "follow_up"),
        ("", ""),
    ],
)
def test_names_of_columns_are_compared_as_words(name, word):
    assert column_word(name) == word


@pytest.mark.parametrize(
    ("values", "cell", "labels"),
    [
        (["a", "b", "a|b"], "a|b", ("a", "b")),
        (["a", "a|b"], "a|b", ("a", "b")),
        (["animal|cat", "animal|dog"], "animal|cat", ("animal|cat",)),
        (["a", "b", "a, b"], "a, b", ("a", "b")),
        (["a", "b", "a;b"], "a;b;a", ("a", "b")),
        (["tench, Tinca tinca", "tench"], "tench, Tinca tinca", ("tench, Tinca tinca",)),
        (["a"], '["b", "c"]', ("b", "c")),
        (["a"], "['b', 'c']", ("b", "c")),
        (["a"], "[1, 2]", ("1", "2")),
        (["a"], "[not a list]", ("[not a list]",)),
        (["a"], "", ()),
    ],
)
def test_cells_of_several_labels(values, cell, labels):
    assert parter(values)(cell) == labels
