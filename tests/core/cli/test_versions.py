"""Data sets on the command line: listed, changed, packed, deleted."""

import shutil
import zipfile
from pathlib import Path

import pytest

from core.config.training_config import TrainingConfig
from core.datasets.attributes.own_attributes import read_attributes
from core.datasets.attributes.table_edits import TableEdits, save_edits
from core.datasets.store.store import DatasetStore
from core.runs.records.store import RunStatus, RunStore
from tests.conftest import draw_folder
from tests.core.cli.conftest import draw_pictures, last_json
from tests.core.conftest import Call


@pytest.fixture
def shapes(home, tmp_path):
    return DatasetStore(home).import_source(draw_folder(tmp_path / "shapes", 4))


def test_no_data_sets_yet(call):
    assert call("datasets")[1] == "There are no data sets yet. Make one: python -m core samples textures\n"
    assert last_json(call("datasets", "--json")[1]) == {"datasets": []}


def test_data_sets_are_listed_with_what_they_are_made_of(call, home, shapes):
    call("derive", "shapes", "--leave-out", "square", "--name", "two shapes")
    code, output, _ = call("datasets")
    header, first, second = output.splitlines()
    assert code == 0 and header.split() == ["id", "name", "pictures", "classes", "made", "of", "created"]
    assert first.split()[1:6] == ["two", "shapes", "8", "2", "shapes"]
    assert second.split()[:5] == [shapes.id, "shapes", "12", "3", "-"]
    listed = last_json(call("datasets", "--json")[1])["datasets"]
    assert [(item["name"], item["parent"], item["edits"]) for item in listed] == [
        ("two shapes", shapes.id, ["square left out"]),
        ("shapes", "", []),
    ]
    DatasetStore(home).delete(shapes.id)
    assert "one that is deleted" in call("datasets")[1]


def test_changes_are_made_in_one_go(call, shapes):
    code, output, error = call(
        "derive", "shapes", "--subset", "3", "--rename-class", "circle=disc", "--merge", "square,stripes=angular",
        "--remove", "circle/circle 0.png", "--remove", shapes.samples[1].path, "--json",
    )  # fmt: skip
    version = last_json(output)
    assert code == 0 and "Taking over pictures" in error
    assert (version["parent"], version["class_names"]) == (shapes.id, ["angular", "disc"])
    assert version["counts"] == {"undecided": [3, 2]}
    assert version["edits"] == [
        "2 pictures removed",
        "square and stripes merged into angular",
        "circle renamed to disc",
        "a subset of 3 pictures a class",
    ]


def test_one_of_each_group_of_copies_is_kept(call, home, tmp_path):
    folder = draw_folder(tmp_path / "drawn", 4)
    for name in ("again.png", "once more.png"):
        shutil.copy(folder / "circle" / "circle 0.png", folder / "circle" / name)
    dataset = DatasetStore(home).import_source(folder)
    version = last_json(call("derive", "drawn", "--keep-one-copy", "--json")[1])
    assert version["counts"] == {"undecided": [4, 4, 4]} and version["edits"] == ["2 pictures removed"]
    assert (version["parent"], version["num_pictures"]) == (dataset.id, 12)
    code, _, error = call("derive", version["id"], "--keep-one-copy")
    assert (code, error.splitlines()[-1]) == (
        2,
        "Error: There are no copies in drawn, version 2. Leave --keep-one-copy out.",
    )


def test_a_version_is_told_in_words(call, shapes):
    code, output, _ = call("derive", shapes.id[:6], "--leave-out", "square", "--leave-out", "nothing")
    assert code == 2 and output == ""
    code, output, _ = call("derive", shapes.id[:6], "--leave-out", "square")
    assert code == 0 and "shapes, version 2" in output
    assert output.splitlines()[-1] == "Made of shapes: square left out"
    _, output, error = call("derive", shapes.id[:6], "--leave-out", "square", "--name", "round")
    assert "The name round was not used: the pictures were already here as shapes, version 2." in error
    assert "shapes, version 2 holds just these pictures already: no new version was made." in output


