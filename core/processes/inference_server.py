"""The inference process: has TensorFlow loaded, keeps models ready, classifies pictures and says what spoke for it.

Started by `inference_client` as `python -m core.processes.inference_server`.
"""

from collections import OrderedDict
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from core.evaluation.prediction import Prediction
from core.explanation.explanation import Explanation
from core.explanation.feature_maps import FeatureMaps
from core.processes.actions import Explain, MapFeatures, Predict, Warm
from core.processes.server import Handlers, serve
from core.progress import OnEvent, ShouldStop
from core.settings import Settings

if TYPE_CHECKING:
    from core.nn.analysis.feature_maps import BlockOutputs
    from core.nn.analysis.heat_maps import HeatMaps
    from core.nn.inference.predictor import Predictor

MODELS_KEPT = 3
NO_MEMORY = "There isn't enough memory for this. Try fewer pictures at once, or a smaller image size."


class Analyses:
    """What looks into a model, each made when it is first asked for.

    Args:
        predictor: has the model.
    """

    def __init__(self, predictor: "Predictor") -> None:
        self.predictor = predictor

    @cached_property
    def heat_maps(self) -> "HeatMaps":
        """Makes its heat maps."""
        from core.nn.analysis.heat_maps import HeatMaps

        return HeatMaps(self.predictor.trained)

    @cached_property
    def block_outputs(self) -> "BlockOutputs":
        """Computes the outputs of its blocks."""
        from core.nn.analysis.feature_maps import BlockOutputs

        return BlockOutputs(self.predictor.trained)


class Models:
    """The most recently used models, ready to use.

    Args:
        runs: folder of all runs.
    """

    def __init__(self, runs: Path) -> None:
        self._runs = runs
        self._kept: OrderedDict[str, tuple[int, Predictor]] = OrderedDict()
        self._analyses: dict[str, Analyses] = {}

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
            dropped, _ = self._kept.popitem(last=False)
            self._analyses.pop(dropped, None)
        return self._kept[run_id][1]

    def warm(self, action: Warm, _on_event: OnEvent, _should_stop: ShouldStop) -> None:
        """Loads a run's model."""
        self.get(action.run_id)

    def predict(self, action: Predict, _on_event: OnEvent, _should_stop: ShouldStop) -> list[Prediction]:
        """Classifies pictures."""
        return self.get(action.run_id).predict(action.sources)

    def explain(self, action: Explain, on_event: OnEvent, should_stop: ShouldStop) -> Explanation:
        """Finds out what of a picture speaks for a class; compiles what that needs at the first time."""
        heat_maps = self.analyses(action.run_id).heat_maps
        return heat_maps.explain(
            action.source, action.class_name, action.method, action.randomised, on_event, should_stop
        )

    def map_features(self, action: MapFeatures, on_event: OnEvent, should_stop: ShouldStop) -> FeatureMaps:
        """Finds out what a block makes of a picture; compiles what that needs at the first time."""
        block_outputs = self.analyses(action.run_id).block_outputs
        return block_outputs.feature_maps(action.source, action.block, on_event, should_stop)

    def analyses(self, run_id: str) -> Analyses:
        """Returns what looks into the run's model as it is now."""
        predictor = self.get(run_id)
        if run_id not in self._analyses or self._analyses[run_id].predictor is not predictor:
            self._analyses[run_id] = Analyses(predictor)
        return self._analyses[run_id]


def handlers_for(settings: Settings) -> Handlers:
    """Returns the handlers of this process's actions."""
    models = Models(settings.runs)
    return {Warm: models.warm, Predict: models.predict, Explain: models.explain, MapFeatures: models.map_features}


if __name__ == "__main__":
    serve(handlers_for, NO_MEMORY, leaves_at_once=True)
