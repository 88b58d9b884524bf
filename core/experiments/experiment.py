"""An experiment: one question, and the runs, its arms, that differ in one thing each."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from core.config.training_config import TrainingConfig
from core.errors import CoreError


class Kind(StrEnum):
    """What an experiment asks."""

    RACE = "race"
    SAMPLES = "samples"
    FREEZE = "freeze"
    BACKBONES = "backbones"
    AUGMENTATION = "augmentation"
    ARTICLE = "article"
    TRANSFER = "transfer"


@dataclass(frozen=True)
class Arm:
    """One run of an experiment, whether it has begun or not.

    Attributes:
        key: distinguishes it from the experiment's other arms; stored with its run.
        lane: code of the curve or the bar that it belongs to (see `core.experiments.words.lane`).
        x: where on that curve: pictures a class, trainable blocks or number of the step; 0 where that means nothing.
        draw: which of several draws of pictures.
        recipe: name of the recipe that its configuration started from.
        config: its configuration.
        run_id: a run that there was before the experiment, and that stands for this arm; empty for one of its own.
    """

    key: str
    lane: str
    x: float
    draw: int
    recipe: str
    config: TrainingConfig
    run_id: str = ""


@dataclass(frozen=True)
class Experiment:
    """A question with its arms.

    Attributes:
        id: eight hexadecimal digits.
        kind: what it asks.
        dataset_id: the data set of all its runs.
        dataset_name: that one's name when it began.
        created: when it began, in seconds since 1970.
        arms: in the order in which they are trained.
    """

    id: str
    kind: Kind
    dataset_id: str
    dataset_name: str
    created: float
    arms: tuple[Arm, ...]

    @property
    def lanes(self) -> tuple[str, ...]:
        """Codes of its curves or bars, in order."""
        return tuple(dict.fromkeys(arm.lane for arm in self.arms))

    def to_json(self) -> str:
        """Returns it as JSON, from which `from_json` makes the same experiment."""
        arms = [asdict(arm) | {"config": json.loads(arm.config.to_json())} for arm in self.arms]
        return json.dumps(asdict(self) | {"arms": arms}, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> "Experiment":
        """Makes an experiment from what `to_json` returned.

        Raises:
            ValueError: it is none.
        """
        try:
            values = json.loads(text)
            arms = tuple(_arm(arm) for arm in values["arms"])
            found = cls(**values | {"kind": Kind(values["kind"]), "arms": arms})
            if not all(isinstance(part, str) for part in (found.id, found.dataset_id, found.dataset_name)):
                raise ValueError("ids and names as texts")
            if not math.isfinite(found.created):
                raise ValueError("a time")
            return cls(**vars(found) | {"created": float(found.created)})
        except (KeyError, TypeError, AttributeError, OverflowError, RecursionError, CoreError) as error:
            raise ValueError(f"Expected an experiment. Received something else: {error}.") from error


def _arm(values: Mapping[str, Any]) -> Arm:
    arm = Arm(**{**values, "config": TrainingConfig.from_json(json.dumps(values["config"]))})
    if not all(isinstance(part, str) for part in (arm.key, arm.lane, arm.recipe, arm.run_id)):
        raise TypeError("an arm's codes aren't texts")
    if not (math.isfinite(arm.x) and isinstance(arm.draw, int)):
        raise TypeError("an arm's position isn't a number")
    return arm
