"""The decoder: every odd picture comes out right, upright and in three channels, and small where it is shown."""

import io
import struct
import zipfile

import numpy as np
import pytest
from PIL import Image, ImageCms

from core.images.decoding import decode, open_picture, open_sized, thumbnail
from tests.core.images.encoding import BLUE, CORNERS, FORMATS, GREEN, RED, WHITE, encode, four_corners, png_chunk

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::PIL.Image.DecompressionBombWarning")

TURN_BACK = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def assert_four_corners(data: bytes, tolerance: int = 12) -> None:
    pixels = decode(data, 64).astype(int)
    for (x, y), colour in CORNERS.items():
        assert np.abs(pixels[int(y * 64), int(x * 64)] - colour).max() <= tolerance, (x, y)


def tiff(bits: int, photometric: int, strip: bytes, width: int, height: int) -> bytes:
    """A little-endian TIFF of one gray strip, like those of scanners and microscopes."""
    tags = [(256, width), (257, height), (258, bits), (259, 1), (262, photometric), (273, 8), (277, 1), (278, height)]
    tags.append((279, len(strip)))
    strip += b"\0" * (len(strip) % 2)
    entries = b"".join(struct.pack("<HHLHH", tag, 3, 1, value, 0) for tag, value in tags)
    return b"II*\0" + struct.pack("<L", 8 + len(strip)) + strip + struct.pack("<H", len(tags)) + entries + b"\0" * 4


def test_gives_bytes_of_the_asked_size():
    pixels = decode(encode(four_corners(), "PNG"), 24)
    assert pixels.shape == (24, 24, 3)
    assert pixels.dtype == np.uint8
    assert pixels.flags.writeable


def test_reads_a_file_like_its_bytes(tmp_path):
    data = encode(four_corners(), "JPEG")
    (tmp_path / "picture.jpg").write_bytes(data)
    assert np.array_equal(decode(tmp_path / "picture.jpg", 32), decode(data, 32))


def test_resize_is_antialiased():
    board = (np.indices((256, 256)).sum(axis=0) % 2 * 255).astype(np.uint8)
    pixels = decode(encode(Image.fromarray(board), "PNG"), 32)
    assert np.abs(pixels.astype(int) - 127).max() <= 2


def test_large_jpegs_decoded_at_a_fraction_look_the_same():
    noise = np.random.default_rng(0).integers(0, 256, (30, 40, 3), dtype=np.uint8)
    photograph = Image.fromarray(noise).resize((1600, 1200), Image.Resampling.BICUBIC)
    data = encode(photograph, "JPEG", quality=90)
    whole = np.asarray(open_picture(data).resize((96, 96), Image.Resampling.BILINEAR)).astype(int)
    assert open_picture(data, draft_side=192).size == (400, 300)
    assert np.abs(decode(data, 96) - whole).mean() < 0.5


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_turned_by_exif_comes_out_upright(kind, orientation):
    turn = TURN_BACK[orientation]
    stored = four_corners() if turn is None else four_corners().transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encode(stored, kind, exif=exif.tobytes(), quality=95)
    assert_four_corners(data, tolerance=40)
    assert open_sized(data, draft_side=1)[1] == (48, 32)
    assert open_picture(data).size == (48, 32)


def test_a_broken_exif_block_doesnt_cost_the_picture():
    data = encode(four_corners(), "JPEG", quality=95, exif=b"Exif\0\0II*\0\xff\xff\xff\xff broken")
    assert_four_corners(data)


@pytest.mark.parametrize("kind", [*FORMATS, "HEIF"])
def test_every_format_we_take(kind):
    assert_four_corners(encode(four_corners(), kind, **({"quality": 95} if kind in ("AVIF", "JPEG", "HEIF") else {})))


def test_the_whole_of_a_photoshop_file_is_taken():
    pixels = np.asarray(four_corners())
    head = struct.pack(">4sH6xHLLHH", b"8BPS", 1, 3, 32, 48, 8, 3) + struct.pack(">3LH", 0, 0, 0, 0)
    assert_four_corners(head + pixels.transpose(2, 0, 1).tobytes())


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_heic_comes_out_upright(orientation):
    turn = TURN_BACK[orientation]
    stored = four_corners() if turn is None else four_corners().transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encode(stored, "HEIF", exif=exif.tobytes(), quality=95)
    assert_four_corners(data, tolerance=40)
    assert open_sized(data, draft_side=1)[1] == (48, 32)


def test_a_heic_with_transparency_goes_onto_white():
    picture = Image.new("RGBA", (48, 32), (*RED, 0))
    picture.paste((*GREEN, 255), (0, 0, 24, 32))
    data = encode(picture, "HEIF", quality=95)
    pixels = decode(data, 48).astype(int)
    assert np.abs(pixels[24, 40] - WHITE).max() < 12
    assert np.abs(pixels[24, 8] - GREEN).max() < 12


def test_a_heic_isnt_replaced_by_the_thumbnail_inside():
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 256, (256, 256, 3), dtype=np.uint8))
    data = encode(noise, "HEIF", thumbnails=[64], quality=90)
    assert open_picture(data, draft_side=16).size == (256, 256)


def test_the_first_picture_of_a_heic_is_taken():
    data = encode(four_corners(), "HEIF", save_all=True, append_images=[Image.new("RGB", (48, 32), RED)], quality=95)
    assert_four_corners(data)


