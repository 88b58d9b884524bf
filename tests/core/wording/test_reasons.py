import pytest

from core.errors import DatasetError
from core.wording.coded import Reason
from core.wording.reasons import WORDS, UnusableFileError, reason


@pytest.mark.parametrize(
    ("code", "parameters", "words"),
    [
        ("empty", {}, "empty, it has 0 bytes"),
        ("large_file", {"limit_bytes": 256 * 2**20}, "it is larger than 256 MB"),
        ("no_picture", {"kind": "web_page"}, "not a picture that can be read, it is a web page"),
        (
            "format_not_read",
            {"kind": "AVIF"},
            "an AVIF picture, which the installed Pillow can't read: save it as JPEG",
        ),
        (
            "too_many_pixels",
            {"pixels": 50_010_000, "limit": 5e7},
            "too large, 50.1 million pixels where 50 are allowed",
        ),
        ("too_many_pixels", {"pixels": 3e8, "limit": 1e8}, "too large, 300 million pixels where 100 are allowed"),
        ("no_class", {"tables": ["a.csv"]}, "a.csv says no class for it"),
        ("no_class", {"tables": ["a.csv", "b.csv"]}, "a.csv and b.csv say no class for it"),
        ("boring", {}, "left out for a reason that this version of the studio doesn't know (boring)"),
    ],
)
def test_reasons_in_words(code, parameters, words):
    assert reason(Reason(code, parameters)) == words


def test_an_error_about_a_file_has_a_code_and_words():
    error = UnusableFileError("deep", limit=64)
    assert (error.reason, str(error)) == (Reason("deep", {"limit": 64}), "it lies more than 64 folders deep")
    assert isinstance(error, DatasetError) and "text" not in WORDS
