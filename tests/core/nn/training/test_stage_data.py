import pytest

from core.nn.training.stage_data import num_measured


@pytest.mark.parametrize(
    ("num_training", "num_validation", "measured"), [(24, 6, 24), (5000, 900, 1000), (5000, 1250, 1250), (10, 90, 10)]
)
def test_the_training_curve_is_measured_on_as_many_pictures_as_the_validation_curve(
    num_training, num_validation, measured
):
    assert num_measured(num_training, num_validation) == measured
