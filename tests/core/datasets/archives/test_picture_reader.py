"""Pictures sorted into classes by hand: their names are labels, and none is lost because it shares another's name."""

import io

import pytest

from core.datasets.archives.picture_reader import picture_members
from core.errors import DatasetError
from core.wording.reasons import reason


def names(classes):
    return [member.name for member in picture_members(classes).items]


def test_files_and_uploads_are_read(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"from a path")
    upload = io.BytesIO(b"x" * 100_000)
    upload.read()
    members = picture_members({"cats": [("a.png", path)], "dogs": [("b.png", upload)]})
    assert (members.count, members.declared_bytes) == (2, 100_011)
    assert [(member.name, b"".join(member.chunks())) for member in members.items] == [
        ("cats/a.png", b"from a path"),
        ("dogs/b.png", b"x" * 100_000),
    ]


def test_two_of_one_name_are_both_kept():
    files = [(name, io.BytesIO()) for name in ("1.png", "1.png", "1 (2).png", "1.png", "2", "2", ".png", ".png")]
    assert names({"cats": files}) == [
        f"cats/{name}"
        for name in ("1.png", "1 (2).png", "1 (2) (2).png", "1 (3).png", "2", "2 (2)", ".png", ".png (2)")
    ]


def test_names_are_no_paths():
    files = [(name, io.BytesIO()) for name in ("../../a.png", "C:\\b.png", "", "/", "x" * 5000 + ".png", "d\0.png")]
    assert names({" my \n cats": files}) == [
        "my cats/a.png",
        "my cats/b.png",
        "my cats/picture 3",
        "my cats/picture 4",
        "my cats/" + "x" * 496 + ".png",
        "my cats/d.png",
    ]


@pytest.mark.parametrize("name", ["", " ", "a/b", "a\\b", "..", ".hidden", "C:", "__MACOSX", "a\0", "x" * 101])
def test_names_of_classes_that_are_refused(name):
    with pytest.raises(DatasetError) as caught:
        picture_members({name: []})
    assert str(caught.value) == (
        "Expected a class name of at most 100 characters, without slashes and not beginning with a dot. Received "
        f"{name[:100]!r}. Choose another name."
    )


def test_a_file_that_is_gone(tmp_path):
    (member,) = picture_members({"cats": [("a.png", tmp_path / "gone.png")]}).items
    assert reason(member.problem) == "it can't be read (No such file or directory)"
