"""Why files were left out, in words that follow the file's name and a colon."""

import math
from collections.abc import Sequence
from typing import Any

from core.errors import DatasetError
from core.settings import MEGABYTE
from core.wording.coded import Catalogue, Reason, words_of
from core.wording.file_kinds import file_kind

UNKNOWN = "left out for a reason that this version of the studio doesn't know ({code})"


def reason(found: Reason) -> str:
    """Returns why a file was left out, such as `empty, it has 0 bytes`."""
    return words_of(found, WORDS, UNKNOWN)


class UnusableFileError(DatasetError):
    """A file that is left out while the others are used. Its message is the reason, worded to follow the file's name.

    Args:
        code: one of `WORDS`.
        **parameters: parameters of its words.
    """

    def __init__(self, code: str, **parameters: Any) -> None:
        self.reason = Reason(code, parameters)
        super().__init__(reason(self.reason))


def _no_class(tables: Sequence[str], more: int = 0) -> str:
    return f"{_tables(tables, more)} {'says' if len(tables) + more == 1 else 'say'} no class for it"


def _several_classes(tables: Sequence[str], classes: Sequence[str], more: int = 0) -> str:
    says = "says" if len(tables) + more == 1 else "say"
    return f"{_tables(tables, more)} {says} several classes for it: {', '.join(classes)}"


def _tables(names: Sequence[str], more: int) -> str:
    return " and ".join([*names, f"{more:,} more"] if more else names)


def _too_many_pixels(pixels: float, limit: float) -> str:
    millions = f"{math.ceil(pixels / 1e5) / 10:,.1f}".removesuffix(".0")  # rounded up: 50.01 is more than 50
    return f"too large, {millions} million pixels where {limit / 1e6:,.0f} are allowed"


WORDS: Catalogue = {
    # Names in archives.
    "no_name": "its name is empty or holds a zero byte",
    "long_name": "its name is longer than {limit:,} characters",
    "absolute_name": "its name is an absolute path",
    "escaping_name": "its name points out of the archive",
    "wrong_encoding": "its name isn't valid UTF-8, though it claims to be",
    "name_encoding": "its name can't be read as {encoding}, as the others can",
    "deep": "it lies more than {limit} folders deep",
    "same_name": "another file has the same name, the first one is kept",
    # Files on disk and in archives.
    "link": "it is a link, and links aren't followed",
    "irregular": "it isn't a regular file",
    "unreadable": "it can't be read ({why})",
    "not_opened": "the file can't be opened ({why})",
    "archive_inside": "archives inside an archive aren't opened, unpack it first",
    "large_file": lambda limit_bytes: f"it is larger than {limit_bytes / MEGABYTE:,.0f} MB",
    "large_table": lambda limit_bytes: f"tables of more than {limit_bytes / MEGABYTE:,.0f} MB aren't read",
    "cut_off_in_tar": "it is cut off",
    "packing": "it is packed with {method}, which can't be unpacked here: make the zip with the usual Deflate",
    "memory_hungry": "unpacking it takes too much memory: make the zip with the usual Deflate",
    "undersized": "it is larger than the zip says",
    "damaged_in_zip": "it is damaged inside the zip and can't be unpacked",
    "wrong_checksum": "it is damaged inside the zip: its checksum is wrong",
    "overlapping": "it is damaged inside the zip: it overlaps the next entry",
    "no_header": "it is damaged inside the zip: it has no header",
    "contradictory": "the zip describes it in two ways that don't agree",
    # Pictures.
    "empty": "empty, it has 0 bytes",
    "no_picture": lambda kind: f"not a picture that can be read, it is {file_kind(kind)}",
    "format_not_read": lambda kind: f"{file_kind(kind)}, which the installed Pillow can't read: save it as JPEG",
    "heic_package": (
        "a HEIC picture, which needs one more package: run `pip install pillow-heif` and start again, or save it as "
        "JPEG"
    ),
    "too_small": "too small, {width} x {height} pixels where at least {least} x {least} are expected",
    "too_many_pixels": _too_many_pixels,
    "too_large": "too large, {width} x {height} pixels where {limit:,} a side are allowed",
    "number_format": "its brightness is stored in 32-bit or floating-point numbers, save it with 8 or 16 bits",
    "too_large_for_memory": "too large for this machine's memory",
    "absurd_size": "too large, it claims far more pixels than are allowed",
    "absurd_profile": "its colour profile or its text is absurdly large",
    "cut_off": "cut off, the file ends before the picture does",
    "damaged": "damaged, it can't be decoded",
    # Intact pictures that belong to no class.
    "outside": "it lies outside the class folders",
    "misnamed": "its name doesn't begin with a class and end in a number",
    "no_class": _no_class,
    "several_classes": _several_classes,
    # Pictures that were imported before.
    "known": "it is in {dataset} already, in the class {class_name}",
    "twice": "it is the same picture as {name}",
}
