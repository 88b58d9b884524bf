"""Read-only and full disks, real ones if this user can make them."""

import os
import resource
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

NO_MOUNTS = "A disk can't be mounted here, which takes root on Linux."


def _mount(*arguments: str) -> None:
    """Mounts a disk. If that isn't possible, tests are skipped, but in CI they fail."""
    command = shutil.which("mount")
    result = command and subprocess.run([command, *arguments], capture_output=True, text=True)
    if not result or result.returncode:
        reason = f"{NO_MOUNTS} {result.stderr if result else ''}".strip()
        if os.environ.get("CI", "").lower() in ("true", "1"):
            pytest.fail(reason)
        pytest.skip(reason)


def _unmount(folder: Path) -> None:
    # Ending processes of the test may still use it.
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def read_only(folder: Path) -> Iterator[Path]:
    """Makes a folder and its contents read-only."""
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


@dataclass(frozen=True)
class SmallDisk:
    """A separate disk, in memory, that can be filled and emptied.

    Attributes:
        folder: its root.
    """

    folder: Path

    def fill(self, left: int = 0) -> None:
        """Writes until only `left` bytes are free."""
        with (self.folder / f"filling {uuid.uuid4().hex}").open("wb", buffering=0) as file, suppress(OSError):
            while (free := shutil.disk_usage(self.folder).free) > left:
                file.write(bytes(min(free - left, 1024**2)))

    def empty(self) -> None:
        """Frees the space."""
        for path in self.folder.glob("filling *"):
            path.unlink()


@contextmanager
def disk_of_its_own(folder: Path) -> Iterator[SmallDisk]:
    """Makes a folder a disk of 64 MB; only root can."""
    folder.mkdir()
    _mount("-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder))
    try:
        yield SmallDisk(folder)
    finally:
        _unmount(folder)


@contextmanager
def full_disk(folder: Path, source: Path) -> Iterator[Path]:
    """Mounts a disk on a folder that holds a copy of another folder and has no space for one more byte.

    Only root can do that. For others it is a copy, and processes that are started `on_full_disk` can't write to it.
    """
    if os.geteuid():
        shutil.copytree(source, folder)
        yield folder
        return
    with disk_of_its_own(folder) as disk:
        shutil.copytree(source, folder, dirs_exist_ok=True)
        disk.fill()
        yield folder


def on_full_disk() -> None:
    """Keeps the process about to be started from writing to any file, if the disk isn't full."""
    if os.geteuid():
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
