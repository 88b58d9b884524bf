"""The inference process: has TensorFlow loaded, keeps models ready and classifies pictures. It does nothing else.

Started by `inference_client` as `python -m core.processes.inference_server`.
"""

from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

from core.evaluation.prediction import Prediction
from core.processes.actions import Predict, Warm
from core.processes.server import Handlers, serve
from core.progress import OnEvent, ShouldStop
from core.settings import Settings

if TYPE_CHECKING:
    from core.nn.inference.predictor import Predictor

MODELS_KEPT = 3
NO_MEMORY = "There isn't enough memory for this. Try fewer pictures at once, or a smaller image size."


class Models:
    """The most recently used models, ready to use.

    Args:
        runs: folder of all runs.
    """

    def __init__(self, runs: Path) -> None:
        self._runs = runs
        self._kept: OrderedDict[str, tuple[int, Predictor]] = OrderedDict()

    def get(self, run_id: str) -> "Predictor":
        """Returns the run's `Predictor`; loads and compiles it if it is new or was trained again."""
        # TensorFlow is loaded with the first request, so that the process answers to signals at once.
        from core.nn.inference.predictor import Predictor, model_version

        version = model_version(self._runs / run_id)
        if run_id not in self._kept or self._kept[run_id][0] != version:
            predictor = Predictor(self._runs / run_id)
            predictor.warm_up()
            self._kept[run_id] = version, predictor
        self._kept.move_to_end(run_id)
        while len(self._kept) > MODELS_KEPT:
            self._kept.popitem(last=False)
        return self._kept[run_id][1]

    def warm(self, action: Warm, _on_event: OnEvent, _should_stop: ShouldStop) -> None:
        """Loads a run's model."""
        self.get(action.run_id)

    def predict(self, action: Predict, _on_event: OnEvent, _should_stop: ShouldStop) -> list[Prediction]:
        """Classifies pictures."""
        return self.get(action.run_id).predict(action.sources)


def handlers_for(settings: Settings) -> Handlers:
    """Returns the handlers of this process's actions."""
    models = Models(settings.runs)
    return {Warm: models.warm, Predict: models.predict}


if __name__ == "__main__":
    serve(handlers_for, NO_MEMORY, leaves_at_once=True)
