import os

import pytest

from core.files.checksums import sha256_of


def test_the_checksum_is_that_of_sha256sum(tmp_path):
    path = tmp_path / "abc"
    path.write_bytes(b"abc")
    assert sha256_of(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_what_isnt_a_file_is_refused_without_waiting(tmp_path):
    with pytest.raises(FileNotFoundError):
        sha256_of(tmp_path / "gone")
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(OSError):
            sha256_of(path)
