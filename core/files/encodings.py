"""Guesses the code page of texts from old programs: file names in a zip, the rows of a CSV.

They are a handful of words, too short for detectors made for pages of text. So each code page is asked
how likely such words are in one of its languages, letter by letter: a capital inside a word, a Cyrillic letter beside
a Latin one or a rare character speaks against it. Whatever is valid UTF-8 is UTF-8.
"""

import codecs
import io
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from core.files.languages import (
    ALPHABETS,
    COMMON_CHINESE,
    COMMON_HANGUL,
    COMMON_KANJI,
    COMMON_TRADITIONAL,
    LATIN_LANGUAGES,
    VOWELS,
)

CHUNK_BYTES = 64 * 1024
# How many different words are enough.
MOST_WORDS = 3000
# How many likelihoods of letters between others are cached.
MOST_CACHED = 50_000
# Bytes that end a word and are never the second half of a character.
SEPARATORS = bytes((*range(0x30), *range(0x3A, 0x40)))
TO_SPACES = bytes.maketrans(SEPARATORS, b" " * len(SEPARATORS))
# How many leading bytes are searched for zeros.
HEAD_BYTES = 4096
# The likelihood of characters that hardly belong: one from no language of the code page, a sign inside a word.
STRANGE, SIGN = 1e-7, 2e-5
ASCII_LETTER = 1 / 40
CAPITAL, CAPITAL_AFTER_CAPITAL, CAPITAL_INSIDE = 0.2, 0.8, 0.005
# How much of a text in another alphabet its own letters make up.
ALPHABET_SHARE = 0.98
MIXED, APART = 0.003, 0.1


@dataclass(frozen=True)
class _Reading:
    """A code page with one of the languages written in it.

    Attributes:
        codec: its name in Python.
        prior: how common it is, relative to the others.
        likelihood: likelihood of a character, given the one before it and the one after it.
    """

    codec: str
    prior: float
    likelihood: Callable[[str, str, str], float]


def guess_encoding(data: bytes) -> str:
    """Returns the name of the codec that texts are most likely encoded in.

    Args:
        data: all names of an archive, one per line, or a whole table: the more words, the surer the guess.

    Returns:
        `utf-8`, `utf-8-sig` or `utf-16` with a mark, `utf-16-le` or `utf-16-be` without one, or a code page. It decodes
        all of the data.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if wide := _without_mark(data):
        return wide
    if fits(data, "utf-8"):
        return "utf-8-sig" if data.startswith(codecs.BOM_UTF8) else "utf-8"
    return guess_code_page(data)


def guess_code_page(data: bytes) -> str:
    """Returns the most likely code page of texts that aren't Unicode. It decodes all of them."""
    words = _words(data)
    scores = [(_score(words, reading), reading.codec) for reading in _readings()]
    likely = sorted((pair for pair in scores if pair[0] > -math.inf), reverse=True)
    return next((codec for _, codec in likely if fits(data, codec)), "latin-1")


def fits(data: bytes, encoding: str) -> bool:
    """Whether all of the data can be decoded. Needs little memory."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for start in range(0, len(data), CHUNK_BYTES):
            decoder.decode(data[start : start + CHUNK_BYTES])
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _without_mark(data: bytes) -> str:
    """Returns the kind of UTF-16 by the zeros beside a text's ASCII letters; empty if there are none."""
    head = data[: HEAD_BYTES - HEAD_BYTES % 2]
    zeros = (head[::2].count(0), head[1::2].count(0))
    if len(data) % 2 or max(zeros) * 4 < len(head) // 2 or min(zeros) * 10 > max(zeros) or max(zeros) == 0:
        return ""
    encoding = "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"
    return encoding if fits(data, encoding) else ""


def _words(data: bytes) -> list[bytes]:
    """Returns different words that aren't plain ASCII."""
    file = io.BytesIO(data)
    words: dict[bytes, None] = {}
    while len(words) < MOST_WORDS and (line := file.readline(CHUNK_BYTES)):
        if not line.isascii():
            words.update((word, None) for word in line.translate(TO_SPACES).split() if not word.isascii())
    return list(words)[:MOST_WORDS]


def _score(words: Iterable[bytes], reading: _Reading) -> float:
    """Returns the logarithm of the likelihood of the words in this reading."""
    score = math.log(reading.prior)
    try:
        for word in words:
            text = f" {word.decode(reading.codec)} "
            for before, char, after in zip(text, text[1:], text[2:], strict=False):
                score += math.log(ASCII_LETTER if char.isascii() else reading.likelihood(before, char, after))
    except UnicodeDecodeError:
        return -math.inf
    return score


@cache
def _readings() -> tuple[_Reading, ...]:
    # Alphabets that don't mix with Latin letters, then languages written in ASCII letters and some more.
    alphabets = ((pages, _alphabet(_ranked(letters, ALPHABET_SHARE))) for letters, pages in ALPHABETS)
    latin = ((pages, _latin(_ranked(letters, share))) for letters, share, pages in LATIN_LANGUAGES)
    narrow = (_Reading(codec, prior, fit) for pages, fit in (*alphabets, *latin) for codec, prior in pages)
    return (*_wide_readings(), *narrow)


