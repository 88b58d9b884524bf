"""Forecasts and learning rates, without the process that makes them: what is told, and what is remembered."""

import subprocess
import sys

import pytest

from core.config.training_config import TrainingConfig
from core.datasets.store.store import DatasetStore
from core.errors import DatasetError, Stopped
from core.forecast.forecast import LOADING_SECONDS
from core.nn.analysis import speeds
from core.processes.actions import Advise, FindRate, MakeForecast
from core.processes.estimates_server import handlers_for
from core.progress import ignore_event, never_stop
from core.settings import Settings
from tests.conftest import draw_folder
from tests.project import ROOT

CONFIG = TrainingConfig(image_size=64)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A home, and its data set of twelve shapes."""
    folder = tmp_path_factory.mktemp("estimates")
    settings = Settings(folder / "home")
    return settings, DatasetStore(settings).import_source(draw_folder(folder / "shapes", 4))


def phases(events):
    return list(dict.fromkeys(event.phase for event in events))


@pytest.mark.slow
def test_a_rate_is_looked_for_and_its_features_are_kept(prepared):
    settings, dataset = prepared
    handlers, events, again = handlers_for(settings), [], []
    curve = handlers[FindRate](FindRate(CONFIG, dataset.id), events.append, never_stop)
    assert phases(events) == ["starting", "features", "rate"]
    assert min(curve.rates) < curve.suggestion < max(curve.rates)
    same = handlers[FindRate](FindRate(CONFIG, dataset.id), again.append, never_stop)
    assert phases(again) == ["starting", "rate"]
    assert same.losses == pytest.approx(curve.losses, rel=1e-3)


@pytest.mark.slow
def test_a_network_is_measured_once_for_all_forecasts(prepared, monkeypatch):
    monkeypatch.setattr(speeds, "BUSY_SHARE", 1.0)  # what is measured is remembered however busy this machine is
    settings, dataset = prepared
    handlers, events = handlers_for(settings), []
    warm = handlers[MakeForecast](MakeForecast(CONFIG, dataset.id, is_warm=True), events.append, never_stop)
    assert phases(events) == ["starting"]
    assert min(warm.head_epoch_seconds, warm.total_seconds) > 0
    # Measured anew, not even one of its times would be the same.
    cold = handlers[MakeForecast](MakeForecast(CONFIG, dataset.id, is_warm=False), ignore_event, never_stop)
    assert cold.head_epoch_seconds == warm.head_epoch_seconds
    assert cold.total_seconds - warm.total_seconds == pytest.approx(LOADING_SECONDS)


@pytest.mark.slow
def test_features_are_measured_if_they_may_be_computed(prepared):
    settings, dataset = prepared
    config, handlers, events = CONFIG.with_options(engine="tensorflow", seed=5), handlers_for(settings), []
    config = config.with_options(image_size=48)
    waiting = handlers[Advise](Advise(config, dataset.id, False), events.append, never_stop)
    assert waiting.num_missing == 9 and phases(events) == ["starting"]
    found = handlers[Advise](Advise(config, dataset.id, True), events.append, never_stop)
    assert found.num_tried == 9 and phases(events) == ["starting", "features", "advice"]
    assert handlers[Advise](Advise(config, dataset.id, False), ignore_event, never_stop) == found


@pytest.mark.parametrize(
    "action",
    [FindRate(CONFIG, "unknown"), MakeForecast(CONFIG, "unknown", True), Advise(CONFIG, "unknown", True)],
)
def test_a_data_set_that_is_gone_is_refused_before_anything_begins(home, action):
    events = []
    with pytest.raises(DatasetError, match="There is no data set 'unknown'"):
        handlers_for(home)[type(action)](action, events.append, never_stop)
    assert events == []


def test_what_is_cancelled_ends(prepared):
    settings, dataset = prepared
    config = CONFIG.with_options(units=8, trainable_blocks=1)
    for action in (FindRate(config, dataset.id), MakeForecast(config, dataset.id, True)):
        with pytest.raises(Stopped):
            handlers_for(settings)[type(action)](action, ignore_event, lambda: True)


def test_a_wrong_request_does_not_load_tensorflow(tmp_path):
    program = (
        "import sys; from pathlib import Path; from core.errors import DatasetError\n"
        "from core.config.training_config import TrainingConfig; from core.processes.actions import FindRate\n"
        "from core.processes.estimates_server import handlers_for; from core.settings import Settings\n"
        "from core.progress import ignore_event, never_stop\n"
        "handlers = handlers_for(Settings(Path(sys.argv[1])))\n"
        "try: handlers[FindRate](FindRate(TrainingConfig(), 'unknown'), ignore_event, never_stop)\n"
        "except DatasetError: print({'tensorflow', 'keras'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout == "set()\n", done.stderr
