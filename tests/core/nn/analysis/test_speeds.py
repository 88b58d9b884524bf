from core.forecast.forecast import Speeds, StageSpeed
from core.nn.analysis.speeds import forecast
from core.nn.training import stage_data


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
