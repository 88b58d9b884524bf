"""Mean heat maps of a run's classes, computed in a process of their own, because that needs TensorFlow for a while."""

from core.datasets.index import DatasetIndex
from core.datasets.store.manifest import read_manifest
from core.errors import RunError
from core.evaluation.evaluation import load_evaluations
from core.events import Event
from core.explanation.class_maps import ClassMap, class_maps_path, load_class_maps, save_class_maps
from core.nn.networks.model_folder import MODEL_FOLDER
from core.processes.actions import ComputeClassMaps
from core.processes.connection import ProcessEnded, ask_once
from core.processes.server import Handlers, serve
from core.progress import OnEvent, ShouldStop, ignore_event, never_stop
from core.settings import Settings

MODULE = "core.processes.class_maps_process"


def class_maps_in_subprocess(
    settings: Settings,
    run_id: str,
    dataset: DatasetIndex,
    on_event: OnEvent = ignore_event,
    should_stop: ShouldStop = never_stop,
) -> list[ClassMap]:
    """Computes the mean heat maps of a run's classes over its validation pictures, and stores them with the run.

    Args:
        settings: where the runs are.
        run_id: id of a run that has a model.
        dataset: its data set.
        on_event: told of the phases `starting` and `explain` (pictures).
        should_stop: asked a few times a second.

    Raises:
        RunError: it can't be done; the message says why.
        Stopped: `should_stop` said so.
    """
    action = ComputeClassMaps(run_id, dataset.folder.absolute())
    try:
        ask_once(MODULE, settings, RunError, action, on_event, should_stop)
    except ProcessEnded as ended:
        raise RunError(
            "The work on the heat maps was killed by the system, most likely because memory ran out. Close other "
            "programs and start it again."
        ) from ended
    found = load_class_maps(class_maps_path(settings.runs / run_id))
    if found is None:
        raise RunError("The heat maps that were just stored can't be read. Check the disk, then start again.")
    return found


def handlers_for(settings: Settings) -> Handlers:
    """Returns the handlers of this process's actions."""

    def compute(action: ComputeClassMaps, on_event: OnEvent, should_stop: ShouldStop) -> None:
        folder = settings.runs / action.run_id
        path, evaluation = class_maps_path(folder), load_evaluations(folder)[0]
        dataset, measured = read_manifest(action.dataset), set(evaluation.paths)
        on_event(Event("starting"))
        # They load TensorFlow, which takes seconds.
        from core.nn.analysis.class_heat import mean_class_maps
        from core.nn.networks.model_files import load_classifier

        samples = [sample for sample in dataset.samples if sample.path in measured]
        trained = load_classifier(folder / MODEL_FOLDER)
        save_class_maps(mean_class_maps(trained, dataset, samples, on_event, should_stop), path)

    return {ComputeClassMaps: compute}


if __name__ == "__main__":
    serve(handlers_for)
