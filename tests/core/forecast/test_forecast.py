from dataclasses import replace

import pytest

from core.forecast.forecast import Speeds, StageSpeed, Work, make_forecast

SPEEDS = Speeds(
    decode_seconds=0.001,
    prefix_seconds=0.009,
    prepare_seconds=2.0,
    head_inputs_seconds=0.0,
    row_bytes=2**20,
    head=StageSpeed(step_seconds=0.01, row_seconds=1e-4, checkpoint_seconds=0.02),
)
WORK = Work(
    pictures_to_compute=900,
    views_to_compute=0,
    rows=900,
    training_pictures=601,
    measured_pictures=900,
    batch_size=32,
    head_epochs=10,
    fine_tune_epochs=0,
    free_memory_bytes=2**30,
)


def test_a_frozen_backbone():
    forecast = make_forecast(SPEEDS, WORK)
    assert forecast.features_seconds == pytest.approx(900 * 0.01 + 2)
    assert forecast.head_epoch_seconds == pytest.approx(19 * 0.01 + 900 * 1e-4 + 0.02)
    assert forecast.total_seconds == pytest.approx(1.5 + 11 + 10 * 0.3)
    assert forecast.fits_in_memory


def test_cached_pictures_cost_nothing():
    forecast = make_forecast(SPEEDS, replace(WORK, pictures_to_compute=0, free_memory_bytes=1))
    assert forecast.features_seconds == 0
    assert not forecast.fits_in_memory


def test_a_worker_that_has_to_load_tensorflow_takes_longer():
    warm, cold = (make_forecast(SPEEDS, WORK, is_warm).total_seconds for is_warm in (True, False))
    assert cold == pytest.approx(warm + 5)


def test_augmented_versions_are_part_of_the_features():
    forecast = make_forecast(SPEEDS, replace(WORK, pictures_to_compute=1500, views_to_compute=600))
    assert forecast.features_seconds == pytest.approx(1500 * 0.01 + 2)
    assert forecast.views_seconds == pytest.approx(600 * 0.01)
