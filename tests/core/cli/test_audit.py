"""The command `audit`: what is wrong with a data set, for users and for programs."""

import json

import pytest

from core.datasets.quality.audit import AUDIT_NAME
from core.datasets.store.store import DatasetStore
from tests.conftest import draw_folder
from tests.core.datasets.drawing import draw_scene, encode


@pytest.fixture
def shapes(home, tmp_path):
    """Three classes of 8, with a copy, a conflict and a truncated file."""
    folder = draw_folder(tmp_path / "shapes", 8)
    copied, confused = encode(draw_scene(1)), encode(draw_scene(2))
    (folder / "circle" / "again.jpg").write_bytes(copied)
    (folder / "circle" / "once.jpg").write_bytes(copied)
    (folder / "circle" / "round.jpg").write_bytes(confused)
    (folder / "square" / "angular.jpg").write_bytes(confused)
    (folder / "square" / "half.jpg").write_bytes(encode(draw_scene(3))[:3000])
    return DatasetStore(home).import_source(folder)


def test_for_people(call, shapes):
    code, output, _ = call("audit", "shapes")
    assert code == 0
    assert "pictures  28" in output
    assert "Unreadable files: 1\nThese files are damaged or aren't pictures, so they are not part of the" in output
    assert "square/half.jpg  cut off, the file ends before the picture does" in output
    assert "Copies in two classes: 2\n" in output
    assert "circle/round.jpg    the same picture as square/angular.jpg, which is in the class square" in output
    assert "Exact copies: 1\n" in output and "circle/once.jpg  the same picture as circle/again.jpg" in output
    assert "2 pictures are copies of each other in different classes." in output
    assert "means anything from" in output


def test_for_programs(call, shapes):
    values = json.loads(call("audit", shapes.id, "--json")[1].splitlines()[-1])
    paths = {sample.name: sample.path for sample in shapes.samples}
    assert values["id"] == shapes.id and values["num_pictures"] == 28
    assert values["counts"] == {"corrupt": 1, "label_conflict": 2, "duplicate": 1}
    assert values["surplus_copies"] == [paths["circle/once.jpg"]]
    corrupt, first = values["issues"][0], values["issues"][1]
    assert (corrupt["kind"], corrupt["name"], corrupt["class"]) == ("corrupt", "square/half.jpg", None)
    assert (first["severity"], first["class"], first["path"]) == ("fault", "circle", paths["circle/round.jpg"])
    assert [item["kind"] for item in values["advice"]] == ["label_conflict", "few_pictures", "small_validation"]


def test_it_is_kept(call, shapes):
    path = shapes.folder / AUDIT_NAME
    path.unlink()
    code, _, errors = call("audit", "shapes")
    assert code == 0 and path.exists()
    assert errors.startswith("Looking for faults, 0 of 28\n")
    assert "Looking" not in call("audit", "shapes")[2]


def test_nothing_wrong(call, home, tmp_path):
    DatasetStore(home).import_source(draw_folder(tmp_path / "clean", 8))
    assert "Nothing is wrong with single pictures." in call("audit", "clean")[1]


def test_no_such_data_set(call):
    code, _, errors = call("audit", "nothing")
    assert code == 2 and errors.startswith("Error: There is no data set 'nothing'.")
