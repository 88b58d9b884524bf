"""The finder's result is sent from its process to the page that shows it."""

import pickle
from dataclasses import FrozenInstanceError

import pytest

from core.forecast.rate_curve import RateCurve

CURVE = RateCurve(rates=(1e-4, 1e-3, 1e-2), losses=(1.1, 0.7, 0.9), suggestion=1e-3)


def test_it_arrives_as_it_was_sent():
    assert pickle.loads(pickle.dumps(CURVE)) == CURVE


def test_it_stays_as_it_was_found():
    with pytest.raises(FrozenInstanceError):
        CURVE.suggestion = 1.0
    assert hash(CURVE) == hash(RateCurve(CURVE.rates, CURVE.losses, CURVE.suggestion))
