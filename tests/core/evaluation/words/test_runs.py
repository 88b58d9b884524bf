import pytest

from core.evaluation.comparison import UnpairedComparison
from core.evaluation.words.runs import run_comparison
from tests.core.evaluation.test_comparison import answers, compare_answers


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ((280, 5, 4, 11), "A and B can't be told apart: on the same 300 pictures they differ on 9, 5 to 4."),
        (
            (300, 0, 0, 12),
            "A and B can't be told apart: on the same 312 pictures they are right and wrong on the same ones.",
        ),
        ((250, 30, 5, 15), "A is better than B: by 5 to 12 points, on the same 300 pictures."),
        ((250, 5, 30, 15), "B is better than A: by 5 to 12 points, on the same 300 pictures."),
        ((1900, 30, 12, 58), "A is better than B: by 0.3 to 1.6 points, on the same 2,000 pictures."),
    ],
)
def test_the_same_pictures(counts, sentence):
    assert run_comparison(compare_answers(*answers(*counts)), "A", "B") == sentence


@pytest.mark.parametrize(
    ("second", "end"),
    [
        ((0.85, 0.95), "They overlap, so neither is shown to be better."),
        ((0.5, 0.6), "They don't overlap: A is better, unless its pictures were easier."),
        ((0.98, 1.0), "They don't overlap: B is better, unless its pictures were easier."),
    ],
)
def test_different_pictures(second, end):
    text = run_comparison(UnpairedComparison((0.9, 0.97), second), "A", "B")
    assert text.startswith(
        "A and B have different validation pictures, so only the intervals can be compared: 90.0 to 97.0 % and "
    )
    assert text.endswith(end)
