"""Finds one encoding for all names in an archive that don't declare theirs.

Old programs use the code page of their system. A single name says too little about it (the two bytes of a Chinese
character may be a French letter in UTF-8), and only whole characters show where folders end: the second byte of a
Japanese character may be that of a backslash.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from core.datasets.names import escape_label
from core.errors import DatasetError
from core.files.encodings import fits, guess_code_page
from core.settings import MEGABYTE
from core.wording.coded import Note, Reason

UTF8 = "utf-8"
# Begins Japanese characters encoded in seven bits.
SHIFT_IN = b"\x1b$"
SEVEN_BITS = "iso2022_jp"
MAX_NAMES_BYTES = 16 * MEGABYTE
SOME_NAME = b"cats/1.png"
NON_ASCII = re.compile(r"[^\x00-\x7f]+")
# A two-byte character can be valid UTF-8 by chance: at most this many in a row, with no letter beside them.
MOST_BY_CHANCE = 2
LAST_OF_TWO_BYTES = "\u07ff"
SURE, POSSIBLE, EXCLUDED = "sure", "possible", "excluded"
# The first and last letters of alphabets that people use: chance hits other characters, and mixes alphabets.
ALPHABETS = tuple(
    frozenset(map(chr, range(ord(first), ord(last) + 1)))
    for first, last in (("À", "ſ"), ("Α", "ώ"), ("А", "ё"), ("א", "ת"), ("ء", "ي"))
)
BACKSLASH_IN_CHARACTER = re.compile(rb"(?<=[\x80-\xff])\\")
BACKSLASH_OF_A_NAME = "\N{FULLWIDTH REVERSE SOLIDUS}"


@dataclass(frozen=True)
class NameEncoding:
    """The encoding of an archive's names.

    Attributes:
        codec: its name in Python.
        is_sure: whether it is certain rather than guessed.
        is_asked: whether the user named it.
        has_slashes: whether the archive separates folders with slashes.
    """

    codec: str = UTF8
    is_sure: bool = True
    has_slashes: bool = True
    is_asked: bool = False

    def decode(self, raw: bytes) -> tuple[str, Reason | None]:
        """Returns a name and what is wrong with it."""
        try:
            text = raw.decode(self.codec)
        except UnicodeDecodeError:
            return raw.decode(self.codec, "replace"), Reason("name_encoding", {"encoding": self.codec})
        if self.has_slashes and len(text) == len(raw):
            # If the guess were wrong, a folder could end in the middle of a character.
            for found in BACKSLASH_IN_CHARACTER.finditer(raw):
                text = f"{text[: found.start()]}{BACKSLASH_OF_A_NAME}{text[found.end() :]}"
        return text, None

    def receipt(self, archive: str, raw_names: Iterable[bytes]) -> list[Note]:
        """Returns a note on an encoding that was guessed or asked for, with a name as an example."""
        if self.is_sure and not self.is_asked:
            return []
        code = "asked_name_encoding" if self.is_asked else "name_encoding"
        example = escape_label(self.decode(next(raw for raw in raw_names if not is_plain(raw)))[0])
        return [Note(code, {"archive": archive, "encoding": self.codec, "example": example})]


class Names:
    """Distinct names that aren't plain, as many as fit into memory."""

    def __init__(self) -> None:
        self.collected: set[bytes] = set()
        self._num_bytes = 0

    def add(self, raw: bytes) -> None:
        """Keeps a name, unless it is plain or there are too many."""
        if not is_plain(raw) and raw not in self.collected and self._num_bytes + len(raw) < MAX_NAMES_BYTES:
            self.collected.add(raw)
            self._num_bytes += len(raw)


def is_plain(raw: bytes) -> bool:
    """Whether a name is the same in all encodings."""
    return raw.isascii() and SHIFT_IN not in raw


def find_encoding(raw_names: Iterable[bytes], asked: str, archive: str) -> NameEncoding:
    """Returns the encoding of names that don't declare theirs.

    Args:
        raw_names: all the names, or all that aren't plain.
        asked: the encoding that the user named; empty to guess it. Names that are clearly UTF-8 are read as UTF-8.
        archive: what the archive is called in messages.

    Raises:
        DatasetError: names can't be read in the encoding that was asked for.
    """
    names = list(raw_names)
    has_slashes = any(b"/" in name for name in names)
    names = [name for name in names if not is_plain(name)]
    # Names that nobody can have typed are refused anyway; a slash is never half of a character in any code page.
    data = b"\n".join(name.replace(b"\n", b" ").replace(b"/", b"\n") for name in names)
    utf8 = _likelihood_of_utf8(data) if names else SURE
    if utf8 == SURE:
        return NameEncoding(UTF8, True, has_slashes)
    if asked and _keeps_ascii(asked):
        encoding = NameEncoding(asked, True, has_slashes, is_asked=True)
        _check_fit(names, encoding, archive)
        return encoding
    if any(SHIFT_IN in name for name in names) and all(fits(name, SEVEN_BITS) for name in names):
        return NameEncoding(SEVEN_BITS, False, has_slashes)
    return NameEncoding(UTF8 if utf8 == POSSIBLE else guess_code_page(data), False, has_slashes)


def _likelihood_of_utf8(data: bytes) -> str:
    """Returns whether texts are UTF-8, or may be a few characters of a code page that are valid UTF-8 by chance."""
    if not fits(data, UTF8):
        return EXCLUDED
    text = data.decode(UTF8)
    letters: set[str] = set()
    for found in NON_ASCII.finditer(text):
        run, start, end = found.group(), found.start(), found.end()
        if (
            len(run) > MOST_BY_CHANCE
            or max(run) > LAST_OF_TWO_BYTES
            or any(map(str.isalpha, _around(text, start, end)))
        ):
            return SURE
        letters.update(run)
    return POSSIBLE if any(map(letters.issubset, ALPHABETS)) else EXCLUDED


def _around(text: str, start: int, end: int) -> str:
    return text[max(0, start - 1) : start] + text[end : end + 1]


def _keeps_ascii(encoding: str) -> bool:
    """Whether plain names are the same in it. Names can't be in UTF-16 and the like, only tables can."""
    try:
        return SOME_NAME.decode(encoding) == SOME_NAME.decode()
    except UnicodeError:
        return False


def _check_fit(names: list[bytes], encoding: NameEncoding, archive: str) -> None:
    for name in names:
        text, problem = encoding.decode(name)
        if problem:
            raise DatasetError(
                f"The names in {archive} can't be read as {encoding.codec}, such as {escape_label(text)}. Choose the "
                "encoding that they were written in, or none to have it guessed."
            )
