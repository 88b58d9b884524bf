"""Kinds of files by their first bytes."""

import pytest

from core.images.signatures import file_kind, picture_format
from core.wording import file_kinds as words


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"\xff\xd8\xff\xe0", "JPEG"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "WEBP"),
        (b"RIFF\0\0\0\0WAVEfmt ", ""),
        (b"P6 2 2 255\n", "PPM"),
        (b"P7\n", ""),
        (b"Pretty", ""),
        (b"P", ""),
        (b"\0\0\0\x20ftypavif\0\0\0\0mif1miaf", "AVIF"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "HEIF"),
        (b"\0\0\0\x18ftypisom\0\0\0\0isommp42", ""),
        (b"\0\0\0\x10ftypisom\0\0\0\0heic", ""),
        (b"\n\5\1\x08\0\0", "PCX"),
        (b"\n\5\1\7", ""),
        (b"\n\n\n\n", ""),
        (b"8BPS\0\1", "PSD"),
        (b"8BPS\0\2", ""),
        (b"II*\0\x10\0\0\0", "TIFF"),
        (b"II*\0\x10\0\0\0CR\2\0", ""),
        (b"", ""),
    ],
)
def test_picture_formats(head, name):
    assert picture_format(head) == name


@pytest.mark.parametrize(
    ("head", "description"),
    [
        (b"", "empty"),
        (b"\0" * 257 + b"ustar", "a tar archive"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "a HEIC picture"),
        ("grüße".encode(), "a text file"),
        (b"\xef\xbb\xbf  <HTML>", "a web page"),
        (b"8BPS\0\2", "a Photoshop file for large pictures"),
        (b"\0\0\1\0\1\0", "an icon"),
        (b"\xff\n\0", "a JPEG XL picture"),
        (b"II*\0\x10\0\0\0CR\2\0", "a camera's raw picture (export it as JPEG)"),
        (b"\0\0\0\x18ftypcrx \0\0\0\1crx isom", "a camera's raw picture (export it as JPEG)"),
        (b"FUJIFILMCCD-RAW 0201", "a camera's raw picture (export it as JPEG)"),
        (b"\0" * 128 + b"DICM\2\0", "a DICOM picture (convert it to PNG or JPEG)"),
        (b"\0\1\2", "of an unknown kind"),
    ],
)
def test_descriptions(head, description):
    assert words.file_kind(file_kind(head)) == description
