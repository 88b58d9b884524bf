"""Files and folders named by the user: nothing can block the studio."""

import os
import signal
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.files.user_files import MAX_DEPTH, is_file, is_folder, open_file, walk
from core.wording.coded import Reason
from core.wording.reasons import reason

NOBODY = 65534
MOST_SECONDS = 30


@pytest.fixture(autouse=True)
def _never_for_ever():
    """Ends a test that waits for a pipe."""

    def give_up(*_):
        raise TimeoutError("It waits for ever.")

    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(MOST_SECONDS)
    yield
    signal.alarm(0)


@contextmanager
def folder_of_depth(start, depth):
    """Creates nested folders, deeper than the longest possible path, and removes them with `rm`."""
    here = Path.cwd()
    try:
        os.chdir(start)
        for _ in range(depth):
            Path("d").mkdir()
            os.chdir("d")
        Path("x.png").touch()
        os.chdir(here)
        yield
    finally:
        os.chdir(here)
        subprocess.run(["rm", "-rf", start / "d"], check=True)


def make_socket(path):
    with socket.socket(socket.AF_UNIX) as server:
        # From its folder, because a socket's path may have at most 107 characters.
        here = Path.cwd()
        os.chdir(path.parent)
        server.bind(path.name)
        os.chdir(here)


def test_a_file_is_opened(tmp_path):
    (tmp_path / "a").write_bytes(b"some")
    (tmp_path / "link").symlink_to("a")
    for name in ("a", "link"):
        with open_file(tmp_path / name) as file:
            assert (file.read(), file.seek(0, 2)) == (b"some", 4)
    with pytest.raises(OSError, match="it is a link, not a file"):
        open_file(tmp_path / "link", follow_links=False)


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (os.mkfifo, "a named pipe"),
        (make_socket, "a socket"),
        (Path.mkdir, "a folder"),
        (lambda path: path.symlink_to("/dev/zero"), "a device"),
        (lambda path: (os.mkfifo(path.with_name("pipe")), path.symlink_to("pipe")), "a named pipe"),
    ],
    ids=["pipe", "socket", "folder", "device", "link_to_a_pipe"],
)
def test_what_isnt_a_file_is_refused_at_once(tmp_path, make, kind):
    make(tmp_path / "x")
    with pytest.raises(OSError, match=f"it is {kind}, not a file"):
        open_file(tmp_path / "x")
    assert not is_file(tmp_path / "x")


@pytest.mark.parametrize("name", ["", "a\0b", "\ud800", "a" * 5000, "a/" * 3000, "nothing/here"])
def test_names_that_no_file_has(tmp_path, name):
    with pytest.raises(OSError):
        open_file(tmp_path / name)
    assert not is_file(tmp_path / name)
    assert not is_folder(tmp_path / f"{name}/no")


class _Swapped(type(Path())):
    """A path where a pipe replaces the file as soon as it was checked."""

    def stat(self, **options):
        status = super().stat(**options)
        self.unlink()
        os.mkfifo(self)
        return status


def test_a_file_that_becomes_a_pipe_when_it_is_opened(tmp_path):
    (tmp_path / "x").touch()
    with pytest.raises(OSError, match="it is a named pipe, not a file"):
        open_file(_Swapped(tmp_path / "x"))


def test_files_are_found_in_the_order_of_their_names(tmp_path):
    for name in ("b/2.png", "b/1.png", "a/z/1.png", "a/1.png", "0.png", "c.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"12")
    found = list(walk(tmp_path))
    assert [item.name for item in found] == ["0.png", "c.png", "a/1.png", "a/z/1.png", "b/1.png", "b/2.png"]
    assert all((item.size, item.problem) == (2, None) and item.path == tmp_path / item.name for item in found)


def test_links_arent_followed_even_in_circles(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "up").symlink_to("..")
    (tmp_path / "a" / "self").symlink_to("self")
    assert {item.name: reason(item.problem) for item in walk(tmp_path)} == dict.fromkeys(
        ("a/self", "a/up"), "it is a link, and links aren't followed"
    )


def test_folders_are_looked_into_as_deep_as_names_may_be(tmp_path):
    with folder_of_depth(tmp_path, 1200):
        (found,) = walk(tmp_path)
        assert found.name == "/".join("d" * MAX_DEPTH)
        assert reason(found.problem) == "it lies more than 63 folders deep"


def test_paths_that_get_too_long_for_the_system(tmp_path):
    """Forty folders of 255 characters: far below the depth limit, but longer than the 4,096 bytes of a path."""
    here = Path.cwd()
    os.chdir(tmp_path)
    for _ in range(40):
        Path("d" * 255).mkdir()
        os.chdir("d" * 255)
    os.chdir(here)
    (found,) = walk(tmp_path)
    assert reason(found.problem) == "it can't be read (File name too long)"
    subprocess.run(["rm", "-rf", tmp_path / ("d" * 255)], check=True)


def test_names_that_arent_utf8(tmp_path):
    with open(os.fsencode(tmp_path) + b"/\xff.png", "wb"):  # noqa: PTH123 (a Path can't hold it)
        pass
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xfe")).mkdir()
    assert [item.name for item in walk(tmp_path)] == ["\udcff.png"]


def test_a_folder_that_vanishes_while_it_is_gone_through(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.png").touch()
    found = walk(tmp_path)
    assert next(found).name == "a/1.png"
    subprocess.run(["rm", "-r", tmp_path / "b"], check=True)
    assert [(item.name, reason(item.problem)) for item in found] == [
        ("b", "it can't be read (No such file or directory)")
    ]


def test_a_folder_without_permission():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "a.png").touch()
        (folder / "closed").mkdir(mode=0o700 if os.geteuid() == 0 else 0)
        user = os.geteuid()
        if user == 0:  # root may read everything
            os.seteuid(NOBODY)
        try:
            found = [(item.name, item.problem) for item in walk(folder)]
            with pytest.raises(PermissionError):
                list(walk(folder / "closed"))
        finally:
            os.seteuid(user)
            (folder / "closed").chmod(0o700)
    assert found == [("a.png", None), ("closed", Reason("unreadable", {"why": "Permission denied"}))]
