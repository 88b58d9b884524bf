"""The ways to part real pictures into groups."""

import io

import numpy as np
import pytest
from PIL import Image

from core.datasets.attributes.groupings import MOST_GROUPS, groupings
from core.datasets.attributes.own_attributes import read_table
from core.datasets.quality.image_statistics import STATISTICS_NAME, look_over
from core.evaluation.slices import UNKNOWN
from core.progress import Progress, ignore_event, never_stop


def drawn(seed: int, size: tuple[int, int], brightness: int) -> bytes:
    """A picture of noise around a brightness."""
    pixels = np.random.default_rng(seed).integers(-30, 30, (size[1], size[0], 3)) + brightness
    buffer = io.BytesIO()
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def pictures(store, zip_of, tmp_path):
    """Three sizes, shapes and shades, in two classes."""
    kinds = [((30, 30), 40), ((40, 60), 120), ((90, 60), 200)]
    files = {
        f"all/{name}/{number}{name}.png": drawn(100 * at + number, *kinds[number % 3])
        for at, name in enumerate(("cat", "dog"))
        for number in range(12)
    }
    path = tmp_path / "pictures.zip"
    path.write_bytes(zip_of(files))
    dataset = store.import_source(path)
    look_over(dataset, Progress("looks", len(files), ignore_event, never_stop))
    return dataset


def paths_of(dataset):
    return [sample.path for sample in dataset.samples]


def members(dataset, grouping, group):
    return [sample for sample, own in zip(dataset.samples, grouping.group_of, strict=True) if own == group]


def test_ready_made_groupings(pictures):
    found = groupings(pictures, paths_of(pictures), None)
    assert [grouping.name for grouping in found.offered][:4] == ["folder", "size", "shape", "brightness"]
    folder, size, shape, brightness = found.offered[:4]
    assert [note.parameters["folder"] for note in folder.groups] == ["cat", "dog"]
    assert [note.code for note in shape.groups] == ["upright", "square", "wide"]
    assert all(sample.height == 60 and sample.width == 40 for sample in members(pictures, shape, 0))
    assert len(members(pictures, shape, 2)) == 8
    sides = [{min(sample.width, sample.height) for sample in members(pictures, size, group)} for group in range(3)]
    assert sides == [{30}, {40}, {60}]
    limits = size.groups[0].parameters
    assert max(sides[0]) <= limits["low"] < min(sides[1])
    assert max(sides[1]) <= limits["high"] < min(sides[2])
    assert [note.code for note in brightness.groups] == [
        "brightness_lowest",
        "brightness_middle",
        "brightness_highest",
    ]
    assert all(sample.width == 30 for sample in members(pictures, brightness, 0))
    assert found.num_unmeasured == 0


def test_one_group_is_not_offered(store, zip_of, tmp_path):
    path = tmp_path / "alike.zip"
    rows = "file,class\n" + "".join(f"{number}.png,{'ab'[number % 2]}\n" for number in range(8))
    path.write_bytes(zip_of({f"{n}.png": drawn(n, (20, 20), 90) for n in range(8)} | {"labels.csv": rows.encode()}))
    dataset = store.import_source(path)
    names = [grouping.name for grouping in groupings(dataset, paths_of(dataset), None).offered]
    assert not {"folder", "size", "shape"} & set(names)


def test_pictures_that_are_gone_are_unknown(pictures):
    found = groupings(pictures, [*paths_of(pictures), "pictures/gone.png"], None)
    assert all(grouping.group_of[-1] == UNKNOWN for grouping in found.offered)
    assert all((grouping.group_of[:-1] != UNKNOWN).all() for grouping in found.offered)


def test_without_statistics_brightness_is_not_offered(pictures):
    (pictures.folder / STATISTICS_NAME).unlink()
    found = groupings(pictures, paths_of(pictures), None)
    assert not {"brightness", "sharpness"} & {grouping.name for grouping in found.offered}
    assert found.num_unmeasured == len(pictures.samples)


def test_columns_of_the_table(pictures):
    rows = [
        f"{sample.name},{'day' if number % 2 else 'night'},{number * 1.5},only,{sample.digest}"
        for number, sample in enumerate(pictures.samples[:-1])
    ]
    table = "\n".join(["file,light,age,same,digest", *rows]).encode()
    found = groupings(pictures, paths_of(pictures), read_table(pictures, "more.csv", table))
    light = found.find("light")
    assert light is found.find("own:light")
    assert [note.parameters["value"] for note in light.groups] == ["day", "night"]
    assert light.group_of[-1] == UNKNOWN
    assert light.group_of[:4].tolist() == [1, 0, 1, 0]
    assert found.find("same") is None
    assert found.find("folder").name == "folder"


def test_many_values_are_said_and_many_numbers_are_parted_in_thirds(store, zip_of, tmp_path):
    names = [f"{'ab'[number % 2]}/{number:02d}.png" for number in range(MOST_GROUPS + 6)]
    path = tmp_path / "many.zip"
    path.write_bytes(zip_of({name: drawn(number, (14, 14), 90) for number, name in enumerate(names)}))
    dataset = store.import_source(path)
    rows = [f"{sample.name},name {number},{number / 2}" for number, sample in enumerate(dataset.samples)]
    table = read_table(dataset, "more.csv", "\n".join(["file,person,age", *rows]).encode())
    found = groupings(dataset, paths_of(dataset), table)
    assert found.too_many == ("own:person",)
    age = found.find("age")
    assert [note.code for note in age.groups] == ["own_lowest", "own_middle", "own_highest"]
    assert np.bincount(age.group_of).tolist() == [12, 12, 12]
