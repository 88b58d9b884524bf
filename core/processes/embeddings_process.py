"""Embeddings of data sets, computed in a process of their own, because that needs TensorFlow."""

from pathlib import Path

from core.datasets.index import DatasetIndex
from core.datasets.quality.embeddings import EmbeddingAnalysis, read_analysis, write_analysis
from core.datasets.store.manifest import read_manifest
from core.errors import DatasetError, Stopped
from core.events import Event
from core.processes.child import Child, Job, answer
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
        dataset: the data set; it must be in its place on disk.
        on_event: told of the phases `starting`, `weights`, `features` (pictures), `labels` (models), `outliers` and
            `map`.
        should_stop: asked a few times a second.

    Raises:
        DatasetError: it can't be done; the message says why. Features that were computed are kept.
        Stopped: `should_stop` said so. Features that were computed are kept.
    """
    weights = settings.weights_folder
    job = {
        "folder": str(dataset.folder.absolute()),
        "home": str(settings.home.absolute()),
        "weights_folder": str(weights.absolute()) if weights else None,
        "cache_bytes": settings.cache_bytes,
    }
    outcome = Child(MODULE, job).follow(on_event, should_stop)
    if "died" in outcome:
        raise DatasetError(
            f"Looking through {dataset.name} was ended by the system, most likely for lack of memory. Close other "
            "programs and start it again: it goes on from where it was."
        )
    if "error" in outcome:
        raise DatasetError(outcome["error"])
    analyse = read_analysis(dataset) if "id" in outcome else None
    if analyse is None:
        raise Stopped
    return analyse


def _work(job: Job, on_event: OnEvent, should_stop: ShouldStop) -> Job:
    """Makes the survey that the parent asks for and stores it."""
    folder = job["weights_folder"]
    settings = Settings(
        home=Path(job["home"]),
        weights_folder=Path(folder) if folder else None,
        cache_bytes=job["cache_bytes"],
    )
    dataset = read_manifest(Path(job["folder"]))
    on_event(Event("starting"))
    from core.nn.analysis.embeddings import analyse  # loads TensorFlow, which takes seconds

    write_analysis(dataset, analyse(dataset, settings, on_event, should_stop))
    return {"id": dataset.id}


if __name__ == "__main__":
    answer(_work)
