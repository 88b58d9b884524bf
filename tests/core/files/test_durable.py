import os
import shutil

import pytest

from core.files import durable


def test_a_file_is_put_in_place_of_another(tmp_path):
    path = tmp_path / "list.json"
    durable.write(path, b"one")
    durable.write(path, b"two")
    assert path.read_bytes() == b"two"
    assert [entry.name for entry in tmp_path.iterdir()] == ["list.json"]


def test_a_failed_write_changes_nothing_and_leaves_nothing(tmp_path):
    path = tmp_path / "list.json"
    durable.write(path, b"one")
    with pytest.raises(ValueError, match="half way"), durable.writing(path) as file:
        file.write(b"tw")
        raise ValueError("half way")
    assert path.read_bytes() == b"one"
    assert len(list(tmp_path.iterdir())) == 1


def test_only_what_survives_a_power_failure_waits_for_the_disk(tmp_path, monkeypatch):
    synced, fsync = [], os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (synced.append(handle), fsync(handle))[1])
    durable.write(tmp_path / "list.json", b"one", survives_power_loss=False)
    assert not synced
    assert (tmp_path / "list.json").read_bytes() == b"one"
    durable.write(tmp_path / "list.json", b"two")
    assert synced


def test_a_folder_deleted_while_it_is_made_is_made(tmp_path, monkeypatch):
    folder = tmp_path / "features" / "space"
    folder.mkdir(parents=True)
    mkdir = os.mkdir
    deletions = iter(range(5))

    def mkdir_then_delete(path, mode=0o777):
        try:
            mkdir(path, mode)
        finally:
            # `Path.mkdir` is told that the folder exists, checks, and finds nothing; or its parent is gone.
            if next(deletions, None) is not None:
                shutil.rmtree(tmp_path / "features")

    monkeypatch.setattr(os, "mkdir", mkdir_then_delete)
    durable.make_folder(folder)
    assert folder.is_dir()


def test_a_file_where_a_folder_should_be_is_no_folder(tmp_path):
    (tmp_path / "features").write_text("a file")
    with pytest.raises(FileExistsError):
        durable.make_folder(tmp_path / "features")
