"""Classes from a CSV beside the pictures."""

import subprocess
import sys
import time

import pytest

from core.datasets.archives.members import TableFile
from core.datasets.layouts.label_tables import read_tables
from core.datasets.tables.cells import as_cell
from core.settings import MEGABYTE, ImportLimits
from core.wording.reasons import reason
from tests.project import ROOT

PATHS = ["images/1.jpg", "images/2.jpg", "images/3.jpg", "images/4.png"]
WANTED = [("cat", ""), ("dog", ""), ("cat", ""), ("dog", "")]


def table(text, name="labels.csv"):
    return TableFile(tuple(name.split("/")), text if isinstance(text, bytes) else text.encode())


def read(paths, *tables):
    candidates = read_tables([tuple(path.split("/")) for path in paths], tables)
    assert len(candidates) < 2
    return [(own.class_name, own.split) for own in candidates[0].assignments] if candidates else None


@pytest.mark.parametrize("file", ["filename", "File", "image", "id", "Image Name", "filepath", "whatever"])
@pytest.mark.parametrize("label", ["label", "Class", "category", "breed", "whatever else"])
def test_columns_are_found_by_what_they_hold(file, label):
    assert read(PATHS, table(f"{file},{label}\n1.jpg,cat\n2.jpg,dog\n3.jpg,cat\n4.png,dog\n")) == WANTED


@pytest.mark.parametrize(
    "pattern",
    ["images/{}", "{}", "./images/{}", "/kaggle/input/pets/images/{}", "..\\images\\{}", "C:\\pets\\images\\{}"],
)
def test_pictures_are_named_by_path_or_bare_name(pattern):
    rows = zip(("1.jpg", "2.jpg", "3.JPG", "4.png"), ("cat", "dog", "cat", "dog"), strict=True)
    assert read(PATHS, table("file,label\n" + "".join(f"{pattern.format(n)},{label}\n" for n, label in rows))) == WANTED


@pytest.mark.parametrize("pattern", ["images/{}", "{}"])
def test_pictures_are_named_without_extension(pattern):
    rows = zip("1234", ("cat", "dog", "cat", "dog"), strict=True)
    assert read(PATHS, table("id,label\n" + "".join(f"{pattern.format(n)},{label}\n" for n, label in rows))) == WANTED


@pytest.mark.parametrize(
    "data",
    [
        "file;label\r\n1.jpg;cat\r\n2.jpg;dog\r\n3.jpg;cat\r\n4.png;dog\r\n",
        "file\tlabel\n1.jpg\tcat\n2.jpg\tdog\n3.jpg\tcat\n4.png\tdog",
        'file, "label"\n"1.jpg", "cat"\n"2.jpg", "dog"\n"3.jpg", "cat"\n"4.png", "dog"\n\n',
        "1.jpg,cat\n2.jpg,dog\n3.jpg,cat\n4.png,dog\n",
        "\ufefffile,label\n1.jpg,cat\n2.jpg,dog\n3.jpg,cat\n4.png,dog\n",
        "file,label\n1.jpg,cat\n2.jpg,dog\n3.jpg,cat\n4.png,dog\n".encode("utf-16"),
        "label,extra,file\ncat,x,1.jpg\ndog,x,2.jpg\ncat,x,3.jpg\ndog,x,4.png\n",
        ",file,label\n0,1.jpg,cat\n1,2.jpg,dog\n2,3.jpg,cat\n3,4.png,dog\n",
        "image,cat,dog\n1.jpg,1,0\n2.jpg,0,1\n3.jpg,1.0,0.0\n4.png,0,1\n",
        "file,class_id,label\n1.jpg,0,cat\n2.jpg,1,dog\n3.jpg,0,cat\n4.png,1,dog\n",
    ],
)
def test_dialects(data):
    assert read(PATHS, table(data)) == WANTED


def test_old_encodings_and_odd_labels():
    data = "file,label\n1.jpg,K\u00e4tzchen\n2.jpg,  a \n b\n3.jpg,K\u00c4TZCHEN\n".encode("cp1252")
    assert read(PATHS[:3], table(data.replace(b" \n b", b"\x07  b"))) == [
        ("K\u00e4tzchen", ""),
        ("a \\x07 b".replace(" \\x07", "\\x07"), ""),
        ("K\u00c4TZCHEN", ""),
    ]


