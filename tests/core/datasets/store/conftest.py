"""Archives of pets, and what a refused import leaves behind."""

import pytest

from core.errors import DatasetError

NAMES = ("cats", "dogs")


@pytest.fixture
def archive(tmp_path, zip_of):
    def archive(files, name="pets.zip"):
        path = tmp_path / name
        path.write_bytes(zip_of(files))
        return path

    return archive


@pytest.fixture
def pets(picture):
    return {f"{name}/{n}.png": picture(1000 * label + n) for label, name in enumerate(NAMES) for n in range(5)}


def left_behind(tmp_path):
    folder = tmp_path / "home" / "datasets"
    return sorted(path.name for path in folder.iterdir() if path.name != ".lock") if folder.exists() else []


def refusal(store, source, tmp_path):
    with pytest.raises(DatasetError) as caught:
        store.import_source(source)
    assert left_behind(tmp_path) == []
    return str(caught.value)
