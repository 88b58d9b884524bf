"""Names: which files are ignored, and what is escaped."""

import pytest

from core.datasets.names import (
    escape_label,
    fold_name,
    fold_spelling,
    is_archive,
    is_junk,
    is_table,
    split_name,
    trim_name,
)


@pytest.mark.parametrize(
    ("name", "parts"),
    [("a/b.png", ("a", "b.png")), ("./a//b.png", ("a", "b.png")), ("a\\b.png", ("a", "b.png")), ("a:b", None)],
)
def test_parts(name, parts):
    if parts:
        assert split_name(name) == parts
    else:
        with pytest.raises(Exception, match="its name is an absolute path"):
            split_name(name)


@pytest.mark.parametrize(
    "name", ["cats/.hidden.png", "__MACOSX/a.png", "THUMBS.DB", "Readme.TXT", "License", "a/b.json"]
)
def test_junk(name):
    assert is_junk(split_name(name))


@pytest.mark.parametrize(
    "folder",
    ["@eaDir/1.png", "#recycle", "@Recycle", "$RECYCLE.BIN", ".thumbnails", ".picasaoriginals", ".AppleDouble"],
)
def test_what_systems_keep_in_folders_of_their_own_is_junk(folder):
    assert is_junk(split_name(f"cats/{folder}/1.png"))
    assert not is_table(split_name(f"cats/{folder}/labels.csv"))


@pytest.mark.parametrize("name", ["cats/a.png", "cats/a", "cats/a.html", "cats/txt", "macosx/a.heic", "a.b.c.jpeg"])
def test_not_junk(name):
    assert not is_junk(split_name(name))


def test_archives():
    assert is_archive(("inner.ZIP",))
    assert not is_archive(("zip",))
    assert is_archive(("pets.ZIP.001",)) and is_archive(("pets.z01",)) and is_archive(("pets.tar.gz.002",))
    assert not is_archive(("photo.001",)) and not is_archive((".z01",)) and not is_archive(("cat.png.001",))


@pytest.mark.parametrize(
    ("name", "trimmed"),
    [
        (" dog ", "dog"),
        ("big  dog", "big  dog"),
        ("\\u3000dog\\xa0\\ufeff", "dog"),
        ("dog\\x07", "dog\\x07"),
        (" ", " "),
    ],
)
def test_trimming(name, trimmed):
    assert trim_name(name) == trimmed


def test_folding_spellings():
    assert fold_spelling("E\u0301COLE") == fold_spelling("\uff45cole") == "ecole"
    assert fold_spelling("\u3070") != fold_spelling("\u306f")


def test_folding():
    assert fold_name("E\u0301COLE") == fold_name("\u00e9cole")


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("Kätzchen 猫 🐈.png", "Kätzchen 猫 🐈.png"),
        ("a\tb\x00\x7f", "a\\x09b\\x00\\x7f"),
        ("\u200e\u2066\udcff\U000e0001", "\\u200e\\u2066\\udcff\\U000e0001"),
    ],
)
def test_labels(name, label):
    assert escape_label(name) == label