def test_measures_are_no_classes():
    paths = [f"{n}.jpg" for n in range(100)]
    assert read(paths, table("file,width\n" + "".join(f"{n},{n % 40}.5\n" for n in range(100)))) is None
    assert len(set(read(paths, table("file,label\n" + "".join(f"{n},{n % 40}\n" for n in range(100)))))) == 40
    assert len(set(read(paths, table("file,digit\n" + "".join(f"{n},{n % 10}\n" for n in range(100)))))) == 10


@pytest.mark.parametrize("label", ["=1+1", "+a", "-b", "@c", "'quoted", "plain"])
def test_labels_that_a_spreadsheet_would_take_for_formulas(label):
    rows = f"1.jpg,{as_cell(label)}\n2.jpg,{as_cell(label)}\n3.jpg,cat\n4.png,cat\n"
    assert not as_cell(label).startswith(("=", "+", "-", "@"))
    assert read(PATHS, table("file,label\n" + rows))[0] == (label, "")


def test_pictures_that_arent_listed():
    (candidate,) = read_tables(
        [("1.jpg",), ("2.jpg",), ("3.jpg",)], [table("file,label\n1.jpg,cat\n2.jpg,dog\n3.jpg,\n")]
    )
    assert reason(candidate.assignments[2].reason) == "labels.csv says no class for it"
    assert candidate.counts == (1, 1)


def test_a_split_column():
    rows = "1.jpg,cat,train\n2.jpg,dog,Training\n3.jpg,cat,valid\n4.png,dog,TEST\n"
    assert [split for _, split in read(PATHS, table("file,label,split\n" + rows))] == [
        "train",
        "train",
        "validation",
        "test",
    ]


def test_a_table_a_split():
    paths = [f"{split}/{n}.jpg" for split in ("train", "test") for n in range(3)]
    tables = [table("id,label\n0,cat\n1,dog\n2,cat\n", f"{split}.csv") for split in ("train", "test")]
    assert read(paths, *tables) == [(name, split) for split in ("train", "test") for name in ("cat", "dog", "cat")]


def test_a_table_of_the_training_pictures_alone():
    paths = [f"{split}_images/{n}.jpg" for split in ("train", "test") for n in range(3)]
    said = read(
        paths, table("id,label\n0,cat\n1,dog\n2,cat\n", "train.csv"), table("id,label\n0,0\n1,0\n2,0\n", "s.csv")
    )
    assert said == [("cat", ""), ("dog", ""), ("cat", ""), ("", ""), ("", ""), ("", "")]


def test_splits_of_folders():
    paths = ["data/train/1.jpg", "data/train/2.jpg", "data/val/3.jpg", "data/val/4.jpg"]
    assert read(paths, table("id,label\n1,cat\n2,dog\n3,cat\n4,dog\n")) == [
        ("cat", "train"),
        ("dog", "train"),
        ("cat", "validation"),
        ("dog", "validation"),
    ]


def test_names_that_fit_several_pictures_are_told_apart_by_their_folders():
    paths = ["a/x/1.jpg", "a/y/1.jpg", "b/x/1.jpg", "b/y/1.jpg"]
    assert read(paths, table("file,label\nroot/a/x/1,cat\na/y/1,dog\nb/x/1.jpg,cat\n1,wolf\n")) == [
        ("cat", ""),
        ("dog", ""),
        ("cat", ""),
        ("", ""),
    ]


def test_the_first_of_two_rows_of_a_picture_counts():
    assert read(PATHS[:2], table("file,label\n1.jpg,cat\n2.jpg,dog\n1.jpg,dog\n")) == [("cat", ""), ("dog", "")]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0\0\0",
        b"hello",
        b"a,b\n",
        b"\xff\xfe\0",
        b"file,label\n9.jpg,cat\n8.jpg,dog\n",
        b"file,label\n1.jpg,cat\n2.jpg,cat\n",
        b"file,width,height\n1.jpg,10,20\n2.jpg,11,21\n",
        b"file,label\n1.jpg," + b"x" * 200_000 + b"\n2.jpg,dog\n",
        b"1.jpg" + b"," * 5000 + b"\n2.jpg,dog\n",
        b'file,label\n"1.jpg,cat\n2.jpg,dog\n',
    ],
)
def test_tables_that_say_nothing(data):
    assert read(PATHS, table(data)) is None


