"""What a training run is asked to do: frozen dataclasses, validated, with a JSON round trip, and the recipes.

Every field has one name everywhere: widget key, field, JSON, command-line option. Defaults live here alone. The fields
of the parts (`Head`, `FreezePolicy`, `Augmentation`) have names of their own, so all of them can be given flat, as the
command line and the forms do: `config.with_options(trainable_blocks=2, epochs=5)`.
"""

import json
import math
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from core.backbones.backbone import Backbone
from core.backbones.table import get_backbone
from core.errors import ConfigError

POOLINGS = ("average", "flatten")
PREPROCESSINGS = ("native", "unit")
SCHEDULES = ("constant", "cosine")
ENGINES = ("auto", "tensorflow", "bfloat16")
MAX_IMAGE_SIZE = 1024


def _require(condition: bool, expected: str, received: object, fix: str) -> None:
    if not condition:
        raise ConfigError(f"Expected {expected}. Received {received!r}. {fix}")


def _require_number(name: str, value: Any, low: float, high: float, whole: bool = False) -> None:
    kind = "a whole number" if whole else "a number"
    allowed = int if whole else (int, float)
    good = isinstance(value, allowed) and not isinstance(value, bool) and math.isfinite(value) and low <= value <= high
    _require(good, f"{kind} from {low:g} to {high:g} for {name}", value, f"Set {name} within that range.")


def _require_choice(name: str, value: Any, choices: tuple[str, ...]) -> None:
    _require(value in choices, f"{name} out of {', '.join(choices)}", value, "Fix the name.")


def _require_flag(name: str, value: Any) -> None:
    _require(isinstance(value, bool), f"true or false for {name}", value, f"Set {name} to one of them.")


@dataclass(frozen=True)
class Head:
    """The classifier on top of the backbone.

    Attributes:
        pooling: `average` (global average pooling) or `flatten`.
        normalize: divide the pooled features by their L2 norm and scale them to a root mean square of 1.
        units: width of a hidden `Dense` layer with ReLU; 0 for a linear head.
        dropout: share of the last layer's inputs dropped in training, 0-0.9.
        weight_decay: L2 penalty on the last layer, in units of 1 / C of scikit-learn's `LogisticRegression`
            on L2-normalised features; its effect shrinks with the number of pictures. 0 for none.
    """

    pooling: str = "average"
    normalize: bool = True
    units: int = 0
    dropout: float = 0.0
    weight_decay: float = 0.1

    def __post_init__(self) -> None:
        _require_choice("pooling", self.pooling, POOLINGS)
        _require_flag("normalize", self.normalize)
        _require_number("units", self.units, 0, 4096, whole=True)
        _require_number("dropout", self.dropout, 0, 0.9)
        _require_number("weight_decay", self.weight_decay, 0, 100)

    def num_inputs(self, backbone: Backbone, image_size: int) -> int:
        """Returns how many numbers of a picture reach the head."""
        side = backbone.feature_side(image_size) if self.pooling == "flatten" else 1
        return side * side * backbone.num_features

    def params(self, backbone: Backbone, image_size: int, num_classes: int) -> int:
        """Returns how many numbers the head learns for `num_classes` classes."""
        outputs = 1 if num_classes == 2 else num_classes
        inputs = self.num_inputs(backbone, image_size)
        if not self.units:
            return (inputs + 1) * outputs
        return (inputs + 1) * self.units + (self.units + 1) * outputs


@dataclass(frozen=True)
class FreezePolicy:
    """How much of the backbone learns.

    Attributes:
        trainable_blocks: how many of its last blocks are trained; 0 keeps all of it frozen.
        head_epochs: epochs in which the head learns alone before those blocks are thawed. A random head would
            distort good features (Kumar et al. 2022, https://arxiv.org/abs/2202.10054).
    """

    trainable_blocks: int = 0
    head_epochs: int = 5

    def __post_init__(self) -> None:
        _require_number("trainable_blocks", self.trainable_blocks, 0, 100, whole=True)
        _require_number("head_epochs", self.head_epochs, 0, 500, whole=True)


