"""Names of data sets."""

import pytest

from core.datasets.store.dataset_names import clean_name, free_name, version_name, without_suffix
from core.errors import DatasetError


def test_titles_are_tidied():
    assert clean_name("  my \n pets\u202e ") == "my pets\\u202e"
    assert len(clean_name("x" * 200)) == 100
    with pytest.raises(DatasetError, match="Expected a name for the data set"):
        clean_name(" ")


def test_suffixes_of_archives_are_left_out():
    names = [without_suffix(name) for name in ("Pets.zip", "pets.v2.TAR.GZ", ".zip", "pets.jpg")]
    assert names == ["Pets", "pets.v2", ".zip", "pets.jpg"]


def test_taken_titles_get_a_number():
    assert free_name("pets", []) == "pets"
    assert free_name("pets", ["pets", "pets (2)"]) == "pets (3)"


@pytest.mark.parametrize(
    ("name", "taken", "expected"),
    [
        ("Pets", (), "Pets, version 2"),
        ("Pets", ("Pets", "Pets, version 2", "Pets, version 7", "Dogs, version 9"), "Pets, version 8"),
        ("Pets, version 2", ("Pets", "Pets, version 2"), "Pets, version 3"),
        ("Pets, version two", (), "Pets, version two, version 2"),
    ],
)
def test_versions_are_numbered(name, taken, expected):
    assert version_name(name, taken) == expected