def test_many_pictures_of_one_name_take_no_time():
    paths = [(f"{n}", "1.jpg") for n in range(20_000)]
    started = time.process_time()
    assert read_tables(paths, [table("file,label\n" + "1.jpg,cat\n1,dog\n" * 20_000)]) == []
    assert time.process_time() - started < 5


@pytest.mark.parametrize("start", list("=+-@\t\r"))
def test_a_cell_is_never_a_formula(start):
    assert as_cell(f"{start}HYPERLINK(1)") == f"'{start}HYPERLINK(1)"


def test_other_cells_are_left_alone():
    assert as_cell("cat.jpg") == "cat.jpg"


MEASURE = """
import resource, sys
from core.datasets.archives.members import TableFile
from core.datasets.layouts.label_tables import read_tables
from core.settings import MEGABYTE

data = eval(sys.argv[1])
tables = [TableFile((f"{n}.csv",), table) for n, table in enumerate(data if isinstance(data, list) else [data])]
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
read_tables([("a", f"{number}.jpg") for number in range(1000)], tables)
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print((after - before) * (1 if sys.platform == "darwin" else 1024))
"""
HEADER = 'b"file" + b",a" * 199 + b"\\n"'


@pytest.mark.slow
@pytest.mark.parametrize(
    "table",
    [
        f'{HEADER} + b"a\\n" * 1_000_000',
        f'{HEADER} + (b"0.jpg" + b",a" * 199 + b"\\n") * 20_000',
        'b"ab," * (5 * MEGABYTE)',
        'b"\\n" * 500_000 + b"file,label\\n0.jpg,a\\n1.jpg,b\\n"',
        """b'file,label\\n"0.jpg,' + b"x\\n" * (7 * MEGABYTE)""",
        """b'file,label\\n' + b'"x\\n",' * (3 * MEGABYTE)""",
        '(b",".join(b"c%d" % column for column in range(10_000)) + b"\\n") * 200',
        '("file,label\\n" + "\\U0001f600.jpg,a\\n" * 600_000).encode("utf-16")',
        '[b"file,label\\n" + b"".join(b"%d,%d\\n" % (row, row % 7) for row in range(200))] * 500',
        """b'{"a": [1, 2, 3], "b": "x"}\\n' * 500_000""",
    ],
    ids=["short_rows", "wide", "one_line", "empty_lines", "quote", "quotes", "columns", "utf16", "many", "json"],
)
def test_reading_a_table_takes_memory_of_the_order_of_its_bytes(table):
    answer = subprocess.run(
        [sys.executable, "-c", MEASURE, table], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert int(answer.stdout) < 4 * ImportLimits().table_bytes


def test_empty_lines_and_rows_cost_no_row():
    text = "\n" * 50_000 + "file,label\n" + "\n,\n" * 1000 + "1.jpg,cat\n2.jpg,dog\n3.jpg,cat\n4.png,dog\n"
    assert read(PATHS, table(text)) == WANTED


def test_short_rows_are_as_wide_as_the_first():
    assert read(PATHS, table("file,label,more\n1.jpg,cat\n2.jpg,dog\n3.jpg,cat,\n4.png,dog,x,y\n")) == WANTED


def test_a_text_that_is_quoted_over_several_lines():
    data = 'file,label,note\n1.jpg,cat,"one\n\ntwo"\n2.jpg,dog,\n3.jpg,cat,"three, ""four""\n"\n4.png,dog,\n'
    assert read(PATHS, table(data)) == WANTED


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_ends_of_lines(end):
    assert read(PATHS, table(end.join(["file,label", "1.jpg,cat", "2.jpg,dog", "3.jpg,cat", "4.png,dog"]))) == WANTED


@pytest.mark.parametrize(
    "data",
    [
        b"\n" * 3 * MEGABYTE,
        b"\xff\xfe" + b"a\0" * 200_000,
        b"file,label\n" + b"1.jpg,cat" * 20_000,
    ],
)
def test_absurd_tables_say_nothing(data):
    assert read(PATHS, table(data)) is None
