"""One answer, large."""

from core.evaluation.prediction import Prediction, Verdict
from pages.components.testing import answer_view
from pages.components.testing.answering import Answered
from pages.components.testing.picture import Picture

NAMES = (*"abcdef", "<b>g")


def answer(verdict):
    return Prediction("<b>g", 0.7, NAMES, (0.05,) * 6 + (0.7,), verdict)


def test_bars_are_the_most_probable_classes_and_grey_without_an_answer():
    sure, unlike = (answer_view.bars(answer(verdict)) for verdict in (Verdict.SURE, Verdict.UNLIKE))
    assert sure.count("<li>") == answer_view.MOST_BARS
    assert sure.index("&lt;b&gt;g") < sure.index(">a<") and "<b>" not in sure
    assert "width: 70.0%" in sure and "70.0 %" in sure
    assert "quiet" in unlike and "quiet" not in sure


def test_the_answer_is_a_dash_with_the_nearest_class_behind_it_if_unlike_anything_seen():
    assert answer_view.in_words(answer(Verdict.UNSURE)) == r"\<b\>g"
    assert answer_view.in_words(answer(Verdict.UNLIKE)) == r"– :gray[nearest: \<b\>g]"


def test_each_verdict_has_a_word_a_colour_and_a_symbol_of_its_own():
    assert set(answer_view.VERDICTS) == set(Verdict)
    for kind in zip(*answer_view.VERDICTS.values(), strict=True):
        assert len(set(kind)) == len(Verdict)


def test_the_true_class_is_named_where_it_is_not_the_answer():
    def line(true_class, verdict=Verdict.SURE):
        return answer_view.name_line(Answered(1, Picture("x.png", b"", "x", true_class), answer(verdict)))

    assert line("") == line("<b>g") == r"x\.png"
    assert line("a") == r"True class: **a** · x\.png"
    assert line("<b>g", Verdict.UNLIKE).startswith("True class")
