"""Pictures whose classes and splits are known, and tables made from them."""

import csv
import io
from dataclasses import dataclass

from core.datasets.archives.members import TableFile
from core.datasets.layouts.candidates import choose_candidate

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
    """A way to write a table: a function that makes it from the pictures, the pictures, and whether it gives splits."""
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


def read(pictures, tables):
    paths = [tuple(p.path.split("/")) for p in pictures]
    return choose_candidate(paths, tables, "x.zip")
