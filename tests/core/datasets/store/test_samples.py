"""Samples: made without the internet, complete, and without leaks between training and validation."""

import threading
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from PIL import Image

from core.datasets.store import samples
from core.datasets.store.samples import SAMPLES, import_sample
from core.errors import CoreError, DatasetError, Stopped

SPLITS = ("train", "validation")


@pytest.fixture(autouse=True)
def no_sockets(monkeypatch):
    """Blocks the internet, so that a built-in sample can't silently be downloaded."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def test_the_catalogue():
    assert list(SAMPLES) == ["puzzle", "textures", "digits", "faces", "cats_and_dogs", "flowers"]
    assert [name for name, sample in SAMPLES.items() if sample.download_bytes] == ["cats_and_dogs", "flowers"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "class_names", "train", "validation"),
    [
        ("puzzle", ("astronaut", "cat", "coffee", "flower", "motorcycle", "temple"), 40, 20),
        ("textures", ("brick", "grass", "gravel"), 60, 20),
        ("digits", tuple("0123456789"), 80, 20),
        ("faces", ("face", "not a face"), 80, 20),
    ],
)
def test_built_in_samples(store, name, class_names, train, validation):
    events = []
    dataset = import_sample(store, name, on_event=events.append)
    assert dataset.name == SAMPLES[name].label
    assert dataset.class_names == class_names
    assert dict(dataset.distribution().counts) == {
        "train": (train,) * len(class_names),
        "validation": (validation,) * len(class_names),
    }
    assert len(dataset.samples) == SAMPLES[name].num_pictures
    assert not dataset.skipped
    assert {event.phase for event in events} == {"extract", "pictures", "audit"}
    assert import_sample(store, name) == dataset


def test_no_puzzle_pixel_is_in_two_pieces_and_no_region_on_both_sides():
    """On a photograph in which every pixel has a number of its own, and hence is found wherever it is."""
    height, width = 300, 451
    photograph = np.arange(height * width * 3).reshape(height, width, 3)
    pieces = list(samples._puzzle_pieces(photograph))
    pixels = np.concatenate([piece.ravel() for _, piece in pieces])
    assert len(pieces) == 7 * 11 and len(np.unique(pixels)) == len(pixels)
    side = samples.PUZZLE_STEP * samples.REGION_SIDE
    splits_of_region = {}
    for split, piece in pieces:
        top, left = divmod(piece[0, 0, 0] // 3, width)
        splits_of_region.setdefault((top // side, left // side), set()).add(split)
    assert all(len(splits) == 1 for splits in splits_of_region.values())
    assert {split for splits in splits_of_region.values() for split in splits} == set(SPLITS)


def test_pieces_with_hardly_anything_on_them_are_left_out():
    photograph = np.full((120, 120, 3), 200, np.uint8)
    photograph[:36, :18] = 90
    ((_, piece),) = samples._puzzle_pieces(photograph)
    assert piece[0, 0, 0] == 90


@pytest.mark.slow
def test_every_piece_of_the_puzzle_is_another_picture(store):
    dataset = import_sample(store, "puzzle")
    assert len({sample.digest for sample in dataset.samples}) == len(dataset.samples)
    # Not even nearly the same: copies would be kept on one side, and the curves would be of fewer pictures.
    assert not any(sample.group for sample in dataset.samples)


def test_no_texture_pixel_is_on_both_sides(store):
    dataset = import_sample(store, "textures")
    for label in range(3):
        photograph = samples._bundled_photograph(dataset.class_names[label])
        columns = {"train": set(), "validation": set()}
        for sample in dataset.samples:
            if sample.label == label:
                left = find(photograph, np.asarray(Image.open(dataset.picture_path(sample))))
                columns[sample.split] |= set(range(left, left + sample.width))
        assert max(columns["train"]) + 32 <= min(columns["validation"])


def find(photograph, patch):
    """Returns the column of the photograph where a patch begins."""
    side = len(patch)
    corners = (photograph[: 1 - side, : 1 - side] == patch[0, 0]) & (
        photograph[side - 1 :, side - 1 :] == patch[-1, -1]
    )
    rows, columns = np.nonzero(corners & (photograph[side - 1 :, : 1 - side] == patch[-1, 0]))
    for row, column in zip(rows, columns, strict=True):
        if np.array_equal(photograph[row : row + side, column : column + side], patch):
            return int(column)
    raise AssertionError("the patch isn't a part of the photograph")


def test_samples_are_different_pictures(store):
    dataset = import_sample(store, "textures")
    assert len({sample.digest for sample in dataset.samples}) == len(dataset.samples)


def test_no_such_sample(store):
    with pytest.raises(DatasetError, match=r"Expected one of the samples puzzle, textures, digits.* Received 'dogs'"):
        import_sample(store, "dogs")


def test_stopping_leaves_nothing(store, tmp_path):
    with pytest.raises(Stopped):
        import_sample(store, "faces", should_stop=lambda: True)
    assert [path.name for path in (tmp_path / "home" / "datasets").iterdir()] == [".lock"]


@pytest.mark.parametrize("name", ["cats_and_dogs", "flowers"])
def test_without_internet_a_download_says_so(store, tmp_path, name):
    with pytest.raises(CoreError) as caught:
        import_sample(store, name)
    assert "this machine has no connection to the internet, or none that is allowed" in str(caught.value)
    assert SAMPLES[name].url in str(caught.value)
    assert [path.name for path in (tmp_path / "home" / "datasets").iterdir()] == [".lock"]


def test_a_downloaded_sample_is_imported(store, tmp_path, zip_of, picture, monkeypatch):
    files = {
        f"filtered/{split}/{name}/1.png": picture(len(split + name)) for split in SPLITS for name in ("cat", "dogs")
    }
    (tmp_path / "filtered.zip").write_bytes(zip_of(files))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=tmp_path))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/filtered.zip"
    monkeypatch.setitem(SAMPLES, "flowers", replace(SAMPLES["flowers"], url=url))
    events = []
    try:
        dataset = import_sample(store, "flowers", on_event=events.append)
    finally:
        server.shutdown()
        server.server_close()
    assert dataset.name == "Flowers"
    assert dict(dataset.distribution().counts) == {"train": (1, 1), "validation": (1, 1)}
    assert events[0].phase == "download"
    assert {event.phase for event in events} == {"download", "extract", "pictures", "audit"}


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass
