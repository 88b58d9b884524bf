"""What a user may name as a source, and the messages about what isn't one."""

import os

import pytest

from core.datasets.archives.archive import extract
from core.errors import DatasetError
from tests.core.files.test_user_files import make_socket


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "empty"),
        (b"PK\x05\x06" + b"\0" * 18, "an empty zip"),
        (b"PK\x07\x08PK\x03\x04", "one part of a zip in several parts"),
        (b"Rar!\x1a\x07\x01\x00", "a RAR archive"),
        (b"7z\xbc\xaf\x27\x1c\0\4", "a 7z archive"),
        (b"\xfd7zXZ\0", "an xz archive"),
        (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
        (b"\0" * 128 + b"DICM", "a DICOM picture (convert it to PNG or JPEG)"),
        (b"hello", "a text file"),
    ],
)
def test_what_isnt_a_zip_is_named(refusal, data, kind):
    assert refusal(data) == (
        f"Expected a zip of pictures in class folders. some.zip is {kind}. Make a zip of the folders and choose that."
    )


def test_a_missing_file(tmp_path, limits):
    with pytest.raises(DatasetError, match=r"It can't be opened: No such file or directory. Check the path"):
        extract(tmp_path / "gone.zip", tmp_path, "gone.zip", limits)


@pytest.mark.parametrize("make", [os.mkfifo, make_socket, lambda path: path.symlink_to("/dev/zero")])
def test_a_source_that_is_no_file_is_refused_at_once(tmp_path, limits, make):
    make(tmp_path / "x.zip")
    with pytest.raises(
        DatasetError, match=r"It can't be opened: it is a (named pipe|socket|device), not a file. Check"
    ):
        extract(tmp_path / "x.zip", tmp_path, "x.zip", limits)


def test_a_path_that_is_too_long_is_said_in_short(tmp_path, limits):
    with pytest.raises(DatasetError, match="It can't be opened: File name too long") as caught:
        extract(tmp_path / ("a" * 5000), tmp_path, "a", limits)
    assert len(str(caught.value)) < 500
