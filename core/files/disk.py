"""Disk errors in words: a full or read-only disk isn't a bug, and is never shown as one."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import CoreError
from core.files.durable import is_full

READ_ONLY = errno.EROFS
FORBIDDEN = (errno.EACCES, errno.EPERM)
# A file where a folder should be, a folder where a file should be, a failing device.
UNUSABLE = (errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.EIO, errno.EFBIG, errno.ELOOP, errno.ENAMETOOLONG)
NOT_AN_ERROR_NUMBER = 0


class DiskError(CoreError):
    """A disk or folder that can't be written or read."""


def refusal(error: OSError) -> DiskError | None:
    """Returns the error in words if it is the disk's; None for other errors."""
    number = error.errno or NOT_AN_ERROR_NUMBER
    path = _path(error)
    if is_full(error):
        return DiskError(f"The disk is full: {path} could not be written. Free some space, then start again.")
    if number == READ_ONLY:
        return DiskError(
            f"{path} can't be changed: its disk is read-only. Make it writable, or set TRANSFER_STUDIO_HOME to "
            "another folder."
        )
    if number in FORBIDDEN:
        return DiskError(f"{path} can't be used: permission is denied. Change its permissions, or use another folder.")
    if number in UNUSABLE:
        return DiskError(f"{path} can't be used: {error.strerror}. Fix that, then start again.")
    return None


@contextmanager
def refusals_in_words() -> Iterator[None]:
    """Turns disk errors raised inside into a `DiskError`. Other errors pass unchanged.

    Raises:
        DiskError: the disk refuses something.
    """
    try:
        yield
    except OSError as error:
        refused = refusal(error)
        if refused is None:
            raise
        raise refused from error


def can_write(folder: Path) -> bool:
    """Returns whether files can be created in a folder, as far as the system tells without trying."""
    return os.access(folder, os.W_OK | os.X_OK)


def _path(error: OSError) -> str:
    # When a file is renamed, the second name is the target.
    name = error.filename or error.filename2
    if not isinstance(name, str | bytes):
        return "A file"
    path = Path(os.fsdecode(name))
    # Hidden files are the studio's own locks and unfinished files, which mean nothing to users.
    return str(path.parent if path.name.startswith(".") else path)
