"""The stages of a run, and which of them it has reached. No Streamlit calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.config.training_config import TrainingConfig
from core.events import Event

State = Literal["done", "present", "ahead"]
# Phases that belong to the stage before or after them.
PART_OF = {"save": "evaluate", "choice": "head"}
MARKS: dict[State, str] = {
    "done": ":green-badge[:material/check: {label}]",
    "present": ":primary-badge[:material/arrow_forward: **{label}**]",
    "ahead": ":gray-badge[{label}]",
}


@dataclass(frozen=True)
class Stage:
    """One stage of a run.

    Attributes:
        phase: the phase of its events, see `core.events.Event`.
        label: its name.
        state: whether it is done, present or ahead.
    """

    phase: str
    label: str
    state: State


def stages(config: TrainingConfig, phase: str, epochs: Sequence[Event]) -> list[Stage]:
    """Returns the stages of a run in order.

    Args:
        config: of the run.
        phase: what it is doing; `starting` and `weights` come before all stages.
        epochs: the events of the epochs that have ended.
    """
    labels = {"features": "Reading pictures"}
    if config.head_epochs:
        labels["head"] = "Training the head"
    if config.fine_tune_epochs:
        labels["fine_tune"] = "Training the network" if config.from_scratch else "Fine-tuning"
    if config.adaptation.is_on:
        labels["adapt"] = "Adapting"
    labels["evaluate"] = "Checking"
    present = PART_OF.get(phase, phase)
    order = list(labels)
    reached = order.index(present) if present in labels else -1
    # Before fine-tuning, and after an interruption, pictures are read again: what was trained stays done.
    trained = {event.phase for event in epochs if event.step == event.total}

    def state(stage: str) -> State:
        if stage == present:
            return "present"
        return "done" if order.index(stage) < reached or stage in trained else "ahead"

    return [Stage(stage, label, state(stage)) for stage, label in labels.items()]


def line(of: Sequence[Stage]) -> str:
    """Returns the stages as one line of Markdown."""
    return " :material/chevron_right: ".join(MARKS[stage.state].format(label=stage.label) for stage in of)