def _wide_readings() -> Iterator[_Reading]:
    """Yields the code pages of Chinese, Japanese and Korean, whose characters take two bytes."""
    chinese = _of_groups(("gb2312", 0xB0, 0xD7, 3755, 0.2), ("gb2312", 0xD8, 0xF7, 3008, 0.02), common=COMMON_CHINESE)
    traditional = _of_groups(
        ("big5", 0xA4, 0xC6, 5401, 0.25), ("big5", 0xC9, 0xF9, 7652, 0.02), common=COMMON_TRADITIONAL
    )
    korean = _of_groups(("euc_kr", 0xB0, 0xC8, 2350, 0.12), ("euc_kr", 0xCA, 0xFD, 4888, 0.002), common=COMMON_HANGUL)
    japanese = _japanese()
    for codec, prior, likelihood in (
        ("gb18030", 1.0, chinese),
        ("cp950", 0.5, traditional),
        ("cp949", 0.5, korean),
        ("cp932", 0.6, japanese),
        ("euc_jp", 0.02, japanese),
    ):
        yield _Reading(codec, prior, _beside_ascii(likelihood))


def _beside_ascii(likelihood: Callable[[str], float]) -> Callable[[str, str, str], float]:
    """Returns the likelihood of a character between others, given that it is rarely beside an ASCII letter."""
    return lambda before, char, after: likelihood(char) * (APART if _is_ascii_letter(before, after) else 1.0)


def _of_groups(*groups: tuple[str, int, int, int, float], common: str) -> Callable[[str], float]:
    """Returns how likely a character is by its part of the code page.

    Args:
        *groups: for each part, the codec, its first and last leading byte, its number of characters, and its share of
            texts.
        common: characters that make up most of the rest.
    """
    rest = 1 - sum(group[-1] for group in groups) - 0.01
    chars = frozenset(common)

    @lru_cache(MOST_CACHED)
    def likelihood(char: str) -> float:
        found = STRANGE
        if char in chars:
            found = rest / len(chars)
        for codec, first, last, size, share in groups:
            code = _code(char, codec)
            if len(code) == 2 and first <= code[0] <= last:
                return found + share / size
        return max(found, SIGN) if char not in chars and len(_code(char, groups[0][0])) == 2 else found

    return likelihood


def _japanese() -> Callable[[str], float]:
    kanji = _of_groups(("shift_jis", 0x88, 0x97, 2965, 0.2), ("shift_jis", 0x98, 0xEA, 3390, 0.01), common=COMMON_KANJI)

    def likelihood(char: str) -> float:
        if "\u3041" <= char <= "\u3096":
            return 0.3 / 83
        if "\u30a1" <= char <= "\u30fc":
            return 0.3 / 86
        if "\uff61" <= char <= "\uff9f":
            return SIGN
        return 0.5 * kanji(char)

    return likelihood


def _is_ascii_letter(*chars: str) -> bool:
    """Whether one of them is an ASCII letter."""
    return any(char.isascii() and char.isalpha() for char in chars)


def _code(char: str, codec: str) -> bytes:
    try:
        return char.encode(codec)
    except UnicodeEncodeError:
        return b""


def _alphabet(letters: dict[str, float]) -> Callable[[str, str, str], float]:
    @lru_cache(MOST_CACHED)
    def likelihood(before: str, char: str, after: str) -> float:
        share = letters.get(char) or letters.get(char.lower())
        if share is None:
            return SIGN / 10 if not char.isalpha() else STRANGE
        if char.isupper() and char.lower() != char:
            share *= _fit_of_capital(before)
        if _is_ascii_letter(before, after):
            share *= MIXED
        return share

    return likelihood


def _latin(letters: dict[str, float]) -> Callable[[str, str, str], float]:
    @lru_cache(MOST_CACHED)
    def likelihood(before: str, char: str, after: str) -> float:
        share = letters.get(char) or letters.get(char.lower())
        if share is None:
            return SIGN if not char.isalpha() else STRANGE
        if char.isupper():
            share *= _fit_of_capital(before)
        elif before.isupper() and after.isupper():
            share *= CAPITAL_INSIDE
        if not _is_ascii_letter(before, after):
            share *= APART
        return share * _fit_of_sounds(before, char)

    return likelihood


def _fit_of_capital(before: str) -> float:
    """Returns how likely a capital is after another character, among all letters there."""
    return CAPITAL_AFTER_CAPITAL if before.isupper() else CAPITAL_INSIDE if before.isalpha() else CAPITAL


def _fit_of_sounds(before: str, char: str) -> float:
    """Returns how well a letter follows another: vowels rarely follow vowels, or consonants consonants."""
    if not before.isalpha():
        return 1.0
    if (before.lower() in VOWELS) != (char.lower() in VOWELS):
        return 1.0
    return 0.15 if char.lower() in VOWELS else 0.4


def _ranked(letters: str, share: float) -> dict[str, float]:
    """Returns how likely each letter is. They are given with the most frequent first."""
    weights = [1 / (rank + 3) for rank in range(len(letters))]
    return {letter: share * weight / sum(weights) for letter, weight in zip(letters, weights, strict=True)}
