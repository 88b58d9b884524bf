"""Surveys in a process of their own: what is told on the way, what stays of them, and in which words they fail."""

import numpy as np
import pytest

from core.datasets.quality.embeddings import read_analysis
from core.datasets.store.store import DatasetStore
from core.errors import DatasetError, Stopped
from core.processes.actions import ComputeEmbeddings
from core.processes.embeddings_process import analyse_in_subprocess, handlers_for
from core.progress import never_stop
from tests.conftest import draw_folder
from tests.processes import children, kill_children

PROCESS = "core.processes.embeddings_process"


@pytest.fixture
def shapes(home, tmp_path):
    return DatasetStore(home).import_source(draw_folder(tmp_path / "shapes", 4))


@pytest.mark.slow
def test_it_is_made_in_a_process_of_its_own_and_stored(shapes, home):
    events = []
    found = analyse_in_subprocess(home, shapes, events.append)
    phases = list(dict.fromkeys(event.phase for event in events))
    assert phases == ["starting", "weights", "features", "labels", "outliers", "map"]
    assert [(event.step, event.total) for event in events if event.phase == "features"] == [(0, 12), (12, 12)]
    assert len(found.paths) == 12
    np.testing.assert_array_equal(found.coordinates, read_analysis(shapes).coordinates)
    assert not children(PROCESS)


@pytest.mark.slow
def test_stop_leaves_nothing_behind(shapes, home):
    events = []
    with pytest.raises(Stopped):
        analyse_in_subprocess(home, shapes, events.append, lambda: bool(events))
    assert read_analysis(shapes) is None
    assert not children(PROCESS)


def test_a_refusal_keeps_its_message(shapes, home):
    (shapes.folder / "dataset.json").write_text("{}")
    with pytest.raises(DatasetError, match=r"The record of the data set \w+ is missing or damaged"):
        analyse_in_subprocess(home, shapes)


def test_a_killed_process_is_reported_in_words(shapes, home):
    def kill(event):
        kill_children(PROCESS)

    with pytest.raises(DatasetError) as caught:
        analyse_in_subprocess(home, shapes, kill)
    assert str(caught.value) == (
        "The survey of shapes was killed by the system, most likely because memory ran out. Close other programs and "
        "start it again: it continues where it left off."
    )


def compute(dataset, home, on_event, should_stop):
    handlers_for(home)[ComputeEmbeddings](ComputeEmbeddings(dataset.folder), on_event, should_stop)


def test_what_cannot_be_looked_through_is_refused_before_anything_begins(shapes, home):
    (shapes.folder / "dataset.json").write_text("{}")
    events = []
    with pytest.raises(DatasetError, match="is missing or damaged"):
        compute(shapes, home, events.append, never_stop)
    assert events == []


def test_what_is_stopped_is_not_stored(shapes, home):
    events = []
    with pytest.raises(Stopped):
        compute(shapes, home, events.append, lambda: True)
    assert events[0].phase == "starting" and "map" not in {event.phase for event in events}
    assert read_analysis(shapes) is None
