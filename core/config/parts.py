"""The parts of a configuration: head, freezing, augmentation, optimization, sampling, adaptation and objective."""

from dataclasses import dataclass, fields

from core.backbones.backbone import Backbone
from core.config.head_candidates import NUM_STAGES
from core.config.setting import require, require_valid, setting

POOLINGS = ("average", "flatten")
SCHEDULES = ("constant", "cosine")


@dataclass(frozen=True)
class Head:
    """The classifier on top of the backbone."""

    pooling: str = setting(
        "average",
        "Pooling",
        "How the positions of the last feature map are combined.",
        "Either average (global average pooling) or flatten.",
        choices=POOLINGS,
    )
    normalize: bool = setting(
        True,
        "Normalise features",
        "Scales the features of every picture to the same length. Helps a lot with few pictures.",
        "They are divided by their L2 norm and scaled to a root mean square of 1.",
    )
    units: int = setting(
        0,
        "Hidden units",
        "Width of a layer before the output; 0 for none.",
        "A Dense layer with ReLU.",
        low=0,
        high=4096,
    )
    dropout: float = setting(
        0.0,
        "Dropout",
        "Share of the last layer's inputs that is dropped during training.",
        "From 0 to 0.9.",
        low=0,
        high=0.9,
    )
    weight_decay: float = setting(
        0.01,
        "Weight decay",
        "Keeps the head's weights small.",
        "L2 penalty on the last layer, in units of 1 / C of scikit-learn's LogisticRegression on L2-normalised "
        "features; its effect shrinks with the number of pictures. 0 for none.",
        low=0,
        high=100,
    )
    cross_validation: bool = setting(
        True,
        "Cross-validated choice",
        "Tries several strengths of the weight decay and features from several depths on the training pictures, and "
        "takes those that answer held-out ones best.",
        "For a linear head on pooled, normalised features of a frozen backbone.",
    )
    depths: int = setting(
        1,
        "Depths",
        "From how many of the backbone's last stages the features come. Earlier stages see texture and small forms, "
        "which helps with pictures unlike photographs.",
        "From 1 to 3; each stage's averages have the same weight.",
        low=1,
        high=NUM_STAGES,
    )

    def __post_init__(self) -> None:
        require_valid(self)

    @property
    def is_logistic(self) -> bool:
        """Whether it is a logistic regression on unit vectors, which can be cross-validated in seconds."""
        return self.pooling == "average" and self.normalize and not self.units and not self.dropout

    def num_inputs(self, backbone: Backbone, image_size: int) -> int:
        """Returns how many inputs the head has."""
        if self.is_logistic:
            return sum(backbone.stage_features[: self.depths])
        side = backbone.feature_side(image_size) if self.pooling == "flatten" else 1
        return side * side * backbone.num_features

    def params(self, backbone: Backbone, image_size: int, num_classes: int) -> int:
        """Returns how many parameters the head has for `num_classes` classes."""
        outputs = 1 if num_classes == 2 else num_classes
        inputs = self.num_inputs(backbone, image_size)
        if not self.units:
            return (inputs + 1) * outputs
        return (inputs + 1) * self.units + (self.units + 1) * outputs


@dataclass(frozen=True)
class FreezePolicy:
    """How much of the backbone is trained, and from when on.

    A random head would distort good features, so it is trained alone at first (Kumar et al. 2022,
    https://arxiv.org/abs/2202.10054).
    """

    trainable_blocks: int = setting(
        0,
        "Trainable blocks",
        "0 keeps the whole network frozen and trains the head alone: fast, and enough for most data.",
        "How many of the backbone's last blocks are trained.",
        low=0,
        high=100,
    )
    head_epochs: int = setting(
        5, "Head epochs", "Epochs in which the head is trained alone before blocks are unfrozen.", low=0, high=500
    )

    def __post_init__(self) -> None:
        require_valid(self)


@dataclass(frozen=True)
class Augmentation:
    """Random changes to training pictures."""

    flip: bool = setting(False, "Mirror left and right", "Mirrors half of the pictures.")
    rotation: float = setting(0.0, "Rotation in degrees", "Largest angle.", low=0, high=180)
    zoom: float = setting(0.0, "Zoom", "Largest change of scale; 0.2 is from 0.8 to 1.2.", low=0, high=0.9)
    shear: float = setting(0.0, "Shear", "Largest sideways slant, as a share of the height.", low=0, high=0.9)
    translation: float = setting(0.0, "Shift", "Largest shift, as a share of the side.", low=0, high=0.9)
    contrast: float = setting(0.0, "Contrast", "Largest change of contrast, as a share.", low=0, high=0.9)
    brightness: float = setting(
        0.0, "Brightness", "Largest change of brightness, as a share of the full range.", low=0, high=0.9
    )
    views: int = setting(
        2,
        "Changed copies per picture, original included",
        "How many copies of a picture go through the frozen blocks: the first as it is, the others changed.",
        "They take turns from epoch to epoch.",
        low=1,
        high=50,
    )

    def __post_init__(self) -> None:
        require_valid(self)

    @property
    def changes_pictures(self) -> bool:
        """Whether any random change is on."""
        return any(getattr(self, item.name) for item in fields(self) if item.name != "views")

    @property
    def cached_views(self) -> int:
        """How many copies of a training picture go through the frozen blocks."""
        return self.views if self.changes_pictures else 1


