"""Disk errors are reported in words, and no other error is taken for one."""

import errno
import os

import pytest

from core.errors import CoreError
from core.files.disk import DiskError, can_write, refusal, refusals_in_words
from tests.disks import read_only


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "The disk is full: /data/a could not be written"),
        (errno.EDQUOT, "The disk is full: /data/a could not be written"),
        (errno.EROFS, "/data/a can't be changed: its disk is read-only"),
        (errno.EACCES, "/data/a can't be used: permission is denied"),
        (errno.EPERM, "/data/a can't be used: permission is denied"),
        (errno.EIO, "/data/a can't be used: Input/output error"),
        (errno.ENAMETOOLONG, "/data/a can't be used: File name too long"),
    ],
)
def test_refusals_name_the_file(number, words):
    error = refusal(OSError(number, os.strerror(number), "/data/a"))
    assert isinstance(error, CoreError)
    assert str(error).startswith(words)


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOENT, "No such file or directory", "/data/a"), OSError("of nobody"), TimeoutError()]
)
def test_other_errors_are_not_disk_errors(error):
    assert refusal(error) is None


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (("/data/a", None, "/data/b"), "/data/a"),
        ((b"/data/a",), "/data/a"),
        # The studio's own file, which means nothing to users.
        (("/data/run/.lock",), "/data/run"),
        ((3,), "A file"),
        ((), "A file"),
    ],
    ids=["both names", "bytes", "hidden", "handle", "none"],
)
def test_the_named_file_is_one_that_the_user_knows(names, shown):
    error = refusal(OSError(errno.EROFS, "Read-only file system", *names))
    assert str(error).startswith(f"{shown} can't be changed")


def test_errors_inside_are_worded_and_keep_their_cause(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DiskError, match=r"file/a can't be used: Not a directory") as caught, refusals_in_words():
        (tmp_path / "file" / "a").write_bytes(b"")
    assert isinstance(caught.value.__cause__, NotADirectoryError)


def test_other_errors_pass_unchanged(tmp_path):
    with pytest.raises(FileNotFoundError), refusals_in_words():
        (tmp_path / "gone").read_bytes()
    with pytest.raises(ValueError, match="a bug"), refusals_in_words():
        raise ValueError("a bug")
    with refusals_in_words():
        (tmp_path / "file").touch()


def test_a_full_disk_is_a_full_disk(small_disk):
    small_disk.fill()
    with (
        pytest.raises(DiskError, match=r"^The disk is full: A file could not be written\. Free some space"),
        refusals_in_words(),
    ):
        (small_disk.folder / "pictures").write_bytes(bytes(1_000_000))


def test_folders_that_can_be_written(tmp_path):
    assert can_write(tmp_path)
    assert not can_write(tmp_path / "gone")
    with read_only(tmp_path):
        assert not can_write(tmp_path)
        with pytest.raises(DiskError, match=rf"{tmp_path.name}/a can't be (changed|used)"), refusals_in_words():
            (tmp_path / "a").touch()
