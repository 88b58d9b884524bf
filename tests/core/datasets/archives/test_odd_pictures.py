"""Odd pictures that users upload, through a whole import: upright, RGB, on white, or listed with a reason."""

import io
import struct
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image

from core.images.decoding import decode, heic_is_read, thumbnail
from core.processes.dataset_jobs import import_in_subprocess
from core.wording.reasons import reason
from tests.project import ROOT

RED, GREEN, BLUE, WHITE = (220, 30, 30), (30, 200, 30), (30, 30, 220), (255, 255, 255)
SIDE = 64


def corners() -> Image.Image:
    """Four colours, the last of them white."""
    picture = Image.new("RGB", (48, 32), WHITE)
    for place, colour in (((0, 0, 24, 16), RED), ((24, 0, 48, 16), GREEN), ((0, 16, 24, 32), BLUE)):
        picture.paste(colour, place)
    return picture


def encode(picture: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def turned(kind: str) -> bytes:
    """As written by a camera on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return encode(corners().transpose(Image.Transpose.ROTATE_90), kind, exif=exif.tobytes(), quality=95)


def onto_nothing(kind: str) -> bytes:
    """The white corner is red instead, but fully transparent."""
    picture = corners().convert("RGBA")
    picture.paste((*RED, 0), (24, 16, 48, 32))
    return encode(picture, kind, **({"lossless": True} if kind == "WEBP" else {}))


def palette_with_transparency() -> bytes:
    picture = corners().quantize(8)
    hidden = picture.getpixel((40, 30))
    picture.putpalette([*picture.getpalette()[: 3 * hidden], 0, 0, 0, *picture.getpalette()[3 * hidden + 3 :]])
    return encode(picture, "PNG", transparency=hidden)


def animated(kind: str) -> bytes:
    later = [Image.new("RGB", (48, 32), colour) for colour in (RED, BLUE)]
    options = {"lossless": True} if kind == "WEBP" else {}
    return encode(corners(), kind, save_all=True, append_images=later, **options)


def polyglot() -> bytes:
    """A JPEG that is also a zip with a web page."""
    buffer = io.BytesIO(encode(corners(), "JPEG", quality=95))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("index.html", "<script>secret()</script>")
    return buffer.getvalue()


def with_bomb(kind: bytes, data: bytes) -> bytes:
    """A PNG with a colour profile or a text that unpacks to 80 MB."""
    body = data + zlib.compress(b"\0" * 80_000_000)
    chunk = struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    png = encode(corners(), "PNG")
    place = png.index(b"IDAT") - 4
    return png[:place] + chunk + png[place:]


def gray_16_bit() -> bytes:
    """Dark to light from left to right, in all 65,536 steps."""
    return encode(Image.fromarray(np.tile(np.linspace(0, 65_535, 64).astype(np.uint16), (32, 1))), "PNG")


NOISE = Image.fromarray(np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8))
TAKEN = {
    "turned.jpg": turned("JPEG"),
    "turned.heic": None,
    "cmyk.jpg": encode(corners().convert("CMYK"), "JPEG", quality=95),
    "cmyk.tif": encode(corners().convert("CMYK"), "TIFF"),
    "alpha.png": onto_nothing("PNG"),
    "alpha.webp": onto_nothing("WEBP"),
    "alpha.tif": onto_nothing("TIFF"),
    "palette.png": palette_with_transparency(),
    "animated.gif": animated("GIF"),
    "animated.png": animated("PNG"),
    "animated.webp": animated("WEBP"),
    "picture.avif": encode(corners(), "AVIF", quality=95),
    "picture.tif": encode(corners(), "TIFF"),
    "picture.bmp": encode(corners(), "BMP"),
    "picture.jp2": encode(corners(), "JPEG2000"),
    "really a gif.jpg": encode(corners(), "GIF"),
    "really a jpeg.png": encode(corners(), "JPEG", quality=94),
    "without extension": encode(corners(), "PNG"),
    "polyglot.jpg": polyglot(),
}
LISTED = {
    "float.tif": (
        encode(Image.fromarray(np.full((32, 48), 0.5, np.float32)), "TIFF"),
        "its brightness is stored in 32-bit or floating-point numbers, save it with 8 or 16 bits",
    ),
    "drawing.svg": (
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "not a picture that can be read, it is an SVG drawing",
    ),
    "page.jpg": (b"<!DOCTYPE html><p>404", "not a picture that can be read, it is a web page"),
    "script.jpg": (b"%!PS-Adobe-3.0 EPSF-3.0\n", "not a picture that can be read, it is a PostScript file"),
    "empty.png": (b"", "empty, it has 0 bytes"),
    "cut off.jpg": (encode(NOISE, "JPEG")[:-200], "cut off, the file ends before the picture does"),
    "cut off.png": (encode(NOISE, "PNG")[:-2000], "cut off, the file ends before the picture does"),
    "profile.png": (with_bomb(b"iCCP", b"bomb\0\0"), "its colour profile or its text is absurdly large"),
    "text.png": (with_bomb(b"zTXt", b"bomb\0\0"), "its colour profile or its text is absurdly large"),
    "one pixel.gif": (
        encode(Image.new("RGB", (1, 1)), "GIF"),
        "too small, 1 x 1 pixels where at least 4 x 4 are expected",
    ),
}


@pytest.fixture(scope="module")
def files():
    assert heic_is_read()
    files = {f"odd/{name}": data or turned("HEIF") for name, data in TAKEN.items()}
    files |= {f"odd/{name}": data for name, (data, _) in LISTED.items()}
    return files | {f"plain/{number}.png": encode(NOISE.rotate(90 * number), "PNG") for number in range(2)}


@pytest.fixture
def dataset(store, files, zip_of, tmp_path):
    (tmp_path / "odd.zip").write_bytes(zip_of(files | {"odd/gray.png": gray_16_bit()}))
    return import_in_subprocess(store, tmp_path / "odd.zip")


def test_every_odd_picture_comes_out_right_or_is_listed(dataset, files):
    assert {item.name.removeprefix("odd/"): reason(item.reason) for item in dataset.skipped} == {
        name: reason for name, (_, reason) in LISTED.items()
    }
    taken = {sample.name.removeprefix("odd/"): sample for sample in dataset.samples if sample.name.startswith("odd/")}
    assert set(taken) == {*TAKEN, "gray.png"}
    for name in TAKEN:
        pixels = decode(dataset.picture_path(taken[name]), SIDE).astype(int)
        for (row, column), colour in {(16, 16): RED, (16, 48): GREEN, (48, 16): BLUE, (48, 48): WHITE}.items():
            assert np.abs(pixels[row, column] - colour).max() <= 20, (name, row, column)
        assert (taken[name].width, taken[name].height) == (48, 32), name
        assert np.array_equal(pixels, decode(files[f"odd/{name}"], SIDE)), name
    gray = decode(dataset.picture_path(taken["gray.png"]), SIDE)[32, :, 0].astype(int)
    assert np.abs(gray - np.linspace(0, 255, SIDE)).max() <= 2


def test_what_is_shown_was_made_anew(dataset):
    for sample in dataset.samples:
        shown = thumbnail(dataset.picture_path(sample), SIDE)
        assert shown.startswith(b"\xff\xd8\xff")
        assert b"secret" not in shown


@pytest.mark.parametrize("folder", ["core", "pages"])
def test_nothing_else_decodes_pictures(folder):
    """Another decoder might give different pixels than those the network learnt from."""
    others = ("Image.open", "tf.io.decode", "tf.image.decode", "load_img", "cv2", "imageio", "skimage.io")
    found = [(path.name, word) for path in (ROOT / folder).rglob("*.py") for word in others if word in path.read_text()]
    assert found == ([("decoding.py", "Image.open")] if folder == "core" else [])
