"""What a run's curves may look like a fault for, in words. No Streamlit calls."""

from collections.abc import Sequence

from core.events import Event

# As a share of the chart's height; a smaller rise isn't seen.
VISIBLE = 0.03
RISING_LOSS = (
    "The training loss rises again after epoch {epoch}, which is no fault: training lowers the loss together with a "
    "penalty on large weights, which keeps the model from being overconfident, and that sum fell on to the end."
)


def rising_loss(epochs: Sequence[Event]) -> str:
    """Returns why the training loss rises at the end while training goes well; empty if it doesn't.

    Args:
        epochs: the events of the epochs that have ended.
    """
    last = [event for event in epochs if epochs and event.phase == epochs[-1].phase and "objective" in event.metrics]
    if not last:
        return ""
    lowest = min(last, key=lambda event: event.metrics["loss"])
    end = last[-1].metrics
    height = max(event.metrics[name] for event in epochs for name in ("loss", "val_loss") if name in event.metrics)
    rises = end["loss"] - lowest.metrics["loss"] > VISIBLE * height
    return RISING_LOSS.format(epoch=lowest.epoch) if rises and end["objective"] < lowest.metrics["objective"] else ""
