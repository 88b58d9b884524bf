"""What a file is by its first bytes, whatever its name says."""

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
# A PCX begins with a line feed, its version, how it is packed, and its bits a pixel.
PCX_VERSIONS, PCX_PACKINGS, PCX_BITS = b"\0\2\3\5", b"\0\1", b"\1\2\4\x08"
OTHER_PREFIXES = {
    b"PK\x03\x04": "a zip archive",
    b"PK\x05\x06": "an empty zip",
    b"PK\x07\x08": "one part of a zip in several parts",
    b"Rar!\x1a\x07": "a RAR archive",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ\0": "an xz archive",
    b"\x28\xb5\x2f\xfd": "a Zstandard archive",
    b"%PDF": "a PDF",
    b"%!PS": "a PostScript file",
    b"8BPS": "a Photoshop file for large pictures",
    b"\0\0\1\0": "an icon",
    b"icns": "an icon",
    b"\xff\n": "a JPEG XL picture",
    b"\0\0\0\x0cJXL \r\n\x87\n": "a JPEG XL picture",
    b"qoif": "a QOI picture",
    b"DDS ": "a DDS texture",
    b"MZ": "a Windows program",
    b"\x7fELF": "a Linux program",
}
TEXT_BYTES = frozenset(range(0x20, 0x7F)) | frozenset(b"\t\n\r\f") | frozenset(range(0x80, 0x100))


def picture_format(head: bytes) -> str:
    """Returns Pillow's name of the picture format that a file with these first bytes has.

    Args:
        head: its first `HEAD_BYTES` bytes, fewer if it is shorter.

    Returns:
        One of `JPEG`, `PNG`, `GIF`, `TIFF`, `BMP`, `WEBP`, `PPM`, `JPEG2000`, `PSD`, `SGI`, `PCX`, `AVIF`, `HEIF`;
        empty for anything else.
    """
    for prefix, name in PICTURE_PREFIXES.items():
        if head.startswith(prefix):
            return name
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


def describe(head: bytes) -> str:
    """Returns in words what a file with these first bytes is, such as `a RAR archive`."""
    if not head:
        return "empty"
    for prefix, name in OTHER_PREFIXES.items():
        if head.startswith(prefix):
            return name
    if head[257:262] == b"ustar":
        return "a tar archive"
    picture = picture_format(head)
    if picture:
        article = "an" if picture in ("AVIF", "SGI") else "a"
        return f"{article} {'HEIC' if picture == 'HEIF' else picture} picture"
    return _describe_text(head)


def _describe_text(head: bytes) -> str:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if b"<svg" in start:
        return "an SVG drawing"
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "a web page"
    return "a text file" if all(byte in TEXT_BYTES for byte in head) else "of an unknown kind"
