"""How long a run that is at work will take to its end: from what it has measured itself, and from its forecast."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import median

from core.config.training_config import TrainingConfig
from core.events import Event
from core.forecast.forecast import Forecast

# Checking the model and saving it.
END_SECONDS = 2.0
# To adapt a head to unlabelled pictures, whose features are there by then.
ADAPT_SECONDS = 2.0
# To choose the head by cross-validation.
CHOICE_SECONDS = 2.0
RECENT_EPOCHS = 5
# The first batches of a stage are slow, because the network is being compiled.
SETTLED_BATCHES = 5
# A forecast that was made while the machine was busier, or less busy, is corrected by up to this factor.
MOST_CORRECTION = 4.0
BEGINNINGS = ("starting", "weights")
STAGES = ("head", "fine_tune")


def seconds_to_end(
    config: TrainingConfig,
    progress: Event,
    epochs: Sequence[Event],
    seconds: Mapping[str, float],
    forecast: Forecast | None,
    now: float,
) -> float | None:
    """Returns how long the run will take until it has saved its model; None if that isn't known.

    With early stopping it may take less.

    Args:
        config: of the run.
        progress: its latest event.
        epochs: the events of the epochs that have ended.
        seconds: how long each phase took up to the latest event.
        forecast: made before it began; None if there is none.
        now: seconds since 1970.
    """
    counts = {"head": config.head_epochs, "fine_tune": config.fine_tune_epochs}
    age = max(0.0, now - progress.time)
    correction = _correction(progress, seconds, forecast)
    if progress.phase in STAGES:
        left = _stage_left(progress, epochs, forecast, correction, age)
        ahead = [name for name in STAGES[STAGES.index(progress.phase) + 1 :] if counts[name]]
    elif progress.phase == "choice":
        left, ahead = CHOICE_SECONDS * (1 - progress.step / max(progress.total, 1)), ["head"]
    elif progress.phase == "adapt":
        return ADAPT_SECONDS * (1 - progress.step / max(progress.total, 1)) + END_SECONDS
    elif progress.phase == "features" or (progress.phase in BEGINNINGS and not progress.total):
        left = _features_left(progress, seconds, forecast, age)
        done = {event.phase for event in epochs}
        ahead = [name for name in STAGES if counts[name] and not (name == "head" and "fine_tune" in done)]
    else:
        return None
    parts = [left, *(_ahead(name, counts[name], epochs, forecast, correction) for name in ahead)]
    known = [part for part in parts if part is not None]
    end = END_SECONDS + (ADAPT_SECONDS if config.adaptation.is_on else 0.0)
    return sum(known) + end if len(known) == len(parts) else None


def _features_left(
    progress: Event, seconds: Mapping[str, float], forecast: Forecast | None, age: float
) -> float | None:
    """Returns how long the pictures will still take."""
    if "seconds_left" in progress.metrics:
        return max(0.0, progress.metrics["seconds_left"] - age)
    if forecast is None:
        return None
    return max(0.0, forecast.features_seconds - seconds.get("features", 0.0) - age)


def _stage_left(
    progress: Event, epochs: Sequence[Event], forecast: Forecast | None, correction: float, age: float
) -> float | None:
    """Returns how long the present stage will still take."""
    epoch_seconds = _measured(progress.phase, epochs)
    if epoch_seconds is not None:
        since = max(0.0, progress.time + age - epochs[-1].time)
        epochs_left = progress.total - progress.step
        # An epoch that takes longer than those before is assumed to be about to end.
        return max(0.0, epochs_left - 1) * epoch_seconds + (max(0.0, epoch_seconds - since) if epochs_left else 0.0)
    batches = progress.metrics.get("batch", SETTLED_BATCHES)
    if "seconds_left" in progress.metrics and (forecast is None or batches >= SETTLED_BATCHES):
        return max(0.0, progress.metrics["seconds_left"] - age)
    return _forecast(progress.phase, progress.total - progress.step, forecast, correction)


def _ahead(
    phase: str, count: int, epochs: Sequence[Event], forecast: Forecast | None, correction: float
) -> float | None:
    """Returns how long the epochs of a stage that is still to come will take."""
    own = [event for event in epochs if event.phase == phase]
    epoch_seconds = _measured(phase, epochs)
    if epoch_seconds is not None:  # before an interruption
        return (count - own[-1].step) * epoch_seconds
    return _forecast(phase, count - (own[-1].step if own else 0), forecast, correction)


def _measured(phase: str, epochs: Sequence[Event]) -> float | None:
    """Returns the usual time between two epochs of a stage; None before the second."""
    times = [event.time for event in epochs if event.phase == phase][-RECENT_EPOCHS - 1 :]
    return median(later - earlier for earlier, later in pairwise(times)) if len(times) > 1 else None


def _forecast(phase: str, count: int, forecast: Forecast | None, correction: float) -> float | None:
    if forecast is None:
        return None
    return count * correction * (forecast.head_epoch_seconds if phase == "head" else forecast.fine_tune_epoch_seconds)


def _correction(progress: Event, seconds: Mapping[str, float], forecast: Forecast | None) -> float:
    """Returns how much longer the pictures took than forecast: the machine's load was another, and may be so still."""
    taken = seconds.get("features", 0.0)
    if progress.phase == "features":
        if "seconds_left" not in progress.metrics:
            return 1.0
        taken += progress.metrics["seconds_left"]
    if forecast is None or not forecast.features_seconds or not taken:
        return 1.0
    return min(max(taken / forecast.features_seconds, 1 / MOST_CORRECTION), MOST_CORRECTION)
