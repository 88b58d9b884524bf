"""Heat maps of a real inference process, and from the disk without one."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.config.training_config import TrainingConfig
from core.datasets.store.store import DatasetStore
from core.errors import RunError
from core.explanation.explanation import GRAD_CAM, Explanation
from core.explanation.store import FOLDER
from core.nn.training.training import run_training
from core.processes import explanations
from core.processes.explanations import Question, kept
from core.processes.inference_client import InferenceClient
from core.progress import ignore_event, never_stop
from core.settings import Settings
from tests.conftest import draw_folder
from tests.shared_folders import shared_folder

pytestmark = pytest.mark.slow


def train(folder: Path) -> None:
    settings = Settings(folder / "home")
    dataset = DatasetStore(settings).import_source(draw_folder(folder / "shapes", 6))
    config = TrainingConfig(image_size=64).with_options(epochs=3)
    run_training(config, dataset, settings.runs / "first", settings, ignore_event, never_stop)


@pytest.fixture
def settings(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Settings:
    source = shared_folder(tmp_path_factory, "explained", train)
    return Settings(shutil.copytree(source / "home", tmp_path / "home"))


@pytest.fixture
def question(settings: Settings) -> Question:
    (dataset,) = DatasetStore(settings).list()
    sample = dataset.samples[0]
    return Question("first", dataset.picture_path(sample), sample.digest, "square", GRAD_CAM)


@pytest.fixture
def client(settings: Settings):
    client = InferenceClient(settings)
    yield client
    client.close()


def assert_same(one: Explanation | None, other: Explanation) -> None:
    assert one is not None and replace(one, heat=other.heat) == other
    np.testing.assert_allclose(one.heat, other.heat, atol=0.5 / 255)


def test_a_second_look_needs_no_model(settings, question, client):
    assert kept(settings.runs, question) is None
    found = explanations.explain(client, settings.runs, question)
    client.close()
    assert_same(kept(settings.runs, question), found)
    checked = replace(question, randomised=True)
    assert kept(settings.runs, checked) is None
    with pytest.raises(RunError):
        explanations.explain(client, settings.runs, checked)


def test_other_pictures_leave_nothing_on_disk(settings, question, client):
    for other in (replace(question, digest=""), replace(question, class_name="")):
        assert explanations.explain(client, settings.runs, other).heat.shape == (64, 64)
        assert kept(settings.runs, other) is None
    assert not (settings.runs / "first" / FOLDER).exists()


def test_where_nothing_can_be_written_it_is_shown_all_the_same(settings, question, client):
    (settings.runs / "first" / FOLDER).write_text("in the way")
    assert explanations.explain(client, settings.runs, question).class_name == "square"
    assert kept(settings.runs, question) is None
