"""The command line's catalogue: what codes are called on a terminal."""

from core.backbones.table import get_backbone
from core.config.training_config import TrainingConfig
from core.events import Event
from core.runs.records.run import Run
from core.settings import MEGABYTE

JOB_PHASES = {
    "download": "Downloading",
    "extract": "Unpacking",
    "pictures": "Checking pictures",
    "audit": "Looking for faults",
    "version": "Taking over pictures",
    "pack": "Packing pictures",
    "starting": "Loading TensorFlow",
    "weights": "Loading the network",
    "features": "Reading pictures through the network",
    "labels": "Checking labels",
    "outliers": "Looking for pictures unlike the others",
    "map": "Drawing the map",
    "explain": "Looking at what speaks for it",
    "advice": "Measuring what the features are worth",
}
IN_BYTES = ("download",)
RUN_PHASES = {
    "features": "Reading pictures through the frozen blocks",
    "choice": "Trying settings of the head",
    "adapt": "Adapting to the unlabelled pictures",
    "evaluate": "Checking the model on the validation pictures",
    "save": "Saving the model",
}
OTHER_PHASE = "Working"


def job_phase(event: Event) -> str:
    """Returns what a job is doing, such as `Checking pictures, 340 of 900`."""
    unit, word = (MEGABYTE, " MB") if event.phase in IN_BYTES else (1, "")
    done = f", {event.step // unit:,} of {event.total // unit:,}{word}" if event.total else ""
    return JOB_PHASES.get(event.phase, OTHER_PHASE) + done


def run_phase(run: Run) -> str:
    """Returns what a running run is doing, such as `Training the head, epoch 3 of 10`."""
    if run.stop_requested:
        return "Stopping"
    event = run.progress
    if event is None:
        return "Starting"
    if event.phase == "starting":
        return "Starting, loading TensorFlow"
    if event.phase == "weights":
        name = f"Getting the weights of {get_backbone(run.config.backbone).label}"
        return f"{name}, {event.step // MEGABYTE} of {event.total // MEGABYTE} MB" if event.total else name
    if event.phase in ("head", "fine_tune"):
        return _training(event, run.config)
    words = RUN_PHASES.get(event.phase, OTHER_PHASE)
    return f"{words}, {event.step:,} of {event.total:,}" if event.total else words


def _training(event: Event, config: TrainingConfig) -> str:
    blocks = config.freeze.trainable_blocks
    if event.phase == "head":
        words = "Training the head"
    elif config.from_scratch:
        words = "Training the network"
    else:
        words = f"Fine-tuning the last {blocks} blocks" if blocks > 1 else "Fine-tuning the last block"
    epoch = event.step if event.epoch else min(event.step + 1, event.total)
    return f"{words}, epoch {epoch} of {event.total}" if event.total else words