@pytest.mark.parametrize("mode", ["1", "L", "P", "YCbCr"])
def test_other_modes_become_rgb(mode):
    data = encode(four_corners().convert(mode), "JPEG" if mode == "YCbCr" else "PNG")
    assert open_picture(data).mode == "RGB"


def test_lab_becomes_rgb():
    srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    picture = ImageCms.profileToProfile(four_corners(), srgb, lab, outputMode="LAB")
    assert_four_corners(encode(picture, "TIFF"))


def gradient_16_bit() -> np.ndarray:
    return np.linspace(0, 65_535, 64 * 64).reshape(64, 64).astype(np.uint16)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_16_bit_gray_is_scaled(kind):
    pixels = decode(encode(Image.fromarray(gradient_16_bit()), kind), 64)
    assert np.abs(pixels[..., 0] - gradient_16_bit() / 257).max() <= 0.5


def test_16_bit_big_endian_tiff_is_scaled():
    values = Image.frombytes("I;16B", (64, 64), gradient_16_bit().astype(">u2").tobytes())
    assert abs(decode(encode(values, "TIFF"), 64).mean() - 127.5) < 1


def test_16_bit_ppm_is_scaled():
    data = b"P5 64 64 65535\n" + gradient_16_bit().astype(">u2").tobytes()
    assert abs(decode(data, 64).mean() - 127.5) < 1


def test_12_bit_tiff_is_scaled():
    data = tiff(12, 1, b"\x80\x08\x00" * 32, 8, 8)  # 0x800 twice: half of 4,095
    assert np.unique(decode(data, 8)).tolist() == [128]


def test_16_bit_gray_with_a_transparent_value_goes_onto_white():
    values = np.full((8, 8), 1000, np.uint16)
    values[:, 4:] = 30_000
    data = encode(Image.fromarray(values), "PNG")
    place = data.index(b"IDAT") - 4
    data = data[:place] + png_chunk(b"tRNS", struct.pack(">H", 1000)) + data[place:]
    assert decode(data, 8)[0, :, 0].tolist() == [255] * 4 + [117] * 4


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "RGBA"), ("PNG", "LA"), ("WEBP", "RGBA"), ("TIFF", "RGBA")])
def test_transparency_goes_onto_white(kind, mode):
    picture = Image.new("RGBA", (16, 16), (10, 10, 10, 255))
    picture.paste((10, 10, 10, 0), (0, 0, 8, 16))
    pixels = decode(encode(picture.convert(mode), kind, **({"lossless": True} if kind == "WEBP" else {})), 16)
    assert (pixels[:, :7] == 255).all()
    assert (pixels[:, 9:] == 10).all()


def test_half_transparent_is_mixed_with_white():
    assert decode(encode(Image.new("RGBA", (8, 8), (0, 0, 0, 128)), "PNG"), 8)[0, 0].tolist() == [127] * 3


@pytest.mark.parametrize("kind", ["PNG", "GIF"])
def test_palette_with_transparency_goes_onto_white(kind):
    picture = Image.new("P", (16, 16), 1)
    picture.putpalette([200, 0, 0, 0, 0, 200])
    picture.paste(0, (0, 0, 8, 16))
    pixels = decode(encode(picture, kind, transparency=0), 16)
    assert pixels[0, 0].tolist() == [255] * 3
    assert pixels[0, 15].tolist() == [0, 0, 200]


def test_a_transparent_colour_goes_onto_white():
    picture = Image.new("RGB", (16, 16), BLUE)
    picture.paste(RED, (0, 0, 8, 16))
    pixels = decode(encode(picture, "PNG", transparency=RED), 16)
    assert pixels[0, 0].tolist() == [255] * 3
    assert tuple(pixels[0, 15]) == BLUE


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk_becomes_rgb(kind):
    assert_four_corners(encode(four_corners().convert("CMYK"), kind, quality=95), tolerance=20)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "TIFF"])
def test_the_first_frame_is_taken(kind):
    later = [Image.new("RGB", (48, 32), colour) for colour in (RED, BLUE)]
    options = {"lossless": True} if kind == "WEBP" else {}
    assert_four_corners(encode(four_corners(), kind, save_all=True, append_images=later, **options))


def test_a_phones_picture_with_a_second_one_inside_is_a_jpeg():
    data = encode(four_corners(), "MPO", save_all=True, append_images=[Image.new("RGB", (48, 32), RED)], quality=95)
    assert_four_corners(data)


def test_content_counts_not_the_name(tmp_path):
    path = tmp_path / "picture.gif"
    path.write_bytes(encode(four_corners(), "JPEG", quality=95))
    assert_four_corners(path.read_bytes())
    assert open_sized(path, draft_side=1)[1] == (48, 32)


def test_thumbnails_are_new_jpegs_that_keep_the_aspect():
    data = thumbnail(encode(four_corners(480, 320), "PNG"), 96)
    picture = Image.open(io.BytesIO(data))
    assert (picture.format, picture.size) == ("JPEG", (96, 64))


def test_thumbnails_arent_enlarged():
    assert Image.open(io.BytesIO(thumbnail(encode(four_corners(), "PNG"), 96))).size == (48, 32)


def test_thumbnails_carry_nothing_of_the_original_but_pixels():
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    original = encode(four_corners(), "JPEG", exif=exif.tobytes(), comment=b"secret comment")
    buffer = io.BytesIO(original)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("index.html", "<script>secret()</script>")
    polyglot = buffer.getvalue()
    assert polyglot.startswith(original)
    assert b"secret" not in thumbnail(polyglot, 96)
    assert_four_corners(thumbnail(polyglot, 48), tolerance=40)
