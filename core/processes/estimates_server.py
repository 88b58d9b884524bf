"""The estimates process: has TensorFlow loaded, makes forecasts, finds learning rates and measures features.

Started by `inference_client` as `python -m core.processes.estimates_server`. It is separate from the inference process
because its work takes seconds to minutes, and predictions must not wait for it.
"""

from typing import TYPE_CHECKING

from core.datasets.index import DatasetIndex
from core.datasets.store.adaptation_target import adaptation_target
from core.datasets.store.store import DatasetStore
from core.events import Event
from core.forecast.advice import Advice
from core.forecast.forecast import Forecast
from core.forecast.rate_curve import RateCurve
from core.processes.actions import Advise, FindRate, MakeForecast
from core.processes.server import Handlers, serve
from core.progress import OnEvent, ShouldStop
from core.settings import Settings

if TYPE_CHECKING:
    from core.nn.analysis.speeds import SpeedMeter

NO_MEMORY = "There isn't enough memory for this. Try a smaller image size or batch size."


class Estimates:
    """Estimates about runs before they are started.

    Args:
        settings: where everything is.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._meter: SpeedMeter | None = None

    def forecast(self, action: MakeForecast, on_event: OnEvent, should_stop: ShouldStop) -> Forecast:
        """Forecasts what a run would need."""
        dataset = self._dataset(action.dataset_id, on_event)
        # Imported here so that an invalid request doesn't load TensorFlow.
        from core.nn.analysis.speeds import SpeedMeter, forecast

        self._meter = self._meter or SpeedMeter()
        target = adaptation_target(DatasetStore(self._settings), action.config.adaptation.adapt_to, dataset.id)
        return forecast(action.config, dataset, self._settings, self._meter, action.is_warm, should_stop, target)

    def find_rate(self, action: FindRate, on_event: OnEvent, should_stop: ShouldStop) -> RateCurve:
        """Finds a learning rate."""
        dataset = self._dataset(action.dataset_id, on_event)
        from core.nn.analysis.rate_finder import find_rate

        return find_rate(action.config, dataset, self._settings, on_event, should_stop)

    def advise(self, action: Advise, on_event: OnEvent, should_stop: ShouldStop) -> Advice:
        """Measures what a network's features are worth."""
        dataset = self._dataset(action.dataset_id, on_event)
        from core.nn.analysis.advice import advise

        return advise(dataset, action.config, self._settings, action.computes, on_event, should_stop)

    def _dataset(self, dataset_id: str, on_event: OnEvent) -> DatasetIndex:
        dataset = DatasetStore(self._settings).get(dataset_id)
        on_event(Event("starting"))
        return dataset


def handlers_for(settings: Settings) -> Handlers:
    """Returns the handlers of this process's actions."""
    estimates = Estimates(settings)
    return {MakeForecast: estimates.forecast, FindRate: estimates.find_rate, Advise: estimates.advise}


if __name__ == "__main__":
    serve(handlers_for, NO_MEMORY, leaves_at_once=True)
