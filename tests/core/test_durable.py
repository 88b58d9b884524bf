import pytest

from core import durable


def test_a_file_is_put_in_place_of_another(tmp_path):
    path = tmp_path / "list.json"
    durable.write(path, b"one")
    durable.write(path, b"two")
    assert path.read_bytes() == b"two"
    assert [entry.name for entry in tmp_path.iterdir()] == ["list.json"]


def test_what_fails_half_way_changes_nothing_and_leaves_nothing(tmp_path):
    path = tmp_path / "list.json"
    durable.write(path, b"one")
    with pytest.raises(ValueError, match="half way"), durable.writing(path) as file:
        file.write(b"tw")
        raise ValueError("half way")
    assert path.read_bytes() == b"one"
    assert len(list(tmp_path.iterdir())) == 1
