"""Names for kinds of files."""

KINDS = {
    "empty": "empty",
    "zip": "a zip archive",
    "empty_zip": "an empty zip",
    "zip_part": "one part of a zip in several parts",
    "rar": "a RAR archive",
    "7z": "a 7z archive",
    "gzip": "a gzip archive",
    "bzip2": "a bzip2 archive",
    "xz": "an xz archive",
    "zstandard": "a Zstandard archive",
    "tar": "a tar archive",
    "pdf": "a PDF",
    "postscript": "a PostScript file",
    "large_photoshop": "a Photoshop file for large pictures",
    "icon": "an icon",
    "jpeg_xl": "a JPEG XL picture",
    "qoi": "a QOI picture",
    "dds": "a DDS texture",
    "camera_raw": "a camera's raw picture (export it as JPEG)",
    "dicom": "a DICOM picture (convert it to PNG or JPEG)",
    "windows_program": "a Windows program",
    "linux_program": "a Linux program",
    "svg": "an SVG drawing",
    "web_page": "a web page",
    "text": "a text file",
    "unknown": "of an unknown kind",
    # Pillow's names of readable formats that need another article or name.
    "AVIF": "an AVIF picture",
    "SGI": "an SGI picture",
    "HEIF": "a HEIC picture",
}


def file_kind(kind: str) -> str:
    """Returns what a file is, such as `a RAR archive`.

    Args:
        kind: as `core.images.signatures.file_kind` returns it.
    """
    return KINDS.get(kind) or f"a {kind} picture"
