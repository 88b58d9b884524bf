"""What counts towards the limits of an import: only files that may be pictures, by their names."""

import pytest

from core.datasets.archives.members import claimed_bytes, may_be_taken
from core.settings import MEGABYTE, ImportLimits

LIMITS = ImportLimits(entry_bytes=MEGABYTE)


@pytest.mark.parametrize("name", ["cats/a.png", "a", "cats\\a.JPG", "cats/a.dat", "cats/a.html"])
def test_what_may_be_a_picture_may_be_taken(name):
    assert may_be_taken(name)


@pytest.mark.parametrize(
    "name", ["../a.png", "/a.png", "", "film.mp4", "song.FLAC", "inner.zip", "notes.txt", ".hidden.png", "labels.csv"]
)
def test_what_surely_is_none_or_has_a_refused_name_is_not(name):
    assert not may_be_taken(name)


def test_what_cant_be_read_is_not():
    assert not may_be_taken("cats/a.png", "it is a link, and links aren't followed")


@pytest.mark.parametrize(
    ("name", "size", "problem", "claimed"),
    [
        ("cats/a.png", 0, "", 0),
        ("cats/a.png", MEGABYTE, "", MEGABYTE),
        # Too large to be taken, but named like a picture: the source can't be trusted with the others.
        ("cats/a.png", MEGABYTE + 1, "", MEGABYTE + 1),
        ("cats/a", MEGABYTE, "", MEGABYTE),
        ("cats/a", MEGABYTE + 1, "", 0),
        ("film.mp4", 10, "", 0),
        ("../a.png", 10, "", 0),
        ("cats/a.png", 10, "it isn't a regular file", 0),
    ],
)
def test_bytes_that_a_file_claims(name, size, problem, claimed):
    assert claimed_bytes(name, size, problem, LIMITS) == claimed
