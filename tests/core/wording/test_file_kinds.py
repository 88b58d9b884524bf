"""Names for kinds of files."""

import pytest

from core.images.signatures import OTHER_PREFIXES, PICTURE_PREFIXES, file_kind
from core.wording import file_kinds as words


def test_every_kind_has_words():
    assert {file_kind(head) for head in OTHER_PREFIXES} <= set(words.KINDS)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_formats_of_pictures_have_pillows_names(kind):
    assert words.file_kind(kind) == f"a {kind} picture"


def test_articles_match_the_pronunciation():
    """AVIF begins with a vowel, and SGI sounds like it does."""
    assert [words.file_kind(kind) for kind in ("AVIF", "SGI", "xz", "svg")] == [
        "an AVIF picture",
        "an SGI picture",
        "an xz archive",
        "an SVG drawing",
    ]
    for kind in {file_kind(head) for head in [*OTHER_PREFIXES, *PICTURE_PREFIXES]}:
        assert not words.file_kind(kind).startswith(("a A", "a E", "a I", "a O"))


def test_words_fit_after_is():
    for kind in words.KINDS:
        assert words.file_kind(kind).startswith(("a ", "an ", "one part of ", "of ", "empty"))