def test_a_packed_data_set_is_imported_as_itself(call, home, shapes, tmp_path):
    file = tmp_path / "packed.zip"
    code, output, _ = call("pack", "shapes", "--output", file, "--json")
    assert code == 0
    assert last_json(output) == {
        "id": shapes.id,
        "output": str(file),
        "bytes": file.stat().st_size,
        "num_pictures": 12,
    }
    assert zipfile.ZipFile(file).namelist()[0] == "circle/0001 circle 0.png"
    DatasetStore(home).delete(shapes.id)
    assert last_json(call("import", file, "--json")[1])["id"] == shapes.id
    assert call("pack", "packed", "--output", file)[1].splitlines()[1] == "pictures  12"


def test_a_zip_that_cannot_be_written_leaves_nothing(call, shapes, tmp_path):
    code, _, error = call("pack", "shapes", "--output", tmp_path / "no folder" / "packed.zip")
    assert code == 2
    assert error.splitlines()[-1].endswith(
        "packed.zip can't be written: No such file or directory. Choose another place."
    )
    shapes.picture_path(shapes.samples[-1]).unlink()
    code, _, error = call("pack", "shapes", "--output", tmp_path / "packed.zip")
    assert code == 2 and "can't be read (No such file or directory)" in error
    assert not [path for path in Path(tmp_path).iterdir() if "packed" in path.name]


def test_a_data_set_is_deleted_unless_a_run_needs_it(call, home, shapes):
    runs = RunStore(home.database)
    run = runs.create(shapes.id, shapes.name, TrainingConfig(), name="first try")
    runs.claim(slots=1)
    code, _, error = call("delete-dataset", "shapes")
    assert code == 2
    assert error == ("Error: shapes can't be deleted: the run first try is using it. Wait for its end, or stop it.\n")
    runs.finish(run.id, RunStatus.STOPPED)
    code, output, _ = call("delete-dataset", "shapes")
    assert code == 0 and output == f"shapes ({shapes.id}) is deleted\n"
    assert DatasetStore(home).list() == []


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ([], "Expected at least one change of shapes. Received none. See: derive --help"),
        (["--merge", "circle"], "Expected --merge A,B=NAME. Received 'circle'. Fix it."),
        (["--rename-class", "=disc"], "Expected --rename-class OLD=NEW. Received '=disc'. Fix it."),
        (["--subset", "1"], "Expected 2 or more pictures of each class to keep. Received 1. Keep more."),
        (["--leave-out", "disc"], "There is no class disc in shapes. Its classes are circle, square and stripes."),
        (
            ["--remove", "circle/9.png"],
            "There is no picture 'circle/9.png' in shapes. Give its path or its name in the archive.",
        ),
    ],
)
def test_wrong_use_is_one_sentence(call, shapes, options, sentence):
    code, output, error = call("derive", "shapes", *options)
    assert (code, output, error) == (2, "", f"Error: {sentence}\n")


def test_damaged_data_set_is_listed_and_can_be_deleted(call: Call, tmp_path: Path) -> None:
    pictures = draw_pictures(tmp_path / "shades", {"dark": 0, "bright": 150})
    identity = last_json(call("import", pictures, "--json")[1])["id"]
    (tmp_path / "home" / "datasets" / identity / "dataset.json").write_text("{")
    code, output, _ = call("datasets")
    assert code == 0 and f"The data set {identity} can't be used: its record is damaged." in output
    assert f"python -m core delete-dataset {identity}" in output
    (damaged,) = last_json(call("datasets", "--json")[1])["damaged"]
    assert (damaged["id"], damaged["reason"], damaged["num_pictures"]) == (identity, "unreadable", 20)
    code, output, _ = call("delete-dataset", identity)
    assert code == 0 and output == f"{identity} is deleted\n"
    assert call("datasets")[1].startswith("There are no data sets yet.")


def test_a_version_takes_over_the_table_of_groups(call, home, shapes):
    save_edits(shapes, TableEdits().with_cells("light", "day", [sample.path for sample in shapes.samples]))
    assert call("derive", "shapes", "--leave-out", "square", "--name", "two shapes")[0] == 0
    version = DatasetStore(home).get("two shapes")
    assert read_attributes(version).values == {sample.path: ("day",) for sample in version.samples}
