import os
import signal
import threading
import time

import pytest

from core.config.training_config import TrainingConfig
from core.datasets.store.store import DatasetStore
from core.errors import RunError
from core.nn.inference.predictor import Predictor
from core.nn.training.training import run_training
from core.processes.inference_client import InferenceClient
from core.settings import Settings
from tests.conftest import draw_folder
from tests.project import ROOT

DEADLINE_SECONDS = 90


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A home with one trained run, `first`, and its data set."""
    folder = tmp_path_factory.mktemp("serving")
    settings = Settings(folder / "home")
    dataset = DatasetStore(settings).import_source(draw_folder(folder / "shapes", 6))
    config = TrainingConfig(image_size=64, epochs=5)
    run_training(config, dataset, settings.runs / "first", settings, lambda event: None, lambda: False)
    return settings, dataset


@pytest.fixture
def client(trained):
    client = InferenceClient(trained[0])
    yield client
    client.close()


def test_a_warm_model_answers_as_the_predictor_does(trained, client):
    settings, dataset = trained
    client.warm("first")
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not client.is_warm("first"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    paths = [dataset.picture_path(sample) for sample in dataset.samples]
    answers = client.predict("first", [*paths, paths[0].read_bytes()])
    expected = Predictor(settings.runs / "first").predict(paths)
    for answer, right in zip(answers, [*expected, expected[0]], strict=True):
        assert answer.probabilities == pytest.approx(right.probabilities, abs=1e-4)
        assert answer.verdict == right.verdict


def test_this_process_needs_no_tensorflow():
    source = (ROOT / "core" / "processes" / "inference_client.py").read_text()
    assert "core.nn" in source  # started as a module of another process,
    assert "import core.nn" not in source  # never imported into this one.
    assert "from core.nn" not in source


def test_what_goes_wrong_comes_back_as_a_sentence_and_the_process_lives_on(trained, client):
    with pytest.raises(RunError, match="has no model"):
        client.predict("unknown", [])
    client.predict("first", [])
    assert client.is_warm("first")


def test_a_killed_process_is_said_and_started_again(trained, client):
    _, dataset = trained
    picture = dataset.picture_path(dataset.samples[0])
    client.predict("first", [picture])
    process = client._process
    # Killed while it answers: the exchange has begun, so that the client can't notice in time and start another.
    os.kill(process.pid, signal.SIGSTOP)
    threading.Timer(0.2, process.kill).start()
    with pytest.raises(RunError, match="was ended, probably for lack of memory"):
        client.predict("first", [picture])
    assert client.predict("first", [picture])[0].class_name


def test_the_process_ends_with_its_client(trained):
    client = InferenceClient(trained[0])
    with pytest.raises(RunError):
        client.predict("unknown", [])
    process = client._process
    process.stdin.close()  # What the system does when the web server is killed.
    assert process.wait(DEADLINE_SECONDS) == 0


def test_closing_does_not_wait_for_an_answer(trained):
    client = InferenceClient(trained[0])

    def ask() -> None:
        with pytest.raises(RunError):
            client.predict("first", [])

    asked = threading.Thread(target=ask, daemon=True)
    asked.start()
    deadline = time.monotonic() + DEADLINE_SECONDS
    while client._process is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    os.kill(client._process.pid, signal.SIGSTOP)  # It will never answer by itself.
    client.close()
    asked.join(DEADLINE_SECONDS)
    assert not asked.is_alive()
