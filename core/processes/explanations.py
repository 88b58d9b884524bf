"""Heat maps as pages ask for them: from the run's folder if they were made before, else from the inference process."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from core.explanation.explanation import Explanation
from core.explanation.store import explanation_path, load_explanation, save_explanation
from core.processes.inference_client import InferenceClient
from core.progress import OnEvent, ShouldStop, ignore_event, never_stop


@dataclass(frozen=True)
class Question:
    """What a heat map is asked for.

    Attributes:
        run_id: id of a run that has a model.
        source: the picture's file or its bytes.
        digest: of the picture's content; empty to keep nothing on disk, as for pictures that aren't the data set's.
        class_name: the class; empty for the most probable one.
        method: one of `core.explanation.explanation.METHODS`.
        randomised: whether with random weights in the head.
    """

    run_id: str
    source: Path | bytes
    digest: str
    class_name: str
    method: str
    randomised: bool = False


def kept(runs: Path, question: Question) -> Explanation | None:
    """Returns the heat map if it is on disk.

    Args:
        runs: folder of all runs.
        question: what is asked for.

    Raises:
        RunError: the run has no model.
    """
    path = _path(runs, question)
    return load_explanation(path) if path else None


def explain(
    client: InferenceClient,
    runs: Path,
    question: Question,
    on_event: OnEvent = ignore_event,
    should_stop: ShouldStop = never_stop,
) -> Explanation:
    """Returns a heat map, and keeps it on disk if the picture is one of the data set's.

    Args:
        client: asks the inference process.
        runs: folder of all runs.
        question: what is asked for.
        on_event: told of the phase `explain`.
        should_stop: asked a few times a second.

    Raises:
        RunError: there is no model, the picture can't be read, there is no such class, or the process died.
        Stopped: `should_stop` said so.
    """
    path = _path(runs, question)
    asked = question.class_name, question.method, question.randomised
    found = client.explain(question.run_id, question.source, *asked, on_event, should_stop)
    if path:
        # On a full or read-only disk it is shown all the same, and made again next time.
        with suppress(OSError):
            save_explanation(found, path)
    return found


def _path(runs: Path, question: Question) -> Path | None:
    if not question.digest or not question.class_name:
        return None
    asked = question.digest, question.class_name, question.method, question.randomised
    return explanation_path(runs / question.run_id, *asked)
