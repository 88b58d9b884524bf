"""Pictures in all formats that are read, drawn and encoded for the tests of the decoder."""

import io
import struct
import zlib

from PIL import Image

from core.images import decoding

decoding.heic_is_read()  # from here on Pillow writes HEIC as well

RED, GREEN, BLUE, WHITE = (220, 30, 30), (30, 200, 30), (30, 30, 220), (255, 255, 255)
CORNERS = {(0.25, 0.25): RED, (0.75, 0.25): GREEN, (0.25, 0.75): BLUE, (0.75, 0.75): WHITE}
FORMATS = ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "AVIF", "JPEG2000", "PCX", "SGI"]


def four_corners(width: int = 48, height: int = 32) -> Image.Image:
    picture = Image.new("RGB", (width, height), WHITE)
    for (x, y), colour in CORNERS.items():
        left, top = int(x > 0.5) * width // 2, int(y > 0.5) * height // 2
        picture.paste(colour, (left, top, left + width // 2, top + height // 2))
    return picture


def encode(picture: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
