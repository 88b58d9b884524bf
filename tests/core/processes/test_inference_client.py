import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import psutil
import pytest

from core.config.training_config import TrainingConfig
from core.datasets.store.store import DatasetStore
from core.errors import RunError, Stopped
from core.events import Event
from core.explanation.explanation import OCCLUSION
from core.nn.analysis.feature_maps import BlockOutputs
from core.nn.analysis.heat_maps import HeatMaps
from core.nn.inference.predictor import Predictor
from core.nn.training.training import run_training
from core.processes.inference_client import ESTIMATES, PICTURES, InferenceClient
from core.settings import Settings
from tests.conftest import draw_folder
from tests.processes import children
from tests.project import ROOT

pytestmark = pytest.mark.slow

DEADLINE_SECONDS = 90
SHORT = TrainingConfig(image_size=64)
LONG = TrainingConfig(image_size=480)


def wait_until(condition) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def process_of(module: str, parent: psutil.Process | None = None) -> psutil.Process | None:
    """Returns the child process that runs this main program, or None."""
    return next(iter(children(module, parent)), None)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A home with one trained run, `first`, and its data set."""
    folder = tmp_path_factory.mktemp("serving")
    settings = Settings(folder / "home")
    dataset = DatasetStore(settings).import_source(draw_folder(folder / "shapes", 6))
    config = TrainingConfig(image_size=64).with_options(epochs=5)
    run_training(config, dataset, settings.runs / "first", settings, lambda event: None, lambda: False)
    return settings, dataset


@pytest.fixture(scope="module")
def many(trained):
    """A data set on which a search takes many seconds; its features are never cached."""
    settings, _ = trained
    return DatasetStore(settings).import_source(draw_folder(settings.home.parent / "many", 120, seed=1))


@pytest.fixture(scope="module")
def client(trained):
    """One client for the tests that leave it as good as new: each process of its takes seconds to load TensorFlow."""
    client = InferenceClient(trained[0])
    yield client
    client.close()


def test_a_warm_model_answers_as_the_predictor_does(trained, client):
    settings, dataset = trained
    client.warm("first")
    wait_until(lambda: client.is_warm("first"))
    paths = [dataset.picture_path(sample) for sample in dataset.samples]
    answers = client.predict("first", [*paths, paths[0].read_bytes()])
    expected = Predictor(settings.runs / "first").predict(paths)
    for answer, right in zip(answers, [*expected, expected[0]], strict=True):
        assert answer.probabilities == pytest.approx(right.probabilities, abs=1e-4)
        assert answer.verdict == right.verdict


def test_a_heat_map_is_that_of_the_model_and_can_be_cancelled(trained, client):
    settings, dataset = trained
    path = dataset.picture_path(dataset.samples[0])
    events: list[Event] = []
    found = client.explain("first", path.read_bytes(), "square", on_event=events.append)
    expected = HeatMaps(Predictor(settings.runs / "first").trained).explain(path, "square")
    assert (found.class_name, found.against) == ("square", expected.against)
    np.testing.assert_allclose(found.heat, expected.heat, atol=1e-3)
    assert {event.phase for event in events} == {"explain"}
    with pytest.raises(RunError, match="Received 'cats'"):
        client.explain("first", path, "cats")
    with pytest.raises(Stopped):
        client.explain("first", path, method=OCCLUSION, should_stop=lambda: True)
    assert client.is_warm("first")


def test_feature_maps_are_those_of_the_model_and_can_be_cancelled(trained, client):
    settings, dataset = trained
    path = dataset.picture_path(dataset.samples[0])
    found = client.feature_maps("first", path.read_bytes(), "stage 5")
    expected = BlockOutputs(Predictor(settings.runs / "first").trained).feature_maps(path, "stage 5")
    assert (found.channels, found.num_channels, found.maps.shape) == (expected.channels, 112, (16, 4, 4))
    np.testing.assert_allclose(found.maps, expected.maps, atol=1e-3)
    with pytest.raises(RunError, match="Received 'stage 9'"):
        client.feature_maps("first", path, "stage 9")
    with pytest.raises(RunError, match="picture"):
        client.feature_maps("first", b"no picture", "stage 5")
    with pytest.raises(Stopped):
        client.feature_maps("first", path, "stage 5", should_stop=lambda: True)


def test_this_process_needs_no_tensorflow():
    program = "import sys, core.processes.inference_client; print({'tensorflow', 'keras'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout == "set()\n", done.stderr


def test_errors_come_back_as_messages_and_the_process_lives_on(trained, client):
    with pytest.raises(RunError, match="has no model"):
        client.predict("unknown", [])
    client.predict("first", [])
    assert client.is_warm("first")


def test_a_killed_process_is_reported_and_restarted(trained, client):
    _, dataset = trained
    picture = dataset.picture_path(dataset.samples[0])
    client.predict("first", [picture])
    pid = process_of(PICTURES).pid
    # Killed during a request, so that the client can't notice in time and start another process.
    os.kill(pid, signal.SIGSTOP)
    threading.Timer(0.2, os.kill, (pid, signal.SIGKILL)).start()
    with pytest.raises(RunError) as caught:
        client.predict("first", [picture])
    assert str(caught.value) == (
        "The inference process was killed, probably because memory ran out. It restarts with the next request: try "
        "again, with fewer pictures at once if there were many."
    )
    assert not client.is_warm("first")
    assert client.predict("first", [picture])[0].class_name
    assert client.is_warm("first")


def test_the_processes_end_with_the_web_server(trained):
    program = (
        "import os, sys; from pathlib import Path; from core.errors import CoreError\n"
        "from core.processes.inference_client import InferenceClient; from core.settings import Settings\n"
        "try: InferenceClient(Settings(Path(sys.argv[1]))).predict('unknown', [])\n"
        "except CoreError: print(flush=True); input()"
    )
    command = [sys.executable, "-c", program, str(trained[0].home)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdout.readline()
        process = process_of(PICTURES, psutil.Process(server.pid))
        server.kill()
    process.wait(DEADLINE_SECONDS)


def test_closing_does_not_wait_for_an_answer(trained):
    client, others = InferenceClient(trained[0]), children(PICTURES)

    def own() -> psutil.Process | None:
        return next((process for process in children(PICTURES) if process not in others), None)

    def ask() -> None:
        with pytest.raises(RunError):
            client.predict("first", [])

    asked = threading.Thread(target=ask, daemon=True)
    asked.start()
    wait_until(own)
    os.kill(own().pid, signal.SIGSTOP)  # It will never answer by itself.
    client.close()
    asked.join(DEADLINE_SECONDS)
    assert not asked.is_alive()


class Search:
    """A rate search running on a thread: its events and its outcome."""

    def __init__(self, client: InferenceClient, dataset_id: str, config: TrainingConfig = LONG) -> None:
        self.events: list[Event] = []
        self.cancelled = threading.Event()
        self._pool = ThreadPoolExecutor(1)
        self.outcome = self._pool.submit(
            client.find_rate, config, dataset_id, self.events.append, self.cancelled.is_set
        )

    def wait_until_at_work(self) -> None:
        wait_until(lambda: any(event.phase == "features" for event in self.events) or self.outcome.done())
        assert not self.outcome.done()


def test_a_prediction_answers_while_a_rate_search_is_at_work_and_cancel_ends_it(trained, client, many):
    _, dataset = trained
    picture = dataset.picture_path(dataset.samples[0])
    client.predict("first", [picture])
    search = Search(client, many.id)
    search.wait_until_at_work()
    assert client.predict("first", [picture])[0].class_name
    assert not search.outcome.done(), "the answer came while the search was still going"
    estimates = process_of(ESTIMATES)
    cancelled = time.monotonic()
    search.cancelled.set()
    assert isinstance(search.outcome.exception(DEADLINE_SECONDS), Stopped)
    assert time.monotonic() - cancelled < 2
    phases = list(dict.fromkeys(event.phase for event in search.events))
    assert phases == ["starting", "features"]
    # The process stops too, and is ready for the next request.
    short = Search(client, dataset.id, SHORT)
    assert short.outcome.result(DEADLINE_SECONDS).suggestion > 0
    assert {event.phase for event in short.events} == {"starting", "rate"}, "the features were there"
    assert process_of(ESTIMATES).pid == estimates.pid
    assert client.forecast(SHORT, dataset.id).total_seconds > 0


def test_each_of_the_processes_may_die_without_the_other(trained, client, many):
    _, dataset = trained
    picture = dataset.picture_path(dataset.samples[0])
    client.predict("first", [picture])
    search = Search(client, many.id)
    search.wait_until_at_work()
    process_of(PICTURES).kill()
    wait_until(lambda: not client.is_warm("first"))
    assert client.predict("first", [picture])[0].class_name
    assert not search.outcome.done()
    process_of(ESTIMATES).kill()
    error = search.outcome.exception(DEADLINE_SECONDS)
    assert isinstance(error, RunError)
    assert "was killed, probably because memory ran out" in str(error)
    assert client.is_warm("first")
    assert client.predict("first", [picture])[0].class_name
    assert client.find_rate(SHORT, dataset.id).suggestion > 0


def test_the_process_of_estimates_is_ended_when_it_has_nothing_to_do(trained):
    client, others = InferenceClient(trained[0], idle_seconds=1.0), children(ESTIMATES)
    with pytest.raises(RunError, match="There is no data set"):
        client.forecast(SHORT, "unknown")
    assert len(children(ESTIMATES)) == len(others) + 1
    wait_until(lambda: children(ESTIMATES) == others)
    with pytest.raises(RunError, match="There is no data set"):
        client.forecast(SHORT, "unknown")
    client.close()
