"""What jobs and runs are doing and how far they are, in words. No Streamlit calls."""

from core.backbones.table import get_backbone
from core.events import Event
from core.runs.records.store import Run
from pages.components import wording

JOB_PHASES = {
    "upload": "Uploading",
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
    "map": "Drawing the map",
}
BYTE_PHASES = ("upload", "download", "weights")
RUN_PHASES = {
    "features": "Reading pictures through the frozen blocks",
    "evaluate": "Checking the model on the validation pictures",
    "save": "Saving the model",
}
# For the table of where the time went.
SHORT_RUN_PHASES = {
    "weights": "Getting the weights",
    "features": "Reading pictures",
    "head": "Training the head",
    "fine_tune": "Fine-tuning",
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


def pace(event: Event | None, val_accuracy: float | None = None) -> str:
    """Returns the time left, the pictures per second and the accuracy so far, as far as they are known.

    Args:
        event: the run's latest event.
        val_accuracy: after the last finished epoch; None if there is none.
    """
    if event is None:
        return ""
    parts = []
    if "seconds_left" in event.metrics:
        parts.append(f"about {wording.duration(event.metrics['seconds_left'])} left")
    if event.metrics.get("pictures_per_second"):
        parts.append(f"{event.metrics['pictures_per_second']:,.0f} pictures a second")
    accuracy = event.metrics.get("val_accuracy", val_accuracy)
    if accuracy is not None:
        parts.append(f"validation accuracy {wording.percent(accuracy)}")
    if not parts and event.phase in ("head", "fine_tune"):
        return "Preparing the network"
    return " · ".join(parts)
