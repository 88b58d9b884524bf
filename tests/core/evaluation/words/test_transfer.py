"""What transfer was worth, in words."""

import pytest

from core.evaluation.comparison import UnpairedComparison, compare_answers
from core.evaluation.pixel_answers import PixelAnswers
from core.evaluation.words.transfer import NEGATIVE, against_frozen, against_pixels, against_scratch
from tests.core.evaluation.test_comparison import answers

PIXELS = PixelAnswers({}, 160, 16)
# On both, only the first, only the second, and neither right.
BETTER, WORSE, LIKE, SAME = (50, 40, 2, 8), (50, 2, 40, 8), (80, 5, 4, 11), (90, 0, 0, 10)


def found(counts: tuple[int, int, int, int]):
    return compare_answers(*answers(*counts))


@pytest.mark.parametrize(
    ("counts", "is_pretrained", "end"),
    [
        (
            BETTER,
            True,
            "gets 52 of 100 right, this model 90. The network is worth 38 points (plausibly 27 to 48) more.",
        ),
        (WORSE, True, f"The pixels alone are better by 38 points (plausibly 27 to 48). {NEGATIVE}"),
        (WORSE, False, "From so few pictures, the network has learned less than the pixels tell."),
        (
            LIKE,
            True,
            "That is within what chance does: they differ on 9 pictures, 5 to 4. So it isn't shown that a network is "
            "needed for these pictures.",
        ),
        (
            SAME,
            True,
            "They are right and wrong on the same ones. So it isn't shown that a network is needed for these pictures.",
        ),
    ],
)
def test_a_model_and_the_bare_pixels(counts, is_pretrained, end) -> None:
    sentence = against_pixels(found(counts), PIXELS, is_pretrained)
    assert sentence.startswith("A support vector machine on nothing but the pixels (16 x 16, trained on 160 pictures) ")
    assert sentence.endswith(end)


def test_pictures_that_could_not_be_read_are_counted() -> None:
    sentence = against_pixels(found(BETTER), PixelAnswers({}, 160, 16, num_unreadable=1), True)
    assert "1 picture couldn't be read for it and was left out." in sentence
    sentence = against_pixels(found(BETTER), PixelAnswers({}, 160, 16, num_unreadable=2), True)
    assert "2 pictures couldn't be read for it and were left out." in sentence


@pytest.mark.parametrize(
    ("counts", "words", "fine_tuned"),
    [
        (
            BETTER,
            "With pretrained features 90 of 100 are right, from scratch 52. Pretrained features **gain 38 points "
            "(plausibly 27 to 48)** over training from scratch.",
            "Fine-tuned, 90 of 100 are right, on frozen features 52. Fine-tuning **gains 38 points (plausibly 27 to "
            "48)**.",
        ),
        (
            WORSE,
            "With pretrained features 52 of 100 are right, from scratch 90. Pretrained features **cost 38 points "
            f"(plausibly 27 to 48)**. {NEGATIVE}",
            "Fine-tuned, 52 of 100 are right, on frozen features 90. Fine-tuning **costs 38 points (plausibly 27 to "
            "48)**: frozen features are the better choice here.",
        ),
        (
            LIKE,
            "With pretrained features 85 of 100 are right, from scratch 84. That is within what chance does: they "
            "differ on 9 pictures, 5 to 4. So it isn't shown that transfer helped.",
            "Fine-tuned, 85 of 100 are right, on frozen features 84. That is within what chance does: they differ on 9 "
            "pictures, 5 to 4. So it isn't shown that fine-tuning helped.",
        ),
    ],
)
def test_two_models(counts, words, fine_tuned) -> None:
    assert against_scratch(found(counts)) == words
    assert against_frozen(found(counts)) == fine_tuned


def test_models_with_different_pictures() -> None:
    assert against_scratch(UnpairedComparison((0.8, 0.9), (0.5, 0.7))) == (
        "They have different validation pictures: with pretrained features plausibly 80 to 90 % are right, from "
        "scratch 50 to 70 %."
    )
    assert against_frozen(UnpairedComparison((0.8, 0.9), (0.85, 0.95))).endswith(
        "These overlap, so neither is shown to be better."
    )
