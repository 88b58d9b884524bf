"""Bytes to pixels: the one decoder of training, evaluation, prediction and everything that shows a picture.

Pillow and NumPy only. The format is detected by content, never by name; the size is checked before the pixels are
decoded; and every way in which a picture can be broken raises a `PictureError` that says so in words.
"""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import ExifTags, Image, features

from core.files.user_files import open_file
from core.images.signatures import HEAD_BYTES, file_kind, picture_format
from core.settings import ImportLimits
from core.wording.reasons import UnusableFileError

DECODER_VERSION = "pillow-bilinear-antialias-draft2-1"
RESIZE_FILTER = Image.Resampling.BILINEAR
# A JPEG is decoded at 1/2, 1/4 or 1/8 of its size only if each side stays this many times larger than needed, so that
# the antialiased resize still does the last and visible part of the work.
DRAFT_MARGIN = 2
# A HEIC's draft would be its embedded thumbnail, which may be intact even if the picture isn't.
DRAFTED_FORMATS = {"JPEG", "MPO"}
# Formats that a build of Pillow may lack, with its names for them.
FEATURES = {"AVIF": "avif", "JPEG2000": "jpg_2000", "WEBP": "webp"}
MIN_SIDE = 4
# Sizes are checked here. Pillow's own check comes before a JPEG's draft and would refuse pictures of phones.
Image.MAX_IMAGE_PIXELS = 2**28
THUMBNAIL_QUALITY = 85
MAX_16_BIT = 65_535
TIFF_BITS_PER_SAMPLE = 258
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# Pillow warns of small flaws that it can handle (odd EXIF blocks, palettes) and of pictures that are refused below
# anyway: noise in a server's log.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)


class PictureError(UnusableFileError):
    """A picture that can't be used."""


def open_picture(
    source: Path | bytes, limits: ImportLimits | None = None, draft_side: int | None = None
) -> Image.Image:
    """Decodes a whole picture: its first frame, upright, in 8-bit RGB, transparency on white.

    Args:
        source: its file or its bytes.
        limits: limits on its size; `ImportLimits()` by default.
        draft_side: a JPEG may be decoded at 1/2, 1/4 or 1/8 of its size if both sides keep this many pixels.

    Returns:
        A loaded picture of mode `RGB`.

    Raises:
        PictureError: it can't be read, is damaged, too large or too small.
    """
    return open_sized(source, limits, draft_side)[0]


def decode(source: Path | bytes, image_size: int) -> np.ndarray:
    """Decodes a picture into the square that a network takes. The aspect ratio is not kept, as in Keras.

    Args:
        source: its file or its bytes.
        image_size: side in pixels.

    Returns:
        `uint8` array of shape `(image_size, image_size, 3)`, RGB, 0-255.

    Raises:
        PictureError: it can't be read, is damaged, too large or too small.
    """
    picture = open_picture(source, draft_side=DRAFT_MARGIN * image_size)
    return np.array(picture.resize((image_size, image_size), RESIZE_FILTER))


def open_sized(
    source: Path | bytes, limits: ImportLimits | None = None, draft_side: int | None = None
) -> tuple[Image.Image, tuple[int, int]]:
    """Decodes a picture as `open_picture` does, and returns its full size too.

    This also shows whether a picture is intact: all of its data is read, even for a reduced JPEG, while Pillow's
    `verify()` accepts a truncated JPEG.

    Returns:
        A loaded picture of mode `RGB`, and the upright full width and height in pixels.

    Raises:
        PictureError: it can't be read, is damaged, too large or too small.
    """
    return _read(source, limits or ImportLimits(), draft_side)


def thumbnail(source: Path | bytes, side: int) -> bytes:
    """Returns the picture as a newly encoded small JPEG with its aspect ratio: original bytes are never served.

    Args:
        source: its file or its bytes.
        side: largest width and height in pixels. Smaller pictures keep their size.

    Raises:
        PictureError: it can't be read, is damaged, too large or too small.
    """
    picture = open_picture(source, draft_side=side)
    picture.thumbnail((side, side), RESIZE_FILTER)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=THUMBNAIL_QUALITY)
    return buffer.getvalue()


def _read(source: Path | bytes, limits: ImportLimits, draft_side: int | None) -> tuple[Image.Image, tuple[int, int]]:
    with _stream(source) as stream:
        head = stream.read(HEAD_BYTES)
        stream.seek(0)
        formats = (admitted_format(head),)
        try:
            return _decode_stream(stream, formats, limits, draft_side)
        except PictureError:
            raise
        except Exception as error:  # Pillow's decoders raise nearly any exception on damaged data
            raise PictureError(_code(error)) from error


