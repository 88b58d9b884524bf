"""Names of files in archives. They give the folders and are shown as labels, but are never used as paths."""

import re
import unicodedata

from core.files.user_files import MAX_DEPTH
from core.wording.reasons import UnusableFileError

MAX_NAME_LENGTH = 1000
JUNK_NAMES = {"thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "license", "licence", "readme", "copying", "authors"}
# What systems, network disks and clouds keep in folders of their own: small copies of pictures, and deleted ones.
JUNK_FOLDERS = {
    "__macosx",
    "@eadir",
    "@recycle",
    "@recently-snapshot",
    "@tmp",
    "@__thumb",
    "#recycle",
    "#snapshot",
    "$recycle.bin",
    "system volume information",
    "lost+found",
}
TEXT_EXTENSIONS = {"txt", "md", "rst", "rtf", "log", "doc", "docx", "pdf", "lnk", "url", "md5", "sha256"}
TABLE_EXTENSIONS = {
    "csv",
    "tsv",
    "json",
    "jsonl",
    "ndjson",
    "xml",
    "yaml",
    "yml",
    "toml",
    "ini",
    "cfg",
    "xls",
    "xlsx",
    "mat",
    "npy",
    "npz",
    "pkl",
    "h5",
    "db",
    "sqlite",
}
LABEL_EXTENSIONS = {"csv", "tsv", "jsonl", "ndjson"}
PROGRAM_EXTENSIONS = {"py", "ipynb", "sh", "bat"}
# Large files beside pictures that surely aren't pictures, in the order in which a sentence lists them.
# fmt: off
OTHER_KINDS = {
    "film": frozenset({
        "mp4", "m4v", "mov", "avi", "mkv", "webm", "mpg", "mpeg", "wmv", "flv", "f4v", "3gp", "3g2", "mts", "m2ts",
        "vob", "ogv", "asf", "rm", "rmvb", "mxf", "divx",
    }),
    "sound": frozenset({"mp3", "wav", "flac", "ogg", "oga", "opus", "m4a", "aac", "wma", "aif", "aiff", "mid"}),
    "disk image": frozenset({"iso", "dmg", "vmdk", "vdi", "vhd", "vhdx", "qcow2"}),
    "model file": frozenset({"pt", "pth", "ckpt", "onnx", "keras", "tflite", "safetensors", "pb", "gguf"}),
}
PICTURE_EXTENSIONS = frozenset({
    "jpg", "jpeg", "jpe", "jfif", "png", "apng", "gif", "tif", "tiff", "bmp", "dib", "webp", "ppm", "pgm", "pbm",
    "pnm", "jp2", "j2k", "jpx", "psd", "sgi", "rgb", "pcx", "avif", "heic", "heif", "hif", "svg", "ico",
})
# By the kind that they are named for where their content doesn't say it, or says TIFF; see `core.wording.file_kinds`.
UNREAD_PICTURES = {
    "camera_raw": frozenset({
        "cr2", "cr3", "crw", "nef", "nrw", "arw", "srf", "sr2", "dng", "raf", "orf", "rw2", "pef", "srw", "x3f", "3fr",
        "iiq", "erf", "mrw", "kdc", "dcr", "mos", "rwl",
    }),
    "dicom": frozenset({"dcm", "dicom"}),
}
# fmt: on
JUNK_EXTENSIONS = TEXT_EXTENSIONS | TABLE_EXTENSIONS | PROGRAM_EXTENSIONS
ARCHIVE_EXTENSIONS = {"zip", "tar", "tgz", "gz", "bz2", "xz", "zst", "7z", "rar"}
ARCHIVE_PIECE = re.compile(r".+\.((zip|7z|rar|tar|tgz|gz|bz2|xz)\.\d{3}|z\d\d)", re.IGNORECASE)
# Joiners hold together emoji and the letters of Persian and Indic scripts; all other invisible characters are escaped.
KEPT_INVISIBLE = {"\u200c", "\u200d"}

FIRST_ACCENT, LAST_ACCENT = "\u0300", "\u036f"
# As they are typed and as `escape_label` writes them.
SPACE = r"(?:\s|\\x(?:09|0[a-d]|1[c-f]|85|a0)|\\u(?:1680|200[0-9ab]|202[89f]|205f|3000|feff))+"
SPACES_AT_END = re.compile(rf"^{SPACE}|{SPACE}$")


class RefusedName(UnusableFileError):  # noqa: N818 (a verdict on one entry; the import continues)
    """A name that an archive entry must not have."""


def split_name(name: str) -> tuple[str, ...]:
    r"""Returns the parts of an entry's name, `\` read as `/`.

    Raises:
        RefusedName: it is empty, far too long or deep, holds a NUL, or points out of the archive.
    """
    if not name or "\0" in name:
        raise RefusedName("no_name")
    if len(name) > MAX_NAME_LENGTH:
        raise RefusedName("long_name", limit=MAX_NAME_LENGTH)
    path = name.replace("\\", "/")
    if path.startswith("/") or path[1:2] == ":":
        raise RefusedName("absolute_name")
    parts = tuple(part for part in path.split("/") if part not in ("", "."))
    if ".." in parts:
        raise RefusedName("escaping_name")
    if not parts:
        raise RefusedName("no_name")
    if len(parts) > MAX_DEPTH:
        raise RefusedName("deep", limit=MAX_DEPTH)
    return parts


def is_junk(parts: tuple[str, ...]) -> bool:
    """Whether it is a file that often comes with pictures and is silently left out: system files, texts, tables."""
    last = parts[-1].casefold()
    return _is_hidden(parts) or last in JUNK_NAMES or _extension(last) in JUNK_EXTENSIONS


def is_archive(parts: tuple[str, ...]) -> bool:
    """Whether it is an archive or a piece of one, by its name."""
    return _extension(parts[-1].casefold()) in ARCHIVE_EXTENSIONS or is_archive_piece(parts[-1])


def is_archive_piece(name: str) -> bool:
    """Whether a file is named like a piece of an archive that was split: `a.zip.001`, `a.z01`."""
    return ARCHIVE_PIECE.fullmatch(name) is not None


def other_kind(parts: tuple[str, ...]) -> str:
    """Returns what a file surely is by its name, one of `OTHER_KINDS`; empty if it may be a picture."""
    extension = _extension(parts[-1].casefold())
    return next((kind for kind, extensions in OTHER_KINDS.items() if extension in extensions), "")


def unread_picture_kind(parts: tuple[str, ...]) -> str:
    """Returns which kind of picture that isn't read here a file is by its name, one of `UNREAD_PICTURES`, or empty."""
    extension = _extension(parts[-1].casefold())
    return next((kind for kind, extensions in UNREAD_PICTURES.items() if extension in extensions), "")


def has_picture_name(name: str) -> bool:
    """Whether a file has the extension of a picture, whatever its content."""
    return _extension(name.replace("\\", "/").rpartition("/")[2].casefold()) in PICTURE_EXTENSIONS


def is_table(parts: tuple[str, ...]) -> bool:
    """Whether it may be a table of the pictures' classes, such as `labels.csv`."""
    return not _is_hidden(parts) and _extension(parts[-1].casefold()) in LABEL_EXTENSIONS


def _is_hidden(parts: tuple[str, ...]) -> bool:
    return any(part.startswith(".") or part.casefold() in JUNK_FOLDERS for part in parts)


def _extension(name: str) -> str:
    stem, _, extension = name.rpartition(".")
    return extension if stem else ""


def fold_name(name: str) -> str:
    """Returns a form that is equal for names that differ only by case or by how accents are encoded."""
    return unicodedata.normalize("NFC", name).casefold()


def fold_spelling(name: str) -> str:
    """Returns what names have in common that differ only by case, by accents or by the width of their letters.

    Accents are those of Latin, Greek and Cyrillic letters: the marks of other scripts make other letters.
    """
    apart = unicodedata.normalize("NFKD", name)
    bare = "".join(char for char in apart if not FIRST_ACCENT <= char <= LAST_ACCENT)
    return unicodedata.normalize("NFKC", bare).casefold()


def trim_name(name: str) -> str:
    """Returns a name without spaces at its ends, escaped ones too; as it is where there is nothing else in it."""
    return SPACES_AT_END.sub("", name) or name


def escape_label(name: str) -> str:
    """Returns the name with control, direction and other invisible characters escaped."""
    if name.isprintable():
        return name
    return "".join(char if char.isprintable() or char in KEPT_INVISIBLE else _escape(char) for char in name)


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
