"""What tables say about each picture."""

from core.datasets.tables.columns import UNKNOWN, LabelColumn
from core.datasets.tables.groups import open_groups
from core.datasets.tables.labels import TableLabels, read_labels
from core.datasets.tables.pictures import PictureNames
from tests.core.datasets.tables.drawing import group_of, paths_of, table_of

PICTURES = ("a.png", "b.png", "c.png", "d.png")
LABEL = LabelColumn((1,), "label", UNKNOWN)


def test_rows_become_classes_and_splits():
    group = group_of("file,label,split\na.png,x,train\nb.png,y,test\nz.png,x,train\nc.png,,train\n", *PICTURES)
    said = read_labels(group, 0, LABEL, 2)
    assert (said.num_rows, said.num_named, said.num_labelled) == (4, 3, 2)
    assert said.classes == {0: "x", 1: "y", 2: ""}
    assert said.splits == {0: "train", 1: "test", 2: "train"}
    assert (said.files, said.split, said.vocabulary) == ("file", "split", {"x", "y"})
    assert said.rows == {0: ("a.png", "x", "train"), 1: ("b.png", "y", "test")}


def test_several_classes_of_a_picture_are_kept_in_their_order():
    group = group_of("file,label\na.png,x\nb.png,y\na.png,y\na.png,x\nc.png,x|y\n", *PICTURES)
    said = read_labels(group, 0, LABEL, None)
    assert said.classes == {0: "x", 1: "y", 2: "x"}
    assert said.others == {0: ("x", "y"), 2: ("x", "y")}


def test_marks():
    group = group_of("file,x,y\na.png,1,0\nb.png,0,1\nc.png,0,0\nd.png,1,1\n", *PICTURES)
    said = read_labels(group, 0, LabelColumn((1, 2), "x to y", UNKNOWN), None)
    assert said.classes == {0: "x", 1: "y", 2: "", 3: "x"}
    assert said.others == {3: ("x", "y")}


def test_five_rows_of_different_classes_are_shown():
    names = [f"{n}.png" for n in range(20)]
    group = group_of("file,label\n" + "".join(f"{name},{n // 5}\n" for n, name in enumerate(names)), *names)
    rows = read_labels(group, 0, LABEL, None).rows
    assert sorted(row[1] for row in rows.values()) == ["0", "0", "1", "2", "3"]


def tables_of(*texts_and_names):
    (group,) = open_groups([table_of(*pair) for pair in texts_and_names], PictureNames(paths_of(*PICTURES)))
    return read_labels(group, 0, LABEL, None)


def test_a_table_that_says_the_same_of_all_is_a_form():
    pictures = [f"{n}.png" for n in range(10)]
    truth = "file,label\n" + "".join(f"{n}.png,{'xy'[n % 2]}\n" for n in range(5))
    form = "file,label\n" + "".join(f"{n}.png,x\n" for n in range(5, 10))
    for name, is_form in (("answers.csv", True), ("b/train.csv", False), ("x.csv", False)):
        tables = [table_of(truth, "train.csv"), table_of(form, name)]
        (group,) = open_groups(tables, PictureNames(paths_of(*pictures)))
        said = read_labels(group, 0, LABEL, None)
        assert said.forms == ([(name, "x", 5)] if is_form else [])
        assert len(said.classes) == (5 if is_form else 10)


def test_tables_of_one_class_each_are_no_forms():
    said = tables_of(("file,label\na.png,x\nb.png,x\n", "1.csv"), ("file,label\nc.png,y\nd.png,y\n", "2.csv"))
    assert (said.forms, said.classes) == ([], {0: "x", 1: "x", 2: "y", 3: "y"})


def test_tables_are_put_together():
    one, two = (TableLabels("file", LABEL) for _ in range(2))
    one.say(0, ("x",), "train")
    two.say(0, ("x",), "")
    two.say(1, ("y",), "test")
    two.say(2, ("x", "y"), "")
    one.extend(two)
    assert one.classes == {0: "x", 1: "y", 2: "x"}
    assert one.others == {2: ("x", "y")}
    assert one.splits == {0: "train", 1: "test", 2: ""}
