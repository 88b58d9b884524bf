"""Image statistics: known values on drawn pictures, hardly changed by saving again and resizing."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from core.datasets.index import DatasetIndex
from core.datasets.quality.image_statistics import (
    ROW,
    STATISTICS_NAME,
    align,
    measure,
    pack,
    read_statistics,
    write_statistics,
)
from core.datasets.sample import Sample
from tests.core.datasets.drawing import draw_scene, encode


def halves(left, right, side=64) -> Image.Image:
    """A picture of two shades of gray with a step between them."""
    pixels = np.full((side, side, 3), left, np.uint8)
    pixels[:, side // 2 :] = right
    return Image.fromarray(pixels)


def data_set(folder: Path, digests: list[str]) -> DatasetIndex:
    samples = [Sample(f"pictures/{n}.png", 0, "", f"{n}.png", digest, 8, 8) for n, digest in enumerate(digests)]
    return DatasetIndex("0123456789ab", "some", ("a", "b"), tuple(samples), (), 0, folder)


def digest_of(number: int) -> str:
    return f"{number:064x}"


def test_a_plain_picture():
    look = measure(Image.new("RGB", (40, 30), (100, 100, 100)))
    assert (look.brightness, look.darkest, look.brightest, look.contrast, look.edge) == (100, 100, 100, 0, 0)
    assert look.sharpness == 0.25
    assert look.thumbnail == bytes([100] * 256) and look.colours == bytes([128] * 128)


def test_a_step_is_perfectly_sharp():
    look = measure(halves(50, 250))
    assert (look.brightness, look.darkest, look.brightest, look.contrast) == (150, 50, 250, 200)
    assert (look.edge, look.sharpness) == (200, 1)


def test_a_slope_is_not_sharp_at_all():
    slope = np.broadcast_to(np.arange(0, 256, 2, dtype=np.uint8)[None, :, None], (128, 128, 3))
    assert measure(Image.fromarray(slope.copy())).sharpness == pytest.approx(0.25)


@pytest.mark.parametrize("radius", [3, 5, 8])
def test_blur_lowers_sharpness(radius):
    sharp = [measure(draw_scene(seed)).sharpness for seed in range(5)]
    soft = [measure(draw_scene(seed).filter(ImageFilter.GaussianBlur(radius))).sharpness for seed in range(5)]
    assert min(sharp) > 0.8 and max(soft) < 0.4


@pytest.mark.parametrize("size", [(4, 4), (4, 300), (5, 4), (2000, 4)])
def test_pictures_of_any_shape(size):
    look = measure(draw_scene(1, 64, 64).resize(size))
    assert len(look.thumbnail) == 256 and 0 <= look.sharpness <= 4


@pytest.mark.parametrize(
    "change",
    [
        lambda picture: Image.open(io.BytesIO(encode(picture, quality=40))).convert("RGB"),
        lambda picture: picture.resize((80, 60)),
        lambda picture: picture.resize((320, 240)),
        lambda picture: picture.point(lambda value: int(value * 0.8)),
    ],
)
def test_a_hash_hardly_changes(change):
    for seed in range(4):
        picture = draw_scene(seed)
        bits = measure(picture).perceptual_hash ^ measure(change(picture)).perceptual_hash
        assert bits.bit_count() <= 4


def test_hashes_of_different_pictures_differ():
    hashes = [measure(draw_scene(seed)).perceptual_hash for seed in range(30)]
    assert min((one ^ other).bit_count() for n, one in enumerate(hashes) for other in hashes[:n]) > 10


def test_statistics_are_stored(tmp_path):
    digests = [digest_of(number) for number in range(3)]
    looks = [measure(draw_scene(seed)) for seed in range(3)]
    dataset = data_set(tmp_path, digests)
    write_statistics(dataset, pack(digests, looks))
    rows = read_statistics(dataset)
    assert rows.dtype == ROW and [row.decode() for row in rows["digest"]] == digests
    assert rows["perceptual_hash"].tolist() == [look.perceptual_hash for look in looks]
    assert rows["thumbnail"][1].tobytes() == looks[1].thumbnail and rows["colours"][2].tobytes() == looks[2].colours
    assert rows["sharpness"].tolist() == pytest.approx([look.sharpness for look in looks])


def test_rows_are_put_in_the_order_of_the_samples(tmp_path):
    digests = [digest_of(number) for number in range(4)]
    rows = pack(digests, [measure(Image.new("RGB", (8, 8), (number, number, number))) for number in range(4)])
    dataset = data_set(tmp_path, [digests[2], digests[0], digests[2]])
    assert align(dataset.samples, rows)["brightness"].tolist() == [2, 0, 2]
    with pytest.raises(KeyError):
        align([replace(dataset.samples[0], digest=digest_of(9))], rows)


def test_there_are_none_at_first(tmp_path):
    rows = read_statistics(data_set(tmp_path, []))
    assert rows.dtype == ROW and len(rows) == 0


def test_statistics_of_another_version_are_ignored(tmp_path):
    dataset = data_set(tmp_path, [])
    with (tmp_path / "looks.npz").open("wb") as file:
        np.savez(file, format=99, rows=np.zeros(3, ROW))
    assert len(read_statistics(dataset)) == 0


@pytest.mark.parametrize("damage", [b"\xc6", b"{"])
def test_statistics_with_a_damaged_description_are_ignored(tmp_path, damage):
    """NumPy reads the description of an array like a program, before the zip's checksum of many rows."""
    digests = [digest_of(number) for number in range(20)]
    dataset = data_set(tmp_path, digests)
    write_statistics(dataset, pack(digests, [measure(Image.new("RGB", (8, 8)))] * len(digests)))
    path = tmp_path / STATISTICS_NAME
    sound = path.read_bytes()
    begin = sound.index(b"{'descr': [")
    for place in range(begin + 1, sound.index(b"}", begin) + 1):
        path.write_bytes(sound[:place] + damage + sound[place + 1 :])
        assert len(read_statistics(dataset)) == 0
