"""Sources as people have them, from the command to the counts: each once had wrong labels, or was refused."""

import io
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.core.conftest import Call
from tests.core.datasets.conftest import ZipEntry, write_zip

Counts = dict[str, dict[str, int]]


@dataclass
class Source:
    """An archive in the making, and what is right of it.

    Attributes:
        files: the content of each file by its name.
        right: split and class of each picture that has one.
        codec: of the names.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    right: list[tuple[str, str]] = field(default_factory=list)
    codec: str = "utf-8"

    def draw(self, name: str, label: str = "", split: str = "") -> str:
        """Adds a picture unlike all others. Without a label, it isn't one to learn from."""
        buffer = io.BytesIO()
        noise = np.random.default_rng(len(self.files)).integers(0, 255, (24, 24, 3), dtype=np.uint8)
        Image.fromarray(noise).save(buffer, "PNG")
        self.files[name] = buffer.getvalue()
        if label:
            self.right.append((split, label))
        return name

    def write(self, name: str, *rows: str, codec: str = "utf-8") -> None:
        """Adds a table."""
        self.files[name] = "".join(f"{row}\n" for row in rows).encode(codec)

    def save(self, folder: Path) -> Path:
        path = folder / "pictures.zip"
        path.write_bytes(write_zip([ZipEntry(name.encode(self.codec), data) for name, data in self.files.items()]))
        return path

    def counts(self) -> Counts:
        counts: Counts = {}
        for (split, label), number in Counter(self.right).items():
            counts.setdefault(split, {})[label] = number
        return counts


def running_number(source: Source) -> None:
    listed = sorted(f"{n}.png" for n in range(16))
    rows = [f"{row},{name},{'cat' if int(name[:-4]) < 8 else 'dog'}" for row, name in enumerate(listed)]
    for number in range(16):
        source.draw(f"images/{number}.png", "cat" if number < 8 else "dog")
    source.write("train.csv", ",image,label", *rows)


def form_to_fill_in(source: Source) -> None:
    rows = [f"a{n},{2 * (n % 2)}" for n in range(12)]
    for number in range(12):
        source.draw(f"train/a{number}.png", str(2 * (number % 2)))
    for number in range(8):
        source.draw(f"test/b{number}.png")
    source.write("train.csv", "id_code,diagnosis", *rows)
    source.write("sample_submission.csv", "id_code,diagnosis", *(f"b{n},0" for n in range(8)))


def row_without_a_class(source: Source) -> None:
    for split, folder in (("train", "train"), ("validation", "valid"), ("test", "test")):
        rows = []
        for number in range(8):
            is_nothing = split == "train" and number == 3
            label = "" if is_nothing else ("cat", "dog")[number % 2]
            source.draw(f"{folder}/{number}x.png", label, split)
            rows.append(f"{number}x.png,{int(label == 'cat')},{int(label == 'dog')}")
        source.write(f"{folder}/_classes.csv", "filename,cat,dog", *rows)


def table_beside_its_pictures(source: Source) -> None:
    for split in ("train", "test"):
        rows = []
        for number in range(6):
            label = ("cat", "dog")[(number + (split == "test")) % 2]
            source.draw(f"set/{split}/{number:04d}.png", label, split)
            rows.append(f"{number:04d}.png,{label}")
        source.write(f"set/{split}/metadata.csv", "file_name,label", *rows)


def without_a_header(source: Source) -> None:
    rows = []
    for number in range(18):
        word, split = (("TRAIN", "train"), ("VALIDATION", "validation"), ("TEST", "test"))[number // 2 % 3]
        label = ("daisy", "tulip")[number % 2]
        source.draw(f"flowers/img_{number}.png", label, split)
        rows.append(f"{word},gs://bucket/flowers/img_{number}.png,{label}")
    source.write("all_data.csv", *rows)


def chinese_names(source: Source) -> None:
    source.codec = "gbk"
    for label in ("五", "武", "工", "攻"):
        for number in range(4):
            source.draw(f"{label}/{number}.png", label)


def japanese_names(source: Source) -> None:
    source.codec = "cp932"
    for label in ("表", "表裏", "犬"):
        for number in range(4):
            source.draw(f"{label}/{number}.png", label)


def chinese_table(source: Source) -> None:
    rows = [f"{n}x.png,{'左子大从'[n % 4]}" for n in range(16)]
    for number in range(16):
        source.draw(f"images/{number}x.png", "左子大从"[number % 4])
    source.write("labels.csv", "文件名,类别", *rows, codec="gbk")


def russian_table(source: Source) -> None:
    rows = [f"{n}x.png,{('кот', 'собака')[n % 2]}" for n in range(12)]
    for number in range(12):
        source.draw(f"images/{number}x.png", ("кот", "собака")[number % 2])
    source.write("labels.csv", "файл,класс", *rows, codec="cp1251")


def in_folders(source: Source, *folders: str, label: Callable[[str], str] = lambda name: name, count: int = 4) -> None:
    for folder in folders:
        for number in range(count):
            source.draw(f"{folder}/{number}.png", label(folder))


def letters(source: Source) -> None:
    in_folders(source, "A", "a", "B", "b")


def unlabelled_beside_train(source: Source) -> None:
    in_folders(source, "train/cat", "train/dog", label=lambda folder: folder.split("/")[1])
    in_folders(source, "unlabeled", label=lambda _: "")


def twice_in_the_archive(source: Source) -> None:
    for split in ("train", "val", "test"):
        for label in ("NORMAL", "PNEUMONIA"):
            for number in range(4):
                name = source.draw(f"xray/{split}/{label}/{number}.png", label, {"val": "validation"}.get(split, split))
                source.files[f"xray/{name}"] = source.files[name]


def split_column(source: Source) -> None:
    rows = []
    for number in range(20):
        label, is_valid = ("cat", "dog")[number % 2], number % 10 > 6
        source.draw(f"images/{number}x.png", label, "validation" if is_valid else "train")
        rows.append(f"{number}x.png,{label},{is_valid}")
    source.write("labels.csv", "fname,label,is_valid", *rows)


def splits_of_class_folders(source: Source) -> None:
    rows = []
    for number in range(20):
        label, split = ("daisy", "tulip")[number % 2], ("train", "validation", "test")[number // 2 % 3]
        name = source.draw(f"{label}/{number}x.png", label, split)
        rows.append(f"{split},{name},{label}")
    source.write("all_data.csv", "split,path,label", *rows)


def space_after_a_name(source: Source) -> None:
    for folder, split in (("train/cat", "train"), ("train/dog", "train"), ("val/cat", ""), ("val/dog ", "")):
        for number in range(4):
            source.draw(f"{folder}/{number}.png", folder.split("/")[1].strip(), split or "validation")


def lone_pictures(source: Source) -> None:
    in_folders(source, "cat", "dog")
    for name in ("emu", "fox", "gnu"):
        source.draw(f"{name}/1.png")


def thumbnails_of_a_disk(source: Source) -> None:
    in_folders(source, "cat", "dog")
    for name in list(source.files):
        folder, _, file = name.rpartition("/")
        source.draw(f"{folder}/@eaDir/{file}/SYNOPHOTO_THUMB_M.png")


def json_lines(source: Source) -> None:
    rows = []
    for number in range(12):
        label = ("neg", "pos")[number % 2]
        source.draw(f"images/{number}x.png", label)
        rows.append(json.dumps({"file_name": f"{number}x.png", "label": label}))
    source.write("metadata.jsonl", *rows)


def zeros_that_excel_ate(source: Source) -> None:
    for number in range(1, 13):
        source.draw(f"images/{number:05d}.png", ("neg", "pos")[number % 2])
    source.write("labels.csv", "image,label", *(f"{n},{('neg', 'pos')[n % 2]}" for n in range(1, 13)))


def separator_line(source: Source) -> None:
    rows = [f"{n}x.png;{('neg', 'pos')[n % 2]};{n * 1.5}" for n in range(12)]
    for number in range(12):
        source.draw(f"images/{number}x.png", ("neg", "pos")[number % 2])
    source.write("labels.csv", "sep=;", "image;label;score", *rows)


def two_labels(source: Source) -> None:
    rows = []
    for number in range(12):
        is_double = number % 2 == 0
        label = ("car", "person")[number // 2 % 2]
        source.draw(f"images/{number}x.png", "" if is_double else label)
        rows += [f"{number}x.png,{name}" for name in (("car", "person") if is_double else (label,))]
    source.write("boxes.csv", "image,class", *rows)


def unlabelled_test_folder(source: Source) -> None:
    for folder, split in (("train", "train"), ("validation", "validation")):
        for label in ("cats", "dogs"):
            for number in range(4):
                source.draw(f"data/{folder}/{label}/{number}.png", label, split)
    in_folders(source, "data/test/test_folder", label=lambda _: "")


@pytest.mark.parametrize(
    ("make", "answer"),
    [
        (running_number, ()),
        (form_to_fill_in, ()),
        (row_without_a_class, ()),
        (table_beside_its_pictures, ()),
        (without_a_header, ()),
        (chinese_names, ()),
        (japanese_names, ()),
        (chinese_table, ()),
        (russian_table, ()),
        (letters, ("--similar-classes", "keep")),
        (unlabelled_beside_train, ()),
        (twice_in_the_archive, ()),
        (split_column, ()),
        (splits_of_class_folders, ()),
        (space_after_a_name, ()),
        (lone_pictures, ("--lone-classes", "leave_out")),
        (thumbnails_of_a_disk, ()),
        (json_lines, ()),
        (zeros_that_excel_ate, ()),
        (separator_line, ()),
        (two_labels, ("--several-labels", "leave_out")),
        (unlabelled_test_folder, ()),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_every_source_gets_its_right_labels(
    call: Call, tmp_path: Path, make: Callable, answer: tuple[str, ...]
) -> None:
    source = Source()
    make(source)
    path = source.save(tmp_path)
    if answer:
        code, output, error = call("import", path)
        assert (code, output) == (2, "")
        assert answer[0] in error
    code, output, _ = call("import", path, *answer, "--json")
    assert code == 0
    values = json.loads(output.splitlines()[-1])
    counts = {
        "" if split == "undecided" else split: {
            name: number for name, number in zip(values["class_names"], numbers, strict=True) if number
        }
        for split, numbers in values["counts"].items()
    }
    assert counts == source.counts()
    assert values["receipt"]["how"][0]["text"]
    left_out = len(source.files) - sum(sum(split.values()) for split in counts.values())
    assert left_out == 0 or values["skipped"] or values["notes"] or values["num_ignored"]
