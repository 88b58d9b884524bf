import pytest

from core.datasets.quality.quality_checks import FINDERS
from core.wording.coded import Reason
from core.wording.issues import ADVICE, DETAILS, advice, issue_detail


@pytest.mark.parametrize(
    ("code", "parameters", "words"),
    [
        ("copy", {"name": "a.png", "is_exact": True}, "the same picture as a.png"),
        ("copy", {"name": "a", "is_exact": False, "split": "train"}, "nearly the same picture as a, which is in train"),
        (
            "copy",
            {"name": "a", "is_exact": True, "class_name": "cat"},
            "the same picture as a, which is in the class cat",
        ),
        ("brightness", {"share": 0.034}, "its average brightness is 3% of white"),
        ("blurry", {"times": 2.04}, "its sharpest edges are 2.0 times as soft as usual here"),
        ("blurry", {"times": 1.0}, "it has no clear edges"),
        ("odd_shape", {"width": 500, "height": 100}, "5.0 times as wide as tall"),
        ("odd_shape", {"width": 100, "height": 400}, "4.0 times as tall as wide"),
        ("empty", {}, "empty, it has 0 bytes"),
        ("boring", {}, "for a reason that this version of the studio doesn't know (boring)"),
    ],
)
def test_details_in_words(code, parameters, words):
    assert issue_detail(Reason(code, parameters)) == words


def test_advice_in_words():
    assert advice("leak", {"count": 1}).startswith("1 picture is in the train folder and among")
    assert advice("leak", {"text": "Mind."}) == "Mind."
    assert "(moon_phase)" in advice("moon_phase", {})


def test_no_code_has_two_meanings():
    assert "text" not in DETAILS and "text" not in ADVICE and set(FINDERS) - set(DETAILS) == {"blank", "dark", "bright"}
