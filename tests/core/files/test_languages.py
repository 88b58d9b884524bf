"""The letters of languages can be written in the code pages that are said to hold them."""

import pytest

from core.files.languages import (
    ALPHABETS,
    COMMON_CHINESE,
    COMMON_HANGUL,
    COMMON_KANJI,
    COMMON_TRADITIONAL,
    LATIN_LANGUAGES,
)

# A letter may be missing in one page of a language, such as the euro of old ones, but not in many.
MOST_MISSING = 0.35


@pytest.mark.parametrize(
    ("letters", "codec"),
    [(letters, codec) for letters, *_, pages in (*ALPHABETS, *LATIN_LANGUAGES) for codec, _ in pages],
    ids=lambda value: value if value.isascii() else "letters",
)
def test_most_letters_are_in_the_code_page(letters, codec):
    assert len(set(letters)) == len(letters)
    held = letters.encode(codec, errors="ignore").decode(codec)
    assert len(held) >= len(letters) * (1 - MOST_MISSING)


@pytest.mark.parametrize(
    ("characters", "codec"),
    [
        (COMMON_CHINESE, "gb2312"),
        (COMMON_TRADITIONAL, "big5"),
        (COMMON_KANJI, "shift_jis"),
        (COMMON_HANGUL, "euc_kr"),
    ],
)
def test_common_characters_are_in_the_code_page(characters, codec):
    assert characters.encode(codec).decode(codec) == characters
    assert len(set(characters)) == len(characters)
