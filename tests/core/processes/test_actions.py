"""Each action is done by one of the children, and arrives there as it was asked for."""

import dataclasses
import inspect
import pickle
from collections import Counter
from pathlib import Path

import pytest

from core.config.training_config import TrainingConfig
from core.datasets.edit import REMOVE, Edit
from core.datasets.layouts.layout import FILE_NAMES, LayoutCandidate
from core.datasets.sample import Skipped
from core.processes import (
    actions,
    class_maps_process,
    dataset_jobs,
    embeddings_process,
    estimates_server,
    inference_server,
)
from core.processes.actions import (
    AddPictures,
    Advise,
    AuditDataset,
    ComputeClassMaps,
    ComputeEmbeddings,
    Explain,
    FindRate,
    Imported,
    ImportPictures,
    ImportSample,
    ImportSource,
    LayoutQuestion,
    MakeForecast,
    MakeVersion,
    Predict,
    Warm,
)
from core.wording.coded import Note, Reason

CHILDREN = (class_maps_process, dataset_jobs, embeddings_process, estimates_server, inference_server)
PICTURES = (("a.png", Path("/uploads/1")), ("a.png", Path("/uploads/2")))
# What asks for nothing, but answers.
ANSWERS = (
    Imported("d", (Skipped("b.png", Reason("empty")),), 3, (Note("already_here", {"name": "pets"}),)),
    LayoutQuestion("How?", (LayoutCandidate(FILE_NAMES, "by their names", ("cats", "dogs"), (4, 5)),)),
)
ACTIONS = (
    Warm("first"),
    Predict("first", (Path("/pictures/1.png"), b"a file's bytes")),
    Explain("first", b"a file's bytes", "cats", "grad_cam", randomised=True),
    MakeForecast(TrainingConfig(image_size=64).with_options(epochs=3), "d", is_warm=True),
    FindRate(TrainingConfig(weights="none"), "d"),
    Advise(TrainingConfig(image_size=64), "d", computes=False),
    ImportSource(Path("/pets.zip"), None, "pets.zip", FILE_NAMES),
    ImportPictures({"cats": PICTURES, "dogs": ()}, "pets"),
    ImportSample("textures"),
    AddPictures("d", "cats", PICTURES),
    MakeVersion("d", (Edit(REMOVE, ("pictures/1.png",)),)),
    AuditDataset("d"),
    ComputeClassMaps("first", Path("/home/datasets/d")),
    ComputeEmbeddings(Path("/home/datasets/d")),
)


def kinds() -> set[type]:
    found = inspect.getmembers(actions, dataclasses.is_dataclass)
    return {kind for _, kind in found if kind.__module__ == actions.__name__}


def test_each_action_is_done_by_one_child(home):
    done = Counter(kind for child in CHILDREN for kind in child.handlers_for(home))
    assert set(done) == kinds() - {type(answer) for answer in ANSWERS}
    assert set(done.values()) == {1}


@pytest.mark.parametrize("action", [*ACTIONS, *ANSWERS], ids=lambda action: type(action).__name__)
def test_it_arrives_as_it_was_asked_for(action):
    assert pickle.loads(pickle.dumps(action)) == action


def test_all_of_them_are_tried_here():
    assert {type(action) for action in (*ACTIONS, *ANSWERS)} == kinds()
