import pytest

from core.config.parts import Head
from core.config.training_config import TrainingConfig
from core.datasets.store.store import DatasetStore
from core.forecast.forecast import Speeds, StageSpeed
from core.nn.analysis import speeds
from core.nn.analysis.rate_finder import find_rate
from core.nn.analysis.speeds import SpeedMeter, forecast, measure_speeds
from core.nn.training import stage_data
from core.settings import Settings
from tests.conftest import draw_folder


class KnownSpeeds:
    """A machine on which measuring a picture takes a second and nothing else takes any time."""

    def measure(self, *_: object) -> Speeds:
        stage = StageSpeed(row_seconds=1.0)
        return Speeds(0.0, 0.0, 0.0, 0.0, 4, stage, StageSpeed())


def test_a_forecast_counts_the_pictures_that_a_training_measures(config, dataset, home, monkeypatch):
    assert (len(dataset.select("train")), len(dataset.select("validation"))) == (24, 6)
    assert forecast(config, dataset, home, KnownSpeeds()).head_epoch_seconds == 24 + 6
    monkeypatch.setattr(stage_data, "TRAINING_SAMPLE", 1)
    assert forecast(config, dataset, home, KnownSpeeds()).head_epoch_seconds == 6 + 6


def test_a_forecast_counts_the_pictures_that_a_model_is_adapted_to(config, dataset, home, tmp_path):
    store = DatasetStore(home)
    target = store.import_source(draw_folder(tmp_path / "others", 4, seed=5))
    alone = forecast(config, dataset, home, KnownSpeeds())
    adapted = forecast(config, dataset, home, KnownSpeeds(), target=target)
    # Of four bytes each.
    assert adapted.disk_bytes == alone.disk_bytes + 4 * len(target.samples)


@pytest.mark.slow
def test_a_forecast_knows_what_is_cached(config, dataset, home):
    meter = SpeedMeter()
    before = forecast(config, dataset, home, meter)
    assert before.features_seconds > 0
    assert before.disk_bytes == 30 * (1280 + 320 + 192 + 2 * 40) * 2
    find_rate(config, dataset, home)  # Caches the features of the training pictures.
    after = forecast(config, dataset, home, meter)
    assert after.disk_bytes == 6 * (1280 + 320 + 192 + 2 * 40) * 2
    unfrozen = forecast(config.with_options(trainable_blocks=2), dataset, home, meter)
    assert unfrozen.fine_tune_epoch_seconds > unfrozen.head_epoch_seconds > 0


def test_a_forecast_writes_nothing_that_a_full_disk_refuses(config, dataset, small_disk):
    home = Settings(small_disk.folder / "home")
    small_disk.fill()
    assert forecast(config, dataset, home, SpeedMeter()).disk_bytes == 30 * (1280 + 320 + 192 + 2 * 40) * 2


@pytest.fixture
def small_network() -> TrainingConfig:
    return TrainingConfig(backbone="vgg16", image_size=32, head=Head(units=4)).with_options(batch_size=4)


@pytest.fixture
def pictures(dataset) -> tuple[str, ...]:
    return tuple(str(dataset.picture_path(sample)) for sample in dataset.samples[:2])


@pytest.mark.slow
def test_each_part_of_a_network_takes_its_time(small_network, pictures):
    frozen = measure_speeds(small_network, 3, pictures)
    assert min(frozen.decode_seconds, frozen.prefix_seconds, frozen.prepare_seconds) > 0
    assert min(frozen.head.step_seconds, frozen.head.row_seconds, frozen.head.checkpoint_seconds) > 0
    assert frozen.row_bytes == (512 + 512 + 256 + 2 * 256) * 2  # An average over positions, as float16.
    assert (frozen.head_inputs_seconds, frozen.fine_tune) == (0.0, StageSpeed())


@pytest.mark.slow
def test_unfrozen_blocks_are_measured_too(small_network, pictures):
    tuned = small_network.with_options(trainable_blocks=1)
    measured = measure_speeds(tuned, 3, pictures)
    assert min(measured.prefix_seconds, measured.head_inputs_seconds, measured.fine_tune.step_seconds) > 0
    assert measured.row_bytes == 2 * 2 * 512 * 2  # The map that enters the last block.


@pytest.mark.slow
def test_only_measurements_on_an_idle_machine_are_remembered(small_network, pictures, monkeypatch):
    meter = SpeedMeter()
    monkeypatch.setattr(speeds, "BUSY_SHARE", -1.0)  # The machine always counts as busy.
    busy = meter.measure(small_network, 3, pictures)
    monkeypatch.setattr(speeds, "BUSY_SHARE", 1.0)
    idle = meter.measure(small_network, 3, pictures)
    assert idle is not busy
    assert meter.measure(small_network, 3, pictures) is idle
