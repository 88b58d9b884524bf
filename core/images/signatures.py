"""What a file is by its first bytes, whatever its name."""

HEAD_BYTES = 512
AVIF_BRANDS = {b"avif", b"avis"}
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
PICTURE_PREFIXES = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"GIF87a": "GIF",
    b"GIF89a": "GIF",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"II+\0": "TIFF",
    b"MM\0+": "TIFF",
    b"BM": "BMP",
    b"\0\0\0\x0cjP  \r\n\x87\n": "JPEG2000",
    b"\xff\x4f\xff\x51": "JPEG2000",
    b"8BPS\0\1": "PSD",
    b"\x01\xda\0\1": "SGI",
    b"\x01\xda\1\1": "SGI",
}
# A PCX begins with a line feed, its version, its encoding, and its bits per pixel.
PCX_VERSIONS, PCX_PACKINGS, PCX_BITS = b"\0\2\3\5", b"\0\1", b"\1\2\4\x08"
OTHER_PREFIXES = {
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "empty_zip",
    b"PK\x07\x08": "zip_part",
    b"Rar!\x1a\x07": "rar",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\0": "xz",
    b"\x28\xb5\x2f\xfd": "zstandard",
    b"%PDF": "pdf",
    b"%!PS": "postscript",
    b"8BPS": "large_photoshop",
    b"\0\0\1\0": "icon",
    b"icns": "icon",
    b"\xff\n": "jpeg_xl",
    b"\0\0\0\x0cJXL \r\n\x87\n": "jpeg_xl",
    b"qoif": "qoi",
    b"DDS ": "dds",
    b"MZ": "windows_program",
    b"\x7fELF": "linux_program",
}
# Raw pictures of cameras that don't begin as a TIFF does. Those that do have a small picture in them that Pillow would
# read in their place; only their names tell them from a TIFF.
RAW_PREFIXES = (b"IIRO", b"IIRS", b"MMOR", b"IIU\0", b"FUJIFILMCCD-RAW", b"FOVb", b"\0MRM")
CANON_RAW, CANON_RAW_AT = b"CR\2\0", 8
CANON_RAW_BRAND = b"crx "
DICOM, DICOM_AT = b"DICM", 128
TEXT_BYTES = frozenset(range(0x20, 0x7F)) | frozenset(b"\t\n\r\f") | frozenset(range(0x80, 0x100))


def picture_format(head: bytes) -> str:
    """Returns Pillow's name for the format of a picture with these first bytes.

    Args:
        head: its first `HEAD_BYTES` bytes, fewer if it is shorter.

    Returns:
        One of `JPEG`, `PNG`, `GIF`, `TIFF`, `BMP`, `WEBP`, `PPM`, `JPEG2000`, `PSD`, `SGI`, `PCX`, `AVIF`, `HEIF`;
        empty for anything else.
    """
    for prefix, name in PICTURE_PREFIXES.items():
        if head.startswith(prefix):
            is_raw = name == "TIFF" and head[CANON_RAW_AT:].startswith(CANON_RAW)
            return "" if is_raw else name
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[:1] == b"P" and head[1:2] in b"123456" and head[2:3].isspace():
        return "PPM"
    if head[:1] == b"\n" and len(head) > 3 and head[1] in PCX_VERSIONS and head[2] in PCX_PACKINGS:
        return "PCX" if head[3] in PCX_BITS else ""
    return _container_format(head)


def _container_format(head: bytes) -> str:
    if head[4:8] != b"ftyp":
        return ""
    brands = {head[start : start + 4] for start in range(8, min(len(head), int.from_bytes(head[:4], "big")), 4)}
    if brands & AVIF_BRANDS:
        return "AVIF"
    return "HEIF" if brands & HEIC_BRANDS else ""


def file_kind(head: bytes) -> str:
    """Returns the kind of a file with these first bytes, such as `rar`.

    Args:
        head: its first `HEAD_BYTES` bytes, fewer if it is shorter.

    Returns:
        One of `core.wording.file_kinds.KINDS`, or what `picture_format` returns.
    """
    if not head:
        return "empty"
    for prefix, kind in OTHER_PREFIXES.items():
        if head.startswith(prefix):
            return kind
    if head[257:262] == b"ustar":
        return "tar"
    return picture_format(head) or _unread_picture_kind(head) or _text_kind(head)


def _unread_picture_kind(head: bytes) -> str:
    if head.startswith(RAW_PREFIXES) or head[CANON_RAW_AT:].startswith((CANON_RAW, CANON_RAW_BRAND)):
        return "camera_raw"
    return "dicom" if head[DICOM_AT:].startswith(DICOM) else ""


def _text_kind(head: bytes) -> str:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if b"<svg" in start:
        return "svg"
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "web_page"
    return "text" if all(byte in TEXT_BYTES for byte in head) else "unknown"
