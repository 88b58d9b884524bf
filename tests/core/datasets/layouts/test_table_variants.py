"""Tables of labels as people have them, each with a right answer by construction: none is read wrongly without a word.

The pictures are the same in all of them but for their names: 12, every third a dog, the last third held out. A table is
made of what is true of them, so whatever is read out of it can be compared with that.
"""

import csv
import io
import json
from dataclasses import dataclass
from urllib.parse import quote

import pytest

from core.datasets.archives.members import TableFile
from core.datasets.layouts.candidates import candidates, choose_candidate
from core.datasets.layouts.layout import ASK, AmbiguousLayout
from core.datasets.layouts.options import ReadingOptions
from core.errors import DatasetError

NUMBER = 12
WORDS = ("acorn", "birch", "cedar", "daisy", "elder", "fir", "ginkgo", "hazel", "iris", "juniper", "kale", "larch")


@dataclass(frozen=True)
class Truth:
    """A picture: its number, path, class and split."""

    number: int
    path: str
    label: str
    split: str

    @property
    def name(self):
        return self.path.rpartition("/")[2]

    @property
    def stem(self):
        return self.name.rpartition(".")[0]


def truths(pattern="images/{word}.png", labels=("cat", "dog")):
    return [
        Truth(n, pattern.format(word=WORDS[n], n=n), labels[n % 3 == 0], ("train", "train", "test")[n * 3 // NUMBER])
        for n in range(NUMBER)
    ]


def sheet(rows, delimiter=",", header=None, quoting=csv.QUOTE_MINIMAL, end="\r\n"):
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=end)
    writer.writerows(([header] if header else []) + list(rows))
    return text.getvalue()


def named(text, name="labels.csv", encoding="utf-8"):
    return TableFile(tuple(name.split("/")), text if isinstance(text, bytes) else text.encode(encoding))


def variant(make, pictures=None, has_splits=False):
    """A way to write a table: what makes it of the pictures, the pictures, and whether it gives splits."""
    pictures = pictures or truths()
    made = make(pictures)
    return pictures, made if isinstance(made, list) else [made], has_splits


SORTED_AS_TEXT = sorted(range(NUMBER), key=str)
NUMBERED = [Truth(n, f"images/{n}.png", ("cat", "dog")[n > 5], "") for n in SORTED_AS_TEXT]
ZEROS = [Truth(n, f"images/{n:05d}.png", ("cat", "dog")[n % 3 == 0], "") for n in range(1, NUMBER + 1)]
TWO_FOLDERS = [
    Truth(n, f"{folder}/{n:04d}.png", ("cat", "dog")[(n + index) % 2], split)
    for index, (folder, split) in enumerate((("set/train", "train"), ("set/test", "test")))
    for n in range(6)
]
BATCHES = [
    Truth(n, f"batch{batch}/frames/{n}.png", ("ok", "nok")[(n + batch) % 2 if batch < 3 else 0], "")
    for batch in range(1, 4)
    for n in range(6)
]
LETTERS = [Truth(n, f"img/{'Aa'[n % 2]}{n // 2}.png", ("capital", "small")[n % 2], "") for n in range(NUMBER)]
SPACED = truths("images/my photo {n} q.png")
EMOTIONS = [Truth(n, f"images/{WORDS[n]}.png", ("happy", "sad")[n % 2], "") for n in range(NUMBER)]
RUSSIAN = truths(labels=("\u043a\u043e\u0442", "\u0441\u043e\u0431\u0430\u043a\u0430"))
CHINESE = truths(labels=("\u5de6", "\u5b50"))
JAPANESE = truths(labels=("\u8868", "\u8868\u88cf"))
KOREAN = truths(labels=("\uace0\uc591\uc774", "\uac1c"))
GERMAN = truths(labels=("K\u00e4tzchen", "H\u00fcndchen"))
IMAGENET = truths(labels=("tench, Tinca tinca", "goldfish, Carassius auratus"))
QUOTED = truths(labels=('a "big" cat', "dog\nof two lines"))


def one_hot(pictures, delimiter=",", yes="1", no="0", extra=()):
    rows = [[p.name, *((yes, no) if p.label == "cat" else (no, yes))] for p in pictures]
    return named(sheet([*rows, *extra], delimiter, ["filename", "cat", "dog"]))


def of_folder(pictures, name, folder, header=("image", "label"), cell=lambda p: p.name):
    rows = [[cell(p), p.label] for p in pictures if p.path.startswith(f"{folder}/")]
    return named(sheet(rows, header=header), f"{folder}/{name}")


def plain(pictures, **how):
    return named(sheet([[p.name, p.label] for p in pictures], header=["file", "label"], **how))


def use(split, number):
    return {"train": "TRAIN", "test": "TEST"}[split] if number else "UNASSIGNED"


VARIANTS = {
    # Columns and their order.
    "plain": variant(plain),
    "label first": variant(lambda ps: named(sheet([[p.label, p.name] for p in ps], header=["class", "file"]))),
    "no header": variant(lambda ps: named(sheet([p.name, p.label] for p in ps))),
    "pandas index": variant(
        lambda ps: named(sheet([[n, p.name, p.label] for n, p in enumerate(ps)], header=["", "filename", "label"])),
        NUMBERED,
    ),
    "pandas index of 1": variant(
        lambda ps: named(sheet([[n, p.name, p.label] for n, p in enumerate(ps, 1)], header=["", "filename", "label"])),
        NUMBERED,
    ),
    "running id": variant(
        lambda ps: named(sheet([[n, p.name, p.label] for n, p in enumerate(ps)], header=["id", "image", "label"])),
        NUMBERED,
    ),
    "index before an id of digits": variant(
        lambda ps: named(sheet([[n, p.number, p.label] for n, p in enumerate(ps)], header=["", "image_id", "label"])),
        NUMBERED,
    ),
    "running number last, no header": variant(
        lambda ps: named(sheet([[p.name, p.label, n] for n, p in enumerate(ps)])), NUMBERED
    ),
    "label and its number": variant(
        lambda ps: named(
            sheet([[p.name, int(p.label == "dog"), p.label] for p in ps], header=["f", "class_id", "label"])
        )
    ),
    "measures": variant(
        lambda ps: named(
            sheet(
                [[p.name, 100 + p.number, 3.5 * p.number, p.label] for p in ps], header=["f", "width", "area", "what"]
            )
        )
    ),
    "constant and unique columns": variant(
        lambda ps: named(
            sheet(
                [[p.name, "cam 1", f"note {p.number}", p.label] for p in ps], header=["f", "camera", "remark", "what"]
            )
        )
    ),
    "unknown word": variant(
        lambda ps: named(sheet([[n, p.name, p.label] for n, p in enumerate(ps)], header=["", "image", "emotion"])),
        EMOTIONS,
    ),
    "label studio": variant(
        lambda ps: named(
            sheet(
                [[p.number, 1, p.label, "2024-03-01", p.number, f"/data/upload/3/{p.name}", 3.1] for p in ps],
                header=["annotation_id", "annotator", "choice", "created_at", "id", "image", "lead_time"],
            )
        )
    ),
    "label studio, uploaded": variant(
        lambda ps: named(
            sheet([[f"/data/upload/3/0a1b2c3d-{p.name}", p.label] for p in ps], header=["image", "choice"])
        )
    ),
    "nih": variant(
        lambda ps: named(
            sheet(
                [[p.name, p.label, p.number % 2, 40 + p.number] for p in ps],
                header=["Image Index", "Finding Labels", "Follow-up #", "Patient Age"],
            )
        )
    ),
    "fashion": variant(
        lambda ps: named(
            sheet(
                [[p.number, "Men", p.label, "Shirts", 2011] for p in ps],
                header=["id", "gender", "masterCategory", "articleType", "year"],
            )
        ),
        NUMBERED,
    ),
    "path and name": variant(
        lambda ps: named(sheet([[p.name, p.path, p.label] for p in ps], header=["name", "path", "label"]))
    ),
    "mask beside": variant(
        lambda ps: named(
            sheet([[p.name.replace(".", "_mask."), p.name, p.label] for p in ps], header=["mask", "image", "label"])
        )
    ),
    # How files are named.
    "path": variant(lambda ps: named(sheet([[p.path, p.label] for p in ps], header=["path", "label"]))),
    "foreign path": variant(
        lambda ps: named(sheet([[f"C:\\data\\{p.name}", p.label] for p in ps], header=["path", "label"]))
    ),
    "stem": variant(lambda ps: named(sheet([[p.stem, p.label] for p in ps], header=["id", "label"]))),
    "other extension": variant(
        lambda ps: named(sheet([[p.stem + ".tif", p.label] for p in ps], header=["id", "label"]))
    ),
    "other case": variant(lambda ps: named(sheet([[p.name.upper(), p.label] for p in ps], header=["id", "label"]))),
    "capitals matter": variant(
        lambda ps: named(sheet([[p.name, p.label] for p in ps], header=["f", "label"])), LETTERS
    ),
    "zeros eaten": variant(
        lambda ps: named(sheet([[p.number, p.label] for p in ps], ";", header=["id", "label"])), ZEROS
    ),
    "numbers as fractions": variant(
        lambda ps: named(sheet([[f"{p.number}.0", p.label] for p in ps], header=["id", "label"])), ZEROS
    ),
    "links": variant(
        lambda ps: named(
            sheet([[f"https://example.org/s/{quote(p.name)}?sig=a%2Fb", p.label] for p in ps], header=["url", "label"])
        ),
        SPACED,
    ),
    "escapes": variant(lambda ps: named(sheet([[quote(p.name), p.label] for p in ps], header=["f", "label"])), SPACED),
    "automl": variant(
        lambda ps: named(sheet([p.split.upper(), f"gs://bucket/flowers/{p.path}", p.label] for p in ps)),
        has_splits=True,
    ),
    "ml_use": variant(
        lambda ps: named(
            sheet([[p.split, f"gs://b/{p.path}", p.label] for p in ps], header=["ml_use", "gcs_uri", "label"])
        ),
        has_splits=True,
    ),
    # Several tables.
    "a table in each folder": variant(
        lambda ps: [
            of_folder(ps, "metadata.csv", f"set/{split}", ("file_name", "label")) for split in ("train", "test")
        ],
        TWO_FOLDERS,
        has_splits=True,
    ),
    "a table in each batch, one of one class": variant(
        lambda ps: [
            of_folder(ps, "labels.csv", f"batch{n}", cell=lambda p: p.path.split("/", 1)[1]) for n in range(1, 4)
        ],
        BATCHES,
    ),
    "one table of all folders": variant(
        lambda ps: named(sheet([[p.path, p.label] for p in ps], header=["file", "label"]), "set/all.csv"),
        TWO_FOLDERS,
        has_splits=True,
    ),
    "a table of each class": variant(
        lambda ps: [
            named(sheet([[p.name, p.label] for p in ps if p.label == name], header=["f", "label"]), f"{name}s.csv")
            for name in ("cat", "dog")
        ]
    ),
    "a table beside a folder of pictures": variant(
        lambda ps: named(sheet([[p.name, p.label] for p in ps], header=["f", "label"]), "annotations/labels.csv")
    ),
    "splits in a table of their own": variant(
        lambda ps: [plain(ps), named(sheet([[p.name, p.split] for p in ps], header=["file", "part"]), "parts.csv")],
        has_splits=True,
    ),
    # Splits.
    "split": variant(
        lambda ps: named(sheet([[p.name, p.label, p.split] for p in ps], header=["f", "label", "split"])),
        has_splits=True,
    ),
    "is_test": variant(
        lambda ps: named(sheet([[p.name, p.label, p.split == "test"] for p in ps], header=["f", "label", "is_test"])),
        has_splits=True,
    ),
    "usage": variant(
        lambda ps: named(
            sheet(
                [[p.name, p.label, {"train": "Training", "test": "PrivateTest"}[p.split]] for p in ps],
                header=["image", "emotion", "Usage"],
            )
        ),
        has_splits=True,
    ),
    # One-hot.
    "one-hot": variant(one_hot),
    "one-hot of true": variant(lambda ps: one_hot(ps, yes="True", no="False")),
    "one-hot with spaces": variant(
        lambda ps: named(
            "filename, cat, dog\n"
            + "".join(f"{p.name}, {int(p.label == 'cat')}, {int(p.label == 'dog')}\n" for p in ps)
        )
    ),
    "one-hot, blank for no": variant(lambda ps: one_hot(ps, no="")),
    "one-hot of 250": variant(
        lambda ps: named(
            sheet(
                [[p.name, int(p.label == "cat"), int(p.label == "dog"), *[0] * 248] for p in ps],
                header=["filename", "cat", "dog", *(f"c{n}" for n in range(248))],
            )
        )
    ),
    "one-hot of words that other columns are called by": variant(
        lambda ps: named(
            sheet([[p.name, int(p.label == "box"), int(p.label == "text")] for p in ps], header=["f", "box", "text"])
        ),
        truths(labels=("box", "text")),
    ),
    # How the file is written.
    "semicolons": variant(lambda ps: plain(ps, delimiter=";")),
    "tabs": variant(lambda ps: plain(ps, delimiter="\t")),
    "tsv": variant(lambda ps: named(sheet([[p.name, p.label] for p in ps], "\t", ["f", "label"]), "labels.tsv")),
    "bars": variant(lambda ps: plain(ps, delimiter="|")),
    "sep line": variant(
        lambda ps: named("sep=;\r\n" + sheet([[p.name, 24, p.label] for p in ps], ";", ["f", "w", "class"]))
    ),
    "quoted": variant(lambda ps: plain(ps, quoting=csv.QUOTE_ALL)),
    "quotes and lines in cells": variant(plain, QUOTED),
    "commas in classes": variant(plain, IMAGENET),
    "commas in classes, semicolons": variant(lambda ps: plain(ps, delimiter=";"), IMAGENET),
    "comment column with commas": variant(
        lambda ps: named(
            sheet([[p.name, p.label, f"one, two, {p.number}"] for p in ps], header=["f", "label", "comment"])
        )
    ),
    "old mac lines": variant(lambda ps: plain(ps, end="\r")),
    "empty lines": variant(lambda ps: named("\n\n" + plain(ps).data.decode().replace("\r\n", "\r\n\r\n"))),
    "json lines": variant(
        lambda ps: named("\n".join(json.dumps({"file_name": p.path, "label": p.label}) for p in ps), "metadata.jsonl")
    ),
    "json lines of vertex": variant(
        lambda ps: named(
            "\n".join(
                json.dumps(
                    {
                        "imageGcsUri": f"gs://bucket/{p.path}",
                        "classificationAnnotation": {"displayName": p.label},
                        "dataItemResourceLabels": {"aiplatform.googleapis.com/ml_use": p.split},
                    }
                )
                for p in ps
            ),
            "data.jsonl",
        ),
        has_splits=True,
    ),
    # Encodings.
    "utf-8 with a mark": variant(lambda ps: named(plain(ps).data.decode(), encoding="utf-8-sig"), GERMAN),
    "utf-16": variant(lambda ps: named(plain(ps).data.decode(), encoding="utf-16"), GERMAN),
    "utf-16 without a mark": variant(lambda ps: named(plain(ps).data.decode(), encoding="utf-16-le"), RUSSIAN),
    "utf-16 the other way": variant(lambda ps: named(plain(ps).data.decode(), encoding="utf-16-be"), CHINESE),
    "cp1252": variant(lambda ps: named(plain(ps).data.decode(), encoding="cp1252"), GERMAN),
    "cp1251": variant(lambda ps: named(plain(ps).data.decode(), encoding="cp1251"), RUSSIAN),
    "cp866": variant(lambda ps: named(plain(ps).data.decode(), encoding="cp866"), RUSSIAN),
    "gbk": variant(lambda ps: named(plain(ps).data.decode(), encoding="gbk"), CHINESE),
    "shift-jis": variant(lambda ps: named(plain(ps).data.decode(), encoding="cp932"), JAPANESE),
    "euc-kr": variant(lambda ps: named(plain(ps).data.decode(), encoding="cp949"), KOREAN),
}


def read(pictures, tables):
    paths = [tuple(p.path.split("/")) for p in pictures]
    return choose_candidate(paths, tables, "x.zip")


@pytest.mark.parametrize("name", VARIANTS)
def test_a_table_is_read_as_it_was_meant(name):
    pictures, tables, has_splits = VARIANTS[name]
    candidate = read(pictures, tables)
    said = {p.path: (own.class_name, own.split) for p, own in zip(pictures, candidate.assignments, strict=True)}
    assert said == {p.path: (" ".join(p.label.split()), p.split if has_splits else "") for p in pictures}
    assert candidate.name == "csv"
    for example in candidate.examples:
        assert example.class_name == said[pictures[example.picture].path][0]
        assert len(example.cells) > 1


@pytest.mark.parametrize("name", VARIANTS)
def test_no_label_is_wrong_when_rows_are_missing_and_others_too_many(name):
    """Half of the rows are gone, and some name pictures that there aren't: what is read is right or left out."""
    pictures, tables, _ = VARIANTS[name]
    right = {tuple(p.path.split("/")): " ".join(p.label.split()) for p in pictures}
    paths = [path for number, path in enumerate(right) if number % 2]
    for candidate in candidates(paths, tables):
        if candidate.name == "csv":
            wrong = [
                (path, own.class_name)
                for path, own in zip(paths, candidate.assignments, strict=True)
                if own.class_name not in ("", right[path])
            ]
            assert not wrong


# What is asked, and what is refused


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


@pytest.mark.parametrize("name", ["sample_submission.csv", "sampleSubmission.csv", "test.csv"])
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
        ([["x1.png", "cat"], ["x2.png", "dog"]], "0 of 2 rows name a picture, the first says x1.png, and a picture"),
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
