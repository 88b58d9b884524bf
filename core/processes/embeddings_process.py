"""The process in which `core.datasets.quality.embeddings.survey_apart` has surveys made."""

from pathlib import Path

from core.datasets.quality.embeddings import write_survey
from core.datasets.store.manifest import read_record
from core.events import Event
from core.processes.child import Job, answer
from core.progress import OnEvent, ShouldStop
from core.settings import Settings


def _work(job: Job, on_event: OnEvent, should_stop: ShouldStop) -> Job:
    """Makes the survey that the parent asks for and stores it."""
    folder = job["weights_folder"]
    settings = Settings(
        home=Path(job["home"]),
        weights_folder=Path(folder) if folder else None,
        cache_bytes=job["cache_bytes"],
    )
    index = read_record(Path(job["folder"]))
    on_event(Event("starting"))
    from core.nn.analysis.embeddings import survey  # loads TensorFlow, which takes seconds

    write_survey(index, survey(index, settings, on_event, should_stop))
    return {"id": index.id}


if __name__ == "__main__":
    answer(_work)
