"""Checksums of files, so that changed content is noticed."""

import hashlib
from pathlib import Path

from core.files.user_files import open_file


def sha256_of(path: Path) -> str:
    """Returns the SHA-256 of a file's content, in hexadecimal.

    Raises:
        OSError: it can't be read, or is no file.
    """
    with open_file(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
