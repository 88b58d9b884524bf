"""Forecasts in words."""

from core.forecast.forecast import Forecast, training_bytes
from core.settings import GIGABYTE, MEGABYTE

LEAST_SECONDS = 0.95


def total(found: Forecast) -> str:
    """Returns how long a run will take, such as `About 8 s in all`."""
    text = f"{about(found.total_seconds)} in all"
    return f"{text[:1].upper()}{text[1:]}"


def details(found: Forecast) -> str:
    """Returns what a run's time is for, and how much disk and memory it takes."""
    parts = [
        f"{about(found.features_seconds)} for the pictures" if found.features_seconds else "the pictures are ready"
    ]
    if found.head_epoch_seconds:
        parts.append(f"then {duration(found.head_epoch_seconds)} an epoch for the head")
    if found.fine_tune_epoch_seconds:
        parts.append(f"then {duration(found.fine_tune_epoch_seconds)} an epoch of fine-tuning")
    disk = f"{max(1, round(found.disk_bytes / MEGABYTE)):,} MB of disk" if found.disk_bytes else "no more disk"
    memory = "fits in memory" if found.fits_in_memory else "is read from disk while training"
    text = ", ".join(parts)
    return f"{text[:1].upper()}{text[1:]}. Takes {disk}; {memory}."


def shortage(trainable_params: int, free_bytes: int) -> str:
    """Returns why training doesn't fit in memory; empty if it does.

    Args:
        trainable_params: number of trainable parameters.
        free_bytes: memory that is free now.
    """
    needed = training_bytes(trainable_params)
    if needed <= free_bytes:
        return ""
    return (
        f"{trainable_params:,} trainable parameters need about {needed / GIGABYTE:.0f} GB of memory for training; "
        f"{free_bytes / GIGABYTE:.0f} GB are free. Choose average pooling, fewer units or a smaller image size."
    )


def about(seconds: float) -> str:
    """Returns an estimated time, such as `about 2 min`."""
    return duration(seconds) if seconds < LEAST_SECONDS else f"about {duration(seconds)}"


def duration(seconds: float) -> str:
    """Returns a time in words, such as `2 min`."""
    if seconds < LEAST_SECONDS:
        return "less than a second"
    if seconds < 100:
        return f"{round(seconds)} s"
    if seconds < 5400:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"