@dataclass(frozen=True)
class Augmentation:
    """Random changes to training pictures.

    Attributes:
        flip: mirror left and right, half of the time.
        rotation: largest turn, in degrees.
        zoom: largest change of scale; 0.2 is from 0.8 to 1.2.
        shear: largest sideways slant, as a share of the height.
        translation: largest shift, as a share of the side.
        contrast: largest change of contrast, as a share.
        brightness: largest change of brightness, as a share of the full range.
        views: how many versions of a picture are kept where its features are cached: the plain one and
            `views - 1` changed ones, taken in turn from epoch to epoch.
    """

    flip: bool = False
    rotation: float = 0.0
    zoom: float = 0.0
    shear: float = 0.0
    translation: float = 0.0
    contrast: float = 0.0
    brightness: float = 0.0
    views: int = 2

    def __post_init__(self) -> None:
        _require_flag("flip", self.flip)
        _require_number("rotation", self.rotation, 0, 180)
        for name in ("zoom", "shear", "translation", "contrast", "brightness"):
            _require_number(name, getattr(self, name), 0, 0.9)
        _require_number("views", self.views, 1, 50, whole=True)

    @property
    def changes_pictures(self) -> bool:
        """Whether any random change is on."""
        return any(getattr(self, item.name) for item in fields(self) if item.name != "views")

    @property
    def cached_views(self) -> int:
        """How many versions of a training picture go through the frozen blocks."""
        return self.views if self.changes_pictures else 1


