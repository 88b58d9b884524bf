"""Disk errors while findings are stored are reported in words."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.datasets.index import DatasetIndex
from core.datasets.quality.storing import storing_findings
from core.errors import DatasetError

DATASET = DatasetIndex("0123456789ab", "pets", ("cats", "dogs"), (), (), 0, Path("/data"))


def test_findings_are_stored(tmp_path):
    with storing_findings(replace(DATASET, folder=tmp_path)):
        (tmp_path / "audit.json").write_text("{}")
    assert (tmp_path / "audit.json").read_text() == "{}"


def test_a_data_set_that_was_deleted_meanwhile_is_named(tmp_path):
    dataset = replace(DATASET, folder=tmp_path / "gone")
    with pytest.raises(DatasetError) as caught, storing_findings(dataset):
        (dataset.folder / "audit.json").write_text("{}")
    assert str(caught.value) == (
        f"What was found in pets couldn't be stored in {tmp_path / 'gone'} (No such file or directory). Was the data "
        "set deleted, or is the disk full?"
    )
    assert isinstance(caught.value.__cause__, FileNotFoundError)


def test_a_full_disk_is_named(small_disk):
    small_disk.fill()
    dataset = replace(DATASET, folder=small_disk.folder)
    with pytest.raises(DatasetError, match=r"\(No space left on device\)"), storing_findings(dataset):
        (small_disk.folder / "audit.json").write_bytes(bytes(1_000_000))


def test_any_other_error_passes_unchanged(tmp_path):
    with pytest.raises(KeyError, match="a bug"), storing_findings(replace(DATASET, folder=tmp_path)):
        raise KeyError("a bug")
