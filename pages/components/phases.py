"""What jobs and runs are doing and how far they are, in words. No Streamlit calls."""

from core.backbones.table import get_backbone
from core.events import Event
from core.forecast import wording as forecasts
from core.runs.records.store import Run
from pages.components import wording

JOB_PHASES = {
    "upload": "Uploading",
    "predict": "Answering pictures",
    "download": "Downloading",
    "extract": "Unpacking",
    "pictures": "Checking pictures",
    "audit": "Looking for faults",
    "version": "Taking pictures over",
    "pack": "Packing pictures",
    "starting": "Starting, loading TensorFlow",
    "weights": "Getting the weights",
    "features": "Reading pictures through the network",
    "labels": "Comparing labels",
    "outliers": "Looking for odd ones out",
    "rate": "Trying learning rates",
    "advice": "Measuring what the features are worth",
    "map": "Drawing the map",
    "explain": "Looking at what speaks for it",
}
BYTE_PHASES = ("upload", "download", "weights")
RUN_PHASES = {
    "features": "Reading pictures through the frozen blocks",
    "choice": "Trying settings of the head",
    "adapt": "Adapting to the unlabelled pictures",
    "evaluate": "Checking the model on the validation pictures",
    "save": "Saving the model",
}
# For the table of where the time went.
SHORT_RUN_PHASES = {
    "weights": "Getting the weights",
    "features": "Reading pictures",
    "choice": "Trying settings of the head",
    "head": "Training the head",
    "fine_tune": "Fine-tuning",
    "adapt": "Adapting",
    "evaluate": "Checking the model",
    "save": "Saving the model",
}
OTHER_PHASE = "Working"


def run_phase(run: Run) -> str:
    """Returns what a running run is doing, in words."""
    event = run.progress
    if run.stop_requested:
        return "Stopping"
    if event is None or event.phase == "starting":
        return "Starting, loading TensorFlow"
    done = f", {event.step:,} of {event.total:,}" if event.total else ""
    if event.phase == "weights":
        name = get_backbone(run.config.backbone).label
        sizes = f", {wording.size(event.step)} of {wording.size(event.total)}" if event.total else ""
        return f"Getting the weights of {name}{sizes}"
    if event.phase == "head":
        return _training_words(event, "Training the head")
    if event.phase == "fine_tune":
        blocks = wording.count(run.config.freeze.trainable_blocks, "block")
        what = "Training the network" if run.config.from_scratch else f"Fine-tuning the last {blocks}"
        return _training_words(event, what)
    return RUN_PHASES.get(event.phase, OTHER_PHASE) + done


def _training_words(event: Event, what: str) -> str:
    epoch = min(event.step + 1, event.total) if not event.epoch else event.step
    return f"{what}, epoch {epoch} of {event.total}" if event.total else what


def short_run_phase(name: str) -> str:
    """Returns the short name of a run's phase."""
    return SHORT_RUN_PHASES.get(name, name.replace("_", " ").capitalize())


def job_phase(event: Event | None) -> str:
    """Returns what a job is doing, in words."""
    if event is None:
        return "Starting"
    if event.phase in BYTE_PHASES:
        total = f" of {wording.size(event.total)}" if event.total else ""
        done = f"{JOB_PHASES[event.phase]}, {wording.size(event.step)}{total}"
        return " · ".join([done, *_transfer_pace(event)])
    words = JOB_PHASES.get(event.phase, OTHER_PHASE)
    return f"{words}, {event.step:,} of {event.total:,}" if event.total else words


def _transfer_pace(event: Event) -> list[str]:
    speed, left = event.metrics.get("bytes_per_second"), event.metrics.get("seconds_left")
    parts = [f"{wording.size(speed)} a second"] if speed else []
    return parts if left is None else [*parts, f"about {wording.duration(max(1, left))} left"]


def share_done(event: Event | None) -> float:
    """Returns how much of its phase is done, 0-1, including the batches of the current epoch if known."""
    if event is None or not event.total:
        return 0.0
    batches = event.metrics.get("batches", 0)
    within = event.metrics.get("batch", 0) / batches if batches and not event.epoch else 0.0
    return min(1.0, max(0.0, (event.step + within) / event.total))


def pace(
    event: Event | None,
    seconds_left: float | None = None,
    stops_early: bool = False,
    val_accuracy: float | None = None,
) -> str:
    """Returns the time to the end, the pictures per second and the accuracy so far, as far as they are known.

    Args:
        event: the run's latest event.
        seconds_left: to the end of the run; None if unknown.
        stops_early: whether the run may end before all its epochs are done.
        val_accuracy: after the last finished epoch; None if there is none.
    """
    if event is None:
        return ""
    parts = []
    if seconds_left is not None:
        parts.append(f"{forecasts.about(max(1.0, seconds_left))} to the end{', or less' if stops_early else ''}")
    if event.metrics.get("pictures_per_second"):
        parts.append(f"{event.metrics['pictures_per_second']:,.0f} pictures a second")
    accuracy = event.metrics.get("val_accuracy", val_accuracy)
    if accuracy is not None:
        parts.append(f"validation accuracy {wording.percent(accuracy)}")
    if event.phase in ("head", "fine_tune") and not event.epoch and "pictures_per_second" not in event.metrics:
        parts.append("preparing the network")
    text = " · ".join(parts)
    return text[:1].upper() + text[1:]


def stopping(has_epochs: bool) -> str:
    """Returns what a run that was asked to stop does first.

    Args:
        has_epochs: whether an epoch has ended, so that there is something to keep.
    """
    if has_epochs:
        return "Stopping: checking and saving what was learned."
    return "Stopping. Nothing learned yet; the pictures read so far are kept."


def stopped_without_model(phase: str, num_epochs: int) -> str:
    """Returns how a run ended that was stopped before there was a model.

    Args:
        phase: what it was doing when it ended; empty if it never began.
        num_epochs: how many epochs had ended.
    """
    if num_epochs:
        return f"Stopped before there was a model. Resume continues after epoch {num_epochs}."
    if not phase:
        return "Stopped before it began. Resume queues it again."
    if phase in ("starting", "weights"):
        return "Nothing learned yet: it was stopped while it started. Resume starts it again."
    return "Nothing learned yet; the read pictures are kept and Resume goes on with them."
