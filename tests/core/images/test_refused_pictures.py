"""Pictures that are refused: each has its reason in words, and no damage ends in anything else."""

import io
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from core.errors import DatasetError
from core.images import decoding
from core.images.decoding import PictureError, decode, open_sized
from core.settings import ImportLimits
from tests.core.images.encoding import FORMATS, encode, four_corners, png_chunk

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::PIL.Image.DecompressionBombWarning")

HEIC_HEAD = b"\0\0\0\x1cftypheic\0\0\0\0mif1heicmiaf" + b"\0" * 100


def reason(data: bytes | Path, limits: ImportLimits | None = None) -> str:
    with pytest.raises(PictureError) as caught:
        open_sized(data, limits)
    return str(caught.value)


def png_claiming(width: int, height: int) -> bytes:
    header = struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", b"") + png_chunk(b"IEND", b"")


def png_with(extra: bytes, before: bytes) -> bytes:
    data = encode(four_corners(), "PNG")
    place = data.index(before) - 4
    return data[:place] + extra + data[place:]


@pytest.mark.parametrize("dtype", [np.float32, np.int32])
def test_numbers_without_a_range_are_refused(dtype):
    data = encode(Image.fromarray(np.ones((8, 8), dtype)), "TIFF")
    assert reason(data) == "its brightness is stored in 32-bit or floating-point numbers, save it with 8 or 16 bits"


def test_reasons_are_errors_of_data_sets():
    assert issubclass(PictureError, DatasetError)


def test_zero_bytes():
    assert reason(b"") == "empty, it has 0 bytes"


def test_a_missing_file(tmp_path):
    assert reason(tmp_path / "gone.jpg") == "the file can't be opened (No such file or directory)"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG drawing"),
        (b"<?xml version='1.0'?>\n<svg/>", "an SVG drawing"),
        (b"\n<!DOCTYPE html><p>404", "a web page"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "a PostScript file"),
        (b"%PDF-1.7", "a PDF"),
        (b"PK\x03\x04" + b"\0" * 40, "a zip archive"),
        (b"hello", "a text file"),
        (bytes(range(64)), "of an unknown kind"),
    ],
)
def test_what_isnt_a_picture_is_named(data, kind):
    assert reason(data) == f"not a picture that can be read, it is {kind}"


def test_heic_says_how_to_enable_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)  # as if it weren't installed
    decoding.heic_is_read.cache_clear()
    try:
        text = reason(HEIC_HEAD)
    finally:
        decoding.heic_is_read.cache_clear()
    assert text == (
        "a HEIC picture, which needs one more package: run `pip install pillow-heif` and start again, or save it as "
        "JPEG"
    )


def test_a_format_that_the_build_of_pillow_lacks(monkeypatch):
    data = encode(four_corners(), "AVIF")
    monkeypatch.setitem(decoding.FEATURES, "AVIF", "a decoder that isn't built in")
    assert reason(data) == "an AVIF picture, which the installed Pillow can't read: save it as JPEG"


def test_a_heic_that_is_damaged():
    assert reason(HEIC_HEAD) == "damaged, it can't be decoded"


@pytest.mark.parametrize("kind", [*FORMATS, "HEIF"])
def test_cut_off_files_are_refused(kind):
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8))
    data = encode(noise, kind)
    assert any(word in reason(data[: len(data) // 2]) for word in ("cut off", "damaged"))


def test_a_jpeg_that_lacks_its_tail_is_cut_off():
    data = encode(Image.fromarray(np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)), "JPEG")
    Image.open(io.BytesIO(data[:-200])).verify()  # Pillow's own check sees nothing
    assert reason(data[:-200]) == "cut off, the file ends before the picture does"


def test_a_colour_profile_that_is_a_bomb_is_refused():
    bomb = b"bomb\0\0" + zlib.compress(b"\0" * 80_000_000)
    data = png_with(png_chunk(b"iCCP", bomb), before=b"IDAT")
    assert reason(data) == "its colour profile or its text is absurdly large"


@pytest.mark.parametrize("before", [b"IDAT", b"IEND"])
def test_a_text_that_is_a_bomb_is_refused(before):
    text = b"Comment\0\0" + zlib.compress(b" " * 80_000_000)
    assert reason(png_with(png_chunk(b"zTXt", text), before)) == "its colour profile or its text is absurdly large"


def test_many_texts_that_are_a_bomb_together_are_refused():
    information = PngImagePlugin.PngInfo()
    for number in range(80):
        information.add_text(f"text {number}", " " * 1_000_000, zip=True)
    assert "absurdly large" in reason(encode(four_corners(), "PNG", pnginfo=information))


def test_pixels_are_counted_before_they_are_decoded():
    assert reason(png_claiming(10_000, 10_000)) == "too large, 100 million pixels where 50 are allowed"
    assert reason(png_claiming(60_000, 60_000)) == "too large, it claims far more pixels than are allowed"
    assert reason(png_claiming(30_000, 10)) == "too large, 30000 x 10 pixels where 20,000 a side are allowed"


def test_limits_can_be_set():
    limits = ImportLimits(picture_pixels=1_000_000, picture_side=2000)
    assert "too large, 4 million" in reason(encode(Image.new("L", (2000, 2000)), "PNG"), limits)


def test_a_jpeg_counts_as_large_as_it_is_decoded():
    picture = Image.new("RGB", (2000, 1600), "red")
    limits = ImportLimits(picture_pixels=1_000_000, jpeg_pixels=4_000_000)
    opened, size = open_sized(encode(picture, "JPEG"), limits, draft_side=200)
    assert (opened.size, size) == ((250, 200), (2000, 1600))
    with pytest.raises(PictureError, match=r"too large, 3\.2 million pixels where 1 are allowed"):
        open_sized(encode(picture, "JPEG"), limits)
    with pytest.raises(PictureError, match=r"too large, 3\.2 million pixels where 1 are allowed"):
        open_sized(encode(picture, "JPEG", progressive=True), limits, draft_side=200)
    with pytest.raises(PictureError, match=r"too large, 3\.2 million pixels where 3 are allowed"):
        open_sized(encode(picture, "JPEG"), ImportLimits(jpeg_pixels=3_000_000), draft_side=200)


@pytest.mark.parametrize("size", [(8192, 6144), (16320, 12240)])
def test_pictures_of_phones_are_read(size):
    assert decode(encode(Image.new("L", size), "JPEG"), 8).shape == (8, 8, 3)


def test_a_picture_of_one_pixel_is_too_small():
    assert reason(encode(Image.new("RGB", (1, 1)), "GIF")) == (
        "too small, 1 x 1 pixels where at least 4 x 4 are expected"
    )


@pytest.mark.parametrize("kind", [*FORMATS, "HEIF"])
def test_damage_of_any_kind_ends_in_a_reason_or_a_picture(kind):
    generator = np.random.default_rng(7)
    noise = Image.fromarray(generator.integers(0, 256, (24, 24, 3), dtype=np.uint8))
    sound = np.frombuffer(encode(noise, kind), np.uint8)
    for _ in range(60):
        damaged = sound.copy()
        damaged[generator.integers(0, len(damaged), 4)] = generator.integers(0, 256, 4)
        try:
            assert decode(damaged.tobytes(), 8).shape == (8, 8, 3)
        except PictureError as error:
            assert str(error)