@dataclass(frozen=True)
class TrainingConfig:
    """Everything that a run is asked to do.

    Attributes:
        backbone: the pretrained network, by its name in the list of backbones.
        weights: `imagenet`, `none` (from scratch) or the path of a weight file.
        image_size: side in pixels to which pictures are resized.
        preprocessing: `native` (what the backbone was trained with) or `unit` (pixels / 255, as the article has it).
        head: the classifier.
        freeze: how much of the backbone learns.
        augmentation: random changes to training pictures.
        epochs: epochs of the head where the backbone is frozen, else of the fine-tuning.
        batch_size: pictures in a gradient step.
        learning_rate: Adam's step size for the head.
        fine_tune_learning_rate: Adam's step size once blocks are thawed.
        rate_decay: factor of that rate for each block further from the head, so that earlier blocks change less; 1
            gives all the same (discriminative rates, Howard and Ruder 2018, https://arxiv.org/abs/1801.06146).
        schedule: `constant`, or `cosine` for step sizes that fall to nothing by the last step of a stage.
        label_smoothing: share of the certainty that is spread over all classes, 0-0.5.
        class_weighting: weigh classes by the inverse of their number of pictures.
        early_stopping_patience: epochs without a lower validation loss after which training ends and the best
            epoch's weights are given back; 0 trains all epochs and keeps the last.
        validation_split: share of the pictures held out where the data set has no validation folder, 0.05-0.5.
        engine: what computes the frozen blocks: `auto` (OpenVINO in float32 where it is installed, else TensorFlow),
            `tensorflow`, or `bfloat16` (OpenVINO; faster and a little less exact).
        seed: of the split, the augmentation, the first weights and the order of the pictures.
    """

    backbone: str = "efficientnet_lite0"
    weights: str = "imagenet"
    image_size: int = 224
    preprocessing: str = "native"
    head: Head = field(default_factory=Head)
    freeze: FreezePolicy = field(default_factory=FreezePolicy)
    augmentation: Augmentation = field(default_factory=Augmentation)
    epochs: int = 10
    batch_size: int = 32
    learning_rate: float = 1e-3
    fine_tune_learning_rate: float = 1e-4
    rate_decay: float = 1.0
    schedule: str = "constant"
    label_smoothing: float = 0.0
    class_weighting: bool = True
    early_stopping_patience: int = 0
    validation_split: float = 0.2
    engine: str = "auto"
    seed: int = 0

    def __post_init__(self) -> None:
        backbone = get_backbone(self.backbone)
        _require(isinstance(self.weights, str) and bool(self.weights), "weights as a name", self.weights, "Name them.")
        _require_choice("preprocessing", self.preprocessing, PREPROCESSINGS)
        _require_choice("schedule", self.schedule, SCHEDULES)
        _require_choice("engine", self.engine, ENGINES)
        _require_number("image_size", self.image_size, backbone.min_size, MAX_IMAGE_SIZE, whole=True)
        _require(
            self.freeze.trainable_blocks <= len(backbone.blocks),
            f"at most {len(backbone.blocks)} trainable_blocks, as many as {backbone.label} has",
            self.freeze.trainable_blocks,
            "Choose fewer.",
        )
        _require_number("epochs", self.epochs, 1, 1000, whole=True)
        _require_number("batch_size", self.batch_size, 1, 1024, whole=True)
        _require_number("learning_rate", self.learning_rate, 1e-7, 10)
        _require_number("fine_tune_learning_rate", self.fine_tune_learning_rate, 1e-7, 10)
        _require_number("rate_decay", self.rate_decay, 0.01, 1)
        _require_number("label_smoothing", self.label_smoothing, 0, 0.5)
        _require_flag("class_weighting", self.class_weighting)
        _require_number("early_stopping_patience", self.early_stopping_patience, 0, 1000, whole=True)
        _require_number("validation_split", self.validation_split, 0.05, 0.5)
        _require_number("seed", self.seed, 0, 2**31 - 1, whole=True)

    @property
    def from_scratch(self) -> bool:
        """Whether the backbone starts from random weights."""
        return self.weights == "none"

    @property
    def num_frozen_blocks(self) -> int:
        """How many of the backbone's first blocks stay as they are."""
        return len(get_backbone(self.backbone).blocks) - self.freeze.trainable_blocks

    @property
    def head_epochs(self) -> int:
        """Epochs in which only the head learns."""
        if not self.freeze.trainable_blocks:
            return self.epochs
        return 0 if self.from_scratch else self.freeze.head_epochs

    @property
    def fine_tune_epochs(self) -> int:
        """Epochs in which thawed blocks learn too."""
        return self.epochs if self.freeze.trainable_blocks else 0

    @property
    def total_epochs(self) -> int:
        """Points that the curves get."""
        return self.head_epochs + self.fine_tune_epochs

    def trainable_params(self, num_classes: int) -> int:
        """Returns how many numbers learn: the head's and those of the trainable blocks.

        Batch normalisation stays frozen unless the backbone starts from scratch.
        """
        backbone = get_backbone(self.backbone)
        unfrozen = sum(
            block.parameters - (block.statistics if self.from_scratch else block.batch_norm)
            for block in backbone.blocks[self.num_frozen_blocks :]
        )
        return unfrozen + self.head.params(backbone, self.image_size, num_classes)

    def with_options(self, **options: Any) -> "TrainingConfig":
        """Returns a copy with these fields changed, the parts' fields given flat.

        Raises:
            ConfigError: a name or a value is wrong.
        """
        changes: dict[str, Any] = {}
        for part, part_fields in PART_FIELDS.items():
            chosen = {name: options.pop(name) for name in part_fields if name in options}
            if chosen:
                changes[part] = replace(getattr(self, part), **chosen)
        unknown = set(options) - set(TOP_FIELDS)
        _require(not unknown, f"options out of {', '.join(option_names())}", sorted(unknown), "Fix their names.")
        return replace(self, **changes, **options)

    def options(self) -> dict[str, Any]:
        """Returns all fields flat, the parts' among them."""
        values = asdict(self)
        parts = {name: value for part in PART_FIELDS for name, value in values.pop(part).items()}
        return values | parts

    def to_json(self) -> str:
        """Returns the configuration as JSON."""
        return json.dumps(asdict(self), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> "TrainingConfig":
        """Reads what `to_json` wrote.

        Raises:
            ConfigError: the text isn't a configuration.
        """
        try:
            values = json.loads(text)
            parts = {name: PARTS[name](**values.pop(name)) for name in PARTS if name in values}
            return cls(**values, **parts)
        except (ValueError, TypeError, AttributeError) as error:
            raise ConfigError(
                f"Expected a training configuration as JSON. Received one that fails: {error}."
            ) from error


PARTS: dict[str, type] = {"head": Head, "freeze": FreezePolicy, "augmentation": Augmentation}
PART_FIELDS: dict[str, tuple[str, ...]] = {
    part: tuple(item.name for item in fields(kind)) for part, kind in PARTS.items()
}
TOP_FIELDS: tuple[str, ...] = tuple(item.name for item in fields(TrainingConfig) if item.name not in PARTS)


def option_names() -> tuple[str, ...]:
    """Returns the names of all options, the parts' among them."""
    return TOP_FIELDS + tuple(name for part_fields in PART_FIELDS.values() for name in part_fields)
