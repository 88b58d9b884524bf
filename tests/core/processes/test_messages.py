"""Messages arrive as they were sent, one after the other through one pipe, and say which request they are about."""

import dataclasses
import inspect
import os
import pickle
from pathlib import Path
from typing import get_args

import pytest

from core.errors import DatasetError
from core.evaluation.prediction import Prediction, Verdict
from core.events import Event
from core.processes import messages
from core.processes.actions import Predict
from core.processes.messages import Answer, Cancel, Done, Failed, Refused, Request, Told, WasStopped

ANSWER = Prediction("cats", 0.9, ("cats", "dogs"), (0.9, 0.1), Verdict.SURE, 0.8, ("pictures/1.png",))
SAID = (
    Request(1, Predict("first", (Path("/pictures/1.png"), b"a file's bytes"))),
    Cancel(1),
    Told(1, Event("features", 3, 9, {"pictures_per_second": 3.5})),
    Done(1, [ANSWER]),
    Refused(1, str(DatasetError("It can't be used."))),
    WasStopped(1),
    Failed(1, "Traceback (most recent call last): …"),
)


def kinds() -> set[type]:
    """Returns all that can be said."""
    return {
        kind
        for _, kind in inspect.getmembers(messages, dataclasses.is_dataclass)
        if kind.__module__ == messages.__name__
    }


def test_all_that_is_said_arrives_in_its_order():
    assert {type(message) for message in SAID} == kinds()
    reading, writing = (os.fdopen(end, mode) for end, mode in zip(os.pipe(), ("rb", "wb"), strict=True))
    with reading:
        with writing:
            for message in SAID:
                pickle.dump(message, writing)
        assert [pickle.load(reading) for _ in SAID] == list(SAID)
        with pytest.raises(EOFError):
            pickle.load(reading)


def test_what_is_no_request_or_its_end_is_an_answer():
    assert set(get_args(Answer)) == kinds() - {Request, Cancel}


@pytest.mark.parametrize("message", SAID, ids=lambda message: type(message).__name__)
def test_a_message_names_its_request_for_good(message):
    assert dataclasses.replace(message, id=7).id == 7
    with pytest.raises(dataclasses.FrozenInstanceError):
        message.id = 7
