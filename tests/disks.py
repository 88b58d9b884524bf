"""Disks that refuse: read-only and full ones, real ones wherever this user can make them."""

import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

NO_MOUNTS = "Root can write everywhere, and can't mount anything here: run the tests as another user."


def _mount(*arguments: str) -> None:
    result = subprocess.run(["mount", *arguments], capture_output=True, text=True)
    if result.returncode:
        pytest.fail(f"{NO_MOUNTS} {result.stderr}")


def _unmount(folder: Path) -> None:
    # Processes of the test that are about to end may still be in it.
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def read_only(folder: Path) -> Iterator[Path]:
    """Makes a folder read-only, with all that is in it."""
    if os.geteuid() == 0:
        _mount("--bind", str(folder), str(folder))
        try:
            _mount("-o", "remount,ro,bind", str(folder))
            yield folder
        finally:
            _unmount(folder)
        return
    paths = [folder, *folder.rglob("*")]
    modes = {path: path.stat().st_mode for path in paths}
    for path in paths:
        path.chmod(modes[path] & ~0o222)
    try:
        yield folder
    finally:
        for path in paths:
            with suppress(FileNotFoundError):
                path.chmod(modes[path])


@contextmanager
def full_disk(folder: Path, source: Path) -> Iterator[Path]:
    """Makes a folder a disk of its own that holds a copy of another folder and has no room for one byte more.

    Only root can do that. For others it is a copy, and processes that are started `on_full_disk` can't write to it.
    """
    shutil.copytree(source, folder, dirs_exist_ok=True) if os.geteuid() else folder.mkdir()
    if os.geteuid() == 0:
        _mount("-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder))
    try:
        if os.geteuid() == 0:
            shutil.copytree(source, folder, dirs_exist_ok=True)
            with suppress(OSError), (folder / "filling").open("wb", buffering=0) as file:
                while True:
                    file.write(bytes(4096))
        yield folder
    finally:
        if os.geteuid() == 0:
            _unmount(folder)


def on_full_disk() -> None:
    """Makes the process that is about to be started one that can't write to any file, where the disk isn't full."""
    if os.geteuid():
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