@contextmanager
def _stream(source: Path | bytes) -> Iterator[BinaryIO]:
    if isinstance(source, bytes):
        yield io.BytesIO(source)
        return
    try:
        file = open_file(source)
    except OSError as error:
        raise PictureError("not_opened", why=error.strerror) from error
    with file:
        yield file


def admitted_format(head: bytes) -> str:
    """Returns the one format that Pillow may try. Left to guess, it would call Ghostscript for an EPS.

    Args:
        head: the first `HEAD_BYTES` bytes of a file.

    Raises:
        PictureError: it isn't a picture, or can't be read here.
    """
    if not head:
        raise PictureError("empty")
    name = picture_format(head)
    if not name:
        raise PictureError("no_picture", kind=file_kind(head))
    if name in FEATURES and not features.check(FEATURES[name]):
        raise PictureError("format_not_read", kind=name)
    if name == "HEIF" and not heic_is_read():
        raise PictureError("heic_package")
    return name


@lru_cache(maxsize=1)
def heic_is_read() -> bool:
    """Whether HEIC pictures can be read here, which requires the package pillow-heif."""
    try:
        from pillow_heif import register_heif_opener
    except ImportError:
        return False
    # Import and training have their own threads, and nothing but the picture itself is needed.
    register_heif_opener(decode_threads=1, thumbnails=False, depth_images=False, aux_images=False)
    return True


def _decode_stream(
    stream: BinaryIO, formats: tuple[str, ...], limits: ImportLimits, draft_side: int | None
) -> tuple[Image.Image, tuple[int, int]]:
    picture = Image.open(stream, formats=formats)
    width, height = picture.size
    _check_sides(width, height, limits)
    if draft_side and picture.format in DRAFTED_FORMATS:
        picture.draft(None, (draft_side, draft_side))
    _check_pixels(picture, width * height, limits)
    picture.load()
    turn = UPRIGHT.get(_orientation(picture))
    rgb = _to_rgb(picture)
    rgb.info.clear()  # comments, positions and profiles must not be passed on with thumbnails
    if turn is None:
        return rgb, (width, height)
    turned = rgb.transpose(turn)
    lies = turn in (UPRIGHT[5], UPRIGHT[6], UPRIGHT[7], UPRIGHT[8])
    return turned, (height, width) if lies else (width, height)


def _check_sides(width: int, height: int, limits: ImportLimits) -> None:
    if min(width, height) < MIN_SIDE:
        raise PictureError("too_small", width=width, height=height, least=MIN_SIDE)
    if max(width, height) > limits.picture_side:
        raise PictureError("too_large", width=width, height=height, limit=limits.picture_side)


def _check_pixels(picture: Image.Image, pixels: int, limits: ImportLimits) -> None:
    """Refuses a picture that takes too much memory, or as a reduced one too much time.

    Args:
        picture: not loaded yet, and as small as it will be.
        pixels: of the whole.
        limits: what they may be.
    """
    # Of a progressive JPEG all is held in memory, however small it comes out.
    held = pixels if "progressive" in picture.info else picture.width * picture.height
    for number, limit in ((held, limits.picture_pixels), (pixels, limits.jpeg_pixels)):
        if number > limit:
            raise PictureError("too_many_pixels", pixels=number, limit=limit)


def _orientation(picture: Image.Image) -> int:
    try:
        return picture.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # a broken EXIF block says nothing about the pixels
        return 1


def _to_rgb(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I;16") or (picture.mode == "I" and picture.format in ("PNG", "PPM")):
        picture = _scale_16_bit(picture)
    if picture.mode in ("I", "F"):
        raise PictureError("number_format")
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        page = Image.new("RGB", picture.size, "white")
        page.paste(picture, mask=picture.getchannel("A"))
        return page
    return picture.convert("RGB")


def _scale_16_bit(picture: Image.Image) -> Image.Image:
    """Returns it in 8 bits. Pillow's own conversion clips everything above 255."""
    values = np.asarray(picture).astype(np.uint32)
    bits = getattr(picture, "tag_v2", {}).get(TIFF_BITS_PER_SAMPLE, (16,))[0]
    largest = 2**bits - 1 if 8 < bits < 16 else MAX_16_BIT
    gray = ((np.minimum(values, largest) * 255 + largest // 2) // largest).astype(np.uint8)
    hidden = picture.info.get("transparency")
    if isinstance(hidden, int):
        gray[values == hidden] = 255
    return Image.fromarray(gray)


def _code(error: Exception) -> str:
    text = str(error).lower()
    if isinstance(error, MemoryError):
        return "too_large_for_memory"
    if isinstance(error, Image.DecompressionBombError | Image.DecompressionBombWarning):
        return "absurd_size"
    if "too large" in text or "too much memory" in text:
        return "absurd_profile"
    if isinstance(error, EOFError) or "truncated" in text:
        return "cut_off"
    return "damaged"
