import pytest

from core.forecast.advice import Advice, NetworkRating
from core.forecast.advice_wording import MOST_GAIN, RANKING, TOO_FEW, comparison, cost, measured, outlook


def advice(num_right: int, num_tried: int, backbone: str = "efficientnet_lite0") -> Advice:
    return Advice(backbone, num_right=num_right, num_tried=num_tried, num_folds=5, num_classes=2)


def test_what_was_measured_comes_with_its_interval_and_how_it_was_found():
    assert measured(advice(372, 400)) == (
        "The bundled network tells these apart to about 93 % (plausibly 90 to 95 %), by 5-fold cross-validation on 400 "
        "training pictures"
    )
    assert measured(advice(20, 20, "vgg16")).startswith(
        "VGG16 as it is tells these apart to about 100 % (plausibly 83 to 100 %)"
    )


def test_nearly_all_is_not_all():
    assert "about 99 % (plausibly 99 to 99 %)" in measured(advice(1998, 2000))


def test_too_few_pictures_are_no_accuracy_of_nothing():
    assert measured(advice(0, 0)) == TOO_FEW
    assert outlook(advice(0, 0)) == ""


@pytest.mark.parametrize(("num_right", "most"), [(197, 2), (120, MOST_GAIN)])
def test_fine_tuning_may_add_what_it_added_elsewhere_but_no_more_than_is_missing(num_right, most):
    words = outlook(advice(num_right, 200))
    assert words.startswith(f"Fine-tuning may add up to {most} points, or nothing.")


def test_where_nearly_nothing_is_missing_it_has_nothing_to_add():
    assert outlook(advice(99, 100)).startswith("Fine-tuning has next to nothing to add here.")


def test_the_cost_is_said_with_the_time_if_that_is_known():
    assert "720 pictures would go through it first (about 12 s at most); what is read is kept" in cost(720, 12.0)
    assert "1 picture would go through it first; what is read" in cost(1, None)


def test_networks_are_rated_side_by_side_and_none_is_recommended():
    rated = (NetworkRating("efficientnet_lite0", -0.273, 0.96), NetworkRating("vgg16", -0.237, 0.95))
    words = comparison(Advice("efficientnet_lite0", num_right=9, num_tried=10, ratings=rated))
    assert words.startswith("EfficientNet-Lite0 LogME \u22120.27, nearest mean 96 %; VGG16 LogME \u22120.24, ")
    assert words.endswith(RANKING)
    assert comparison(Advice("efficientnet_lite0", num_right=9, num_tried=10, ratings=rated[:1])) == ""
