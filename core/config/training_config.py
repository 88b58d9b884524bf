"""The configuration of a training run: frozen dataclasses, validated, with a JSON round trip.

Every field has the same name everywhere: widget key, field, JSON, command-line option. Defaults, labels and help are
part of the field. Field names are unique across the parts, so all of them can be given flat, as the command line and
the forms do: `config.with_options(trainable_blocks=2, epochs=5)`.
"""

import json
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from core.backbones.table import get_backbone
from core.config.parts import Adaptation, Augmentation, FreezePolicy, Head, Objective, Optimization, Sampling
from core.config.setting import Setting, require, require_number, require_valid, setting, settings_of
from core.errors import ConfigError

PREPROCESSINGS = ("native", "unit")
ENGINES = ("auto", "tensorflow", "bfloat16")
MAX_IMAGE_SIZE = 1024


@dataclass(frozen=True)
class TrainingConfig:
    """Everything that a run needs to know."""

    backbone: str = setting(
        "efficientnet_lite0",
        "Backbone",
        "The pretrained network that turns a picture into features.",
        "By its name in the list of backbones.",
    )
    weights: str = setting(
        "imagenet",
        "Weights",
        "From scratch shows what transfer learning brings: the same network without what it has learned before.",
        "Give imagenet, none (from scratch) or the path of a weight file.",
    )
    image_size: int = setting(224, "Image size", "Side in pixels to which pictures are scaled.")
    preprocessing: str = setting(
        "native",
        "Preprocessing",
        "How pixels are scaled before the network sees them.",
        "Either native (what the backbone was trained with) or unit (pixels / 255, as the article has it).",
        choices=PREPROCESSINGS,
    )
    head: Head = field(default_factory=Head)
    freeze: FreezePolicy = field(default_factory=FreezePolicy)
    augmentation: Augmentation = field(default_factory=Augmentation)
    optimization: Optimization = field(default_factory=Optimization)
    objective: Objective = field(default_factory=Objective)
    sampling: Sampling = field(default_factory=Sampling)
    adaptation: Adaptation = field(default_factory=Adaptation)
    validation_split: float = setting(
        0.2,
        "Validation split",
        "Share of the pictures held out if the data set has no validation folder.",
        "From 0.05 to 0.5.",
        low=0.05,
        high=0.5,
    )
    engine: str = setting(
        "auto",
        "Engine",
        "What computes the frozen blocks. Bfloat16 is faster and slightly less exact; it needs OpenVINO.",
        "One of auto (OpenVINO in float32 if it is installed, else TensorFlow), tensorflow and bfloat16.",
        choices=ENGINES,
    )
    reuse_features: bool = setting(
        True,
        "Reuse features",
        "Takes what earlier runs computed of these pictures. Off, all is computed anew, to measure the time.",
    )
    seed: int = setting(
        0,
        "Seed",
        "The same seed gives the same run.",
        "For the split, the augmentation, the initial weights and the order of the pictures.",
        low=0,
        high=2**31 - 1,
    )

    def __post_init__(self) -> None:
        backbone = get_backbone(self.backbone)
        require(isinstance(self.weights, str) and bool(self.weights), "weights as a name", self.weights, "Name them.")
        require_valid(self)
        require_number("image_size", self.image_size, backbone.min_size, MAX_IMAGE_SIZE, whole=True)
        require(
            self.freeze.trainable_blocks <= len(backbone.blocks),
            f"at most {len(backbone.blocks)} trainable_blocks, as many as {backbone.label} has",
            self.freeze.trainable_blocks,
            "Choose fewer.",
        )
        require(
            not self.adaptation.is_on or self.can_adapt,
            "no pictures to adapt to unless a pretrained network stays frozen and its features are pooled and "
            "normalised, with no hidden units and no dropout",
            self.adaptation.adapt_to,
            "Keep all blocks frozen, as Recommended does, or adapt to none.",
        )

    @property
    def keeps_stages(self) -> bool:
        """Whether pooled features of the last three stages are computed together, whichever of them the head uses."""
        return self.head.pooling == "average" and not self.freeze.trainable_blocks

    @property
    def compares_styles(self) -> bool:
        """Whether the model tells pictures in another style, by statistics that are computed with the features.

        Not if these are computed in half precision: where all pictures are much alike, it moves them farther than they
        are from each other, and new ones, which the whole network answers, are all foreign (measured on digits).
        """
        return self.keeps_stages and self.engine != "bfloat16"

    @property
    def has_depths(self) -> bool:
        """Whether the head is a logistic regression on frozen features, which may come from several stages."""
        return self.keeps_stages and self.head.is_logistic

    @property
    def can_adapt(self) -> bool:
        """Whether the model can be adapted to unlabelled pictures, which takes features that mean something already."""
        return self.has_depths and not self.from_scratch

    @property
    def chooses_head(self) -> bool:
        """Whether weight decay and depths are chosen by cross-validation."""
        return self.has_depths and self.head.cross_validation

    @property
    def split_options(self) -> dict[str, Any]:
        """How a data set is split for the run: the arguments of `DatasetIndex.with_split`."""
        return {"validation_split": self.validation_split, "seed": self.seed, **asdict(self.sampling)}

    @property
    def from_scratch(self) -> bool:
        """Whether the backbone starts from random weights."""
        return self.weights == "none"

    @property
    def num_frozen_blocks(self) -> int:
        """How many of the backbone's first blocks stay frozen."""
        return len(get_backbone(self.backbone).blocks) - self.freeze.trainable_blocks

    @property
    def head_epochs(self) -> int:
        """Epochs in which only the head is trained."""
        if not self.freeze.trainable_blocks:
            return self.optimization.epochs
        return 0 if self.from_scratch else self.freeze.head_epochs

    @property
    def fine_tune_epochs(self) -> int:
        """Epochs in which unfrozen blocks are trained too."""
        return self.optimization.epochs if self.freeze.trainable_blocks else 0

    @property
    def total_epochs(self) -> int:
        """Number of points of the curves."""
        return self.head_epochs + self.fine_tune_epochs

    def trainable_params(self, num_classes: int) -> int:
        """Returns the number of trainable parameters, of the head and of the trainable blocks.

        Batch normalisation stays frozen unless the backbone starts from scratch.
        """
        backbone = get_backbone(self.backbone)
        unfrozen = sum(
            block.parameters - (block.statistics if self.from_scratch else block.batch_norm)
            for block in backbone.blocks[self.num_frozen_blocks :]
        )
        head = self.head if self.has_depths else replace(self.head, depths=1)
        return unfrozen + head.params(backbone, self.image_size, num_classes)

    def with_options(self, **options: Any) -> "TrainingConfig":
        """Returns a copy with these fields changed; the parts' fields are given by name too.

        Raises:
            ConfigError: a name or a value is invalid.
        """
        changes: dict[str, Any] = {}
        for part, part_fields in PART_FIELDS.items():
            chosen = {name: options.pop(name) for name in part_fields if name in options}
            if chosen:
                changes[part] = replace(getattr(self, part), **chosen)
        unknown = set(options) - set(TOP_FIELDS)
        require(not unknown, f"options among {', '.join(option_names())}", sorted(unknown), "Fix their names.")
        return replace(self, **changes, **options)

    def options(self) -> dict[str, Any]:
        """Returns all fields by name, including those of the parts."""
        values = asdict(self)
        parts = {name: value for part in PART_FIELDS for name, value in values.pop(part).items()}
        return values | parts

    def to_json(self) -> str:
        """Returns the configuration as JSON."""
        return json.dumps(asdict(self), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> "TrainingConfig":
        """Reads what `to_json` wrote, in this version or an earlier one, which had more of the fields at the top level.

        Raises:
            ConfigError: the text isn't a configuration.
        """
        try:
            values = json.loads(text)
            parts = {}
            for part, kind in PARTS.items():
                flat = {name: values.pop(name) for name in PART_FIELDS[part] if name in values}
                parts[part] = kind(**ABSENT.get(part, {}) | flat | values.pop(part, {}))
            return cls(**values, **parts)
        except (ValueError, TypeError, AttributeError) as error:
            raise ConfigError(
                f"Expected a training configuration as JSON. Received one that fails: {error}."
            ) from error


# In the order in which their fields are listed.
PARTS: dict[str, type] = {
    "optimization": Optimization,
    "objective": Objective,
    "head": Head,
    "freeze": FreezePolicy,
    "augmentation": Augmentation,
    "sampling": Sampling,
    "adaptation": Adaptation,
}
PART_FIELDS: dict[str, tuple[str, ...]] = {
    part: tuple(item.name for item in fields(kind)) for part, kind in PARTS.items()
}
TOP_FIELDS: tuple[str, ...] = tuple(item.name for item in fields(TrainingConfig) if item.name not in PARTS)
SETTINGS: dict[str, Setting] = {
    name: item for kind in (TrainingConfig, *PARTS.values()) for name, item in settings_of(kind).items()
}


# What settings meant before there were any, where that isn't their default.
ABSENT: dict[str, dict[str, bool]] = {
    "head": {"cross_validation": False},
    "optimization": {"stop_when_settled": False},
}


def option_names() -> tuple[str, ...]:
    """Returns the names of all options, including those of the parts."""
    return tuple(SETTINGS)
