"""Events of long jobs have a time, and can't be changed afterwards."""

import json
import time
from dataclasses import FrozenInstanceError, asdict

import pytest

from core.events import PACE, Event


def test_an_event_is_dated_when_it_is_made():
    before = time.time()
    event = Event("features", 3, 9)
    assert before <= event.time <= time.time()
    assert (event.epoch, event.run_id, event.sequence, dict(event.metrics)) == (0, "", 0, {})


def test_events_share_no_numbers():
    first, second = Event("head"), Event("head")
    assert first.metrics is not second.metrics
    with pytest.raises(FrozenInstanceError):
        first.step = 4


def test_an_event_survives_json():
    event = Event("head", 3, 9, {"loss": 0.5}, epoch=3, time=12.5, run_id="deadbeef", sequence=7)
    assert Event(**json.loads(json.dumps(asdict(event)))) == event
    reading = Event("features", 3, 9, time=12.5, pictures=("pictures/2.jpg", "pictures/1.jpg"))
    assert Event(**json.loads(json.dumps(asdict(reading)))) == reading


def test_the_speed_is_not_part_of_the_curve():
    assert not set(PACE) & {"loss", "accuracy", "val_loss", "val_accuracy", "learning_rate"}
