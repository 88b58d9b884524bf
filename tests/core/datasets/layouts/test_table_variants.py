"""Realistic tables of labels, each with a known right answer: none is silently read wrongly.

The pictures only differ in their names: 12, every third a dog, the last third held out. A table is made from
the truth about them, so whatever is read from it can be compared with that.
"""

import csv
import json
from urllib.parse import quote

import pytest

from core.datasets.layouts.candidates import candidates
from tests.core.datasets.layouts.table_drawing import (
    BATCHES,
    CHINESE,
    EMOTIONS,
    GERMAN,
    IMAGENET,
    JAPANESE,
    KOREAN,
    LETTERS,
    NUMBERED,
    QUOTED,
    RUSSIAN,
    SPACED,
    TWO_FOLDERS,
    ZEROS,
    named,
    of_folder,
    one_hot,
    plain,
    read,
    sheet,
    truths,
    variant,
)

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
    """Half of the rows are gone, and some name missing pictures: what is read is right or left out."""
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
