"""What is shown when a user is asked how to read a source."""

import io

import pytest
from PIL import Image

from core.datasets.layouts.layout import AmbiguousLayout
from core.datasets.store.store import DatasetStore
from tests.conftest import SHAPES, draw_folder


@pytest.fixture
def store(home):
    return DatasetStore(home)


def asked(store, source):
    with pytest.raises(AmbiguousLayout) as caught:
        store.import_source(source)
    return caught.value.candidates


def seen(candidate):
    for example in candidate.examples:
        with Image.open(io.BytesIO(example.thumbnail)) as picture:
            assert (picture.format, max(picture.size) <= 120) == ("JPEG", True)
    return [(example.name, example.class_name) for example in candidate.examples]


def test_each_answer_comes_with_the_same_pictures_and_what_it_takes_them_for(store, tmp_path):
    for seed, colour in enumerate(("red", "blue")):
        draw_folder(tmp_path / "things" / colour, 4, SHAPES[:2], seed)
    outer, inner = asked(store, tmp_path / "things")
    assert len(outer.examples) == 5
    assert [name for name, _ in seen(outer)] == [name for name, _ in seen(inner)]
    assert {label for _, label in seen(outer)} == {"red", "blue"}
    assert {label for _, label in seen(inner)} == set(SHAPES[:2])
    assert all(name.split("/")[0] == label for name, label in seen(outer))
    assert all(name.split("/")[1] == label for name, label in seen(inner))


def test_pictures_on_which_the_answers_agree_are_not_shown(store, tmp_path):
    folder = draw_folder(tmp_path / "cars", 6, ("car", "person"))
    for path in sorted(folder.rglob("*.png")):
        path.rename(folder / path.name)
    rows = [f"{path.name},{path.name.split()[0]}" for path in sorted(folder.glob("*.png"))]
    rows += [f"car {number}.png,person" for number in range(3)]
    (folder / "boxes.csv").write_text("\n".join(["file,label", *rows]))
    left_out, first = asked(store, folder)
    assert all(example.cells[0] == example.name for example in (*left_out.examples, *first.examples)), "rows are shown"
    assert {example.class_name for example in first.examples} == {"car", "person"}


def test_a_picture_that_cant_be_read_is_named_without_being_shown(store, tmp_path):
    for seed, colour in enumerate(("red", "blue")):
        draw_folder(tmp_path / "things" / colour, 4, SHAPES[:2], seed)
    for path in (tmp_path / "things").rglob("*.png"):
        path.write_bytes(path.read_bytes()[:2000])
    outer, _ = asked(store, tmp_path / "things")
    assert {example.thumbnail for example in outer.examples} == {b""}
    assert all(example.name for example in outer.examples)