@dataclass(frozen=True)
class Optimization:
    """How long and with which steps to train, with Adam.

    Earlier blocks may change less than later ones (discriminative rates, Howard and Ruder 2018,
    https://arxiv.org/abs/1801.06146).
    """

    epochs: int = setting(
        10,
        "Epochs",
        "Passes over all training pictures: of the head if the backbone is frozen, otherwise of the unfrozen blocks "
        "and the head, after the head epochs.",
        low=1,
        high=1000,
    )
    batch_size: int = setting(32, "Batch size", "Pictures in a gradient step.", low=1, high=1024)
    learning_rate: float = setting(
        1e-3,
        "Learning rate",
        "Adam's step size for what starts from random weights: the head while it is trained alone, from scratch the "
        "whole network.",
        low=1e-7,
        high=10,
    )
    fine_tune_learning_rate: float = setting(
        1e-4,
        "Fine-tuning learning rate",
        "Adam's step size once pretrained blocks are unfrozen. Low, so that what they have learned is not lost.",
        low=1e-7,
        high=10,
    )
    rate_decay: float = setting(
        1.0,
        "Rate decay",
        "Factor on the rate for each block further from the head; 1 gives all the same rate.",
        low=0.01,
        high=1,
    )
    schedule: str = setting(
        "constant",
        "Rate over time",
        "How the step sizes change from the first to the last step of a stage.",
        "Either constant, or cosine for step sizes that fall to zero.",
        choices=SCHEDULES,
    )
    early_stopping_patience: int = setting(
        0,
        "Early stopping patience",
        "Epochs without a lower validation loss before training ends; 0 trains all epochs.",
        "The best epoch's weights are kept, with 0 the last epoch's.",
        low=0,
        high=1000,
    )
    stop_when_settled: bool = setting(
        True,
        "Stop when settled",
        "Ends a stage before its last epoch once the training loss hardly changes any more.",
        "Once the training loss, with the penalty of the weight decay, stayed within 1 % for six epochs.",
    )

    def __post_init__(self) -> None:
        require_valid(self)

    @property
    def may_end_early(self) -> bool:
        """Whether training may end before all epochs are done."""
        return self.stop_when_settled or self.early_stopping_patience > 0


@dataclass(frozen=True)
class Sampling:
    """Which of the training pictures are used."""

    pictures_per_class: int = setting(
        0,
        "Pictures per class",
        "Trains on this many pictures of each class and leaves the others out, to see how many are needed; 0 uses all.",
        "Validation and test pictures stay the same.",
        low=0,
        high=1_000_000,
    )
    draw: int = setting(
        0,
        "Draw",
        "Another draw takes other pictures. Within a draw, fewer pictures are always among the more.",
        low=0,
        high=2**31 - 1,
    )

    def __post_init__(self) -> None:
        require_valid(self)


@dataclass(frozen=True)
class Adaptation:
    """Other pictures that the model is adapted to without their labels."""

    adapt_to: str = setting(
        "",
        "Adapt to unlabelled pictures",
        "Another data set with pictures of your classes as the model will meet them, such as sketches instead of "
        "photographs. It gets used to them without being told their classes: its own surest answers to them count.",
        "A data set's name or id; empty for none. For a linear head on pooled, normalised features of a frozen, "
        "pretrained backbone.",
    )

    def __post_init__(self) -> None:
        require(isinstance(self.adapt_to, str), "adapt_to as a data set's id", self.adapt_to, "Name one.")

    @property
    def is_on(self) -> bool:
        """Whether there are pictures to adapt to."""
        return bool(self.adapt_to)


@dataclass(frozen=True)
class Objective:
    """What is minimised: cross-entropy."""

    label_smoothing: float = setting(
        0.0,
        "Label smoothing",
        "Keeps the model from being overconfident.",
        "Share of the certainty that is spread over all classes, from 0 to 0.5.",
        low=0,
        high=0.5,
    )
    class_weighting: bool = setting(
        True,
        "Class weighting",
        "Compensates for classes that have fewer pictures.",
        "Weighs classes by the inverse of their number of pictures.",
    )

    def __post_init__(self) -> None:
        require_valid(self)
