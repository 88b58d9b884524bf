"""Embeddings of data sets, computed in a process of their own, because that needs TensorFlow."""

from core.datasets.index import DatasetIndex
from core.datasets.quality.embeddings import EmbeddingAnalysis, read_analysis, write_analysis
from core.datasets.store.manifest import read_manifest
from core.errors import DatasetError, Stopped
from core.events import Event
from core.processes.actions import ComputeEmbeddings
from core.processes.connection import ProcessEnded, ask_once
from core.processes.server import Handlers, serve
from core.progress import OnEvent, ShouldStop, ignore_event, never_stop
from core.settings import Settings

MODULE = "core.processes.embeddings_process"


def analyse_in_subprocess(
    settings: Settings,
    dataset: DatasetIndex,
    on_event: OnEvent = ignore_event,
    should_stop: ShouldStop = never_stop,
) -> EmbeddingAnalysis:
    """Surveys a data set in a process of its own and stores the result with it.

    Args:
        settings: where weights and cached features are.
        dataset: the data set; it must be in its final folder.
        on_event: told of the phases `starting`, `weights`, `features` (pictures), `labels` (models), `outliers` and
            `map`.
        should_stop: asked a few times a second.

    Raises:
        DatasetError: it can't be done; the message says why. Features that were computed are kept.
        Stopped: `should_stop` said so. Features that were computed are kept.
    """
    action = ComputeEmbeddings(dataset.folder.absolute())
    try:
        ask_once(MODULE, settings, DatasetError, action, on_event, should_stop)
    except ProcessEnded as ended:
        raise DatasetError(
            f"The survey of {dataset.name} was killed by the system, most likely because memory ran out. Close other "
            "programs and start it again: it continues where it left off."
        ) from ended
    analysis = read_analysis(dataset)
    if analysis is None:
        raise Stopped
    return analysis


def handlers_for(settings: Settings) -> Handlers:
    """Returns the handlers of this process's actions."""

    def compute(action: ComputeEmbeddings, on_event: OnEvent, should_stop: ShouldStop) -> None:
        dataset = read_manifest(action.folder)
        on_event(Event("starting"))
        from core.nn.analysis.embeddings import analyse  # loads TensorFlow, which takes seconds

        write_analysis(dataset, analyse(dataset, settings, on_event, should_stop))

    return {ComputeEmbeddings: compute}


if __name__ == "__main__":
    serve(handlers_for)
