"""A picture classifier: a backbone, cut at the freeze boundary, with a head on top.

All models of a `Classifier` share their layers, so training one of them trains all:

    pixels --prefix--> boundary --suffix--> head inputs --head--> logits
    pixels --model---------------------------------------> probabilities
    pixels --features--> feature map
    pixels --embedding--> head inputs
"""

from collections.abc import Iterator
from dataclasses import dataclass

import keras
import numpy as np
from keras import layers

from core.backbones.backbone import Backbone
from core.backbones.table import get_backbone
from core.config.parts import Head
from core.config.training_config import TrainingConfig
from core.evaluation.calibration import softened
from core.nn.networks.building import boundary, build_network


@dataclass(frozen=True)
class Classifier:
    """The models of one network, over shared layers.

    Attributes:
        num_classes: number of classes.
        prefix: pixels to the inputs of the trainable blocks; None if every block is trainable.
        suffix: inputs of the trainable blocks to the head's inputs; None if all blocks are frozen.
        features: pixels to the last feature map `(batch_size, side, side, num_features)`.
        embedding: pixels to the head's inputs, `(batch_size, num_features)` if they are pooled, else the map.
        head: the head's inputs to logits `(batch_size, 1)` for two classes, else `(batch_size, num_classes)`.
        model: pixels to probabilities of the same shape as the logits.
        unfrozen: trainable variables of each trainable block, the one nearest to the head first.
    """

    num_classes: int
    prefix: keras.Model | None
    suffix: keras.Model | None
    features: keras.Model
    embedding: keras.Model
    head: keras.Model
    model: keras.Model
    unfrozen: tuple[tuple[keras.Variable, ...], ...]


def num_outputs(num_classes: int) -> int:
    """Returns the units of the last layer: one sigmoid unit for two classes, else one per class."""
    return 1 if num_classes == 2 else num_classes


def build_head(head: Head, input_shape: tuple[int, ...], num_classes: int) -> keras.Model:
    """Builds the layers from the head's inputs to logits.

    Args:
        head: its configuration.
        input_shape: of one picture's inputs: `(num_features,)`, or a feature map if they are flattened.
        num_classes: number of classes.
    """
    inputs = layers.Input(input_shape, name="head_inputs")
    x = layers.Flatten(name="flatten")(inputs) if len(input_shape) > 1 else inputs
    if head.normalize:
        # A unit vector's components shrink with its dimension; with a root mean square of 1 they suit Adam's steps.
        x = layers.UnitNormalization(name="unit_normalization")(x)
        x = layers.Rescaling(x.shape[-1] ** 0.5, name="unit_scale")(x)
    if head.units:
        x = layers.Dense(head.units, activation="relu", name="hidden")(x)
    if head.dropout:
        x = layers.Dropout(head.dropout, name="dropout")(x)
    # A linear head starts at zero: no class is preferred, and the same data gives the same curve.
    initializer = "glorot_uniform" if head.units else "zeros"
    logits = layers.Dense(num_outputs(num_classes), kernel_initializer=initializer, name="logits")(x)
    return keras.Model(inputs, logits, name="head")


def _every_layer(model: keras.Model) -> Iterator[keras.Layer]:
    for layer in model.layers:
        yield from _every_layer(layer) if isinstance(layer, keras.Model) else (layer,)


def build_classifier(config: TrainingConfig, num_classes: int) -> Classifier:
    """Builds a classifier with random weights, frozen as the configuration says.

    Args:
        config: backbone, image size, head and freezing.
        num_classes: at least 2.
    """
    backbone = get_backbone(config.backbone)
    network = build_network(backbone, config.image_size, config.preprocessing)
    cut = boundary(network, backbone, config.num_frozen_blocks)
    head_inputs = network.output
    if config.head.pooling == "average":
        head_inputs = layers.GlobalAveragePooling2D(name="average_pooling")(network.output)
    head = build_head(config.head, tuple(head_inputs.shape[1:]), num_classes)
    activation = "sigmoid" if num_classes == 2 else "softmax"
    probabilities = layers.Activation(activation, name="probabilities")(head(head_inputs))
    frozen = not config.freeze.trainable_blocks
    prefix_output = head_inputs if frozen else cut
    suffix = None if frozen else keras.Model(cut, head_inputs, name="suffix")
    _freeze(network, suffix, batch_norm_learns=config.from_scratch)
    return Classifier(
        num_classes=num_classes,
        prefix=keras.Model(network.input, prefix_output, name="prefix") if config.num_frozen_blocks else None,
        suffix=suffix,
        features=network,
        embedding=keras.Model(network.input, head_inputs, name="embedding"),
        head=head,
        model=keras.Model(network.input, probabilities, name="classifier"),
        unfrozen=_variables_by_block(network, backbone, config.num_frozen_blocks) if suffix else (),
    )


def _freeze(network: keras.Model, suffix: keras.Model | None, batch_norm_learns: bool) -> None:
    for layer in _every_layer(network):
        layer.trainable = False
    for layer in _every_layer(suffix) if suffix else ():
        layer.trainable = batch_norm_learns or not isinstance(layer, layers.BatchNormalization)


def _variables_by_block(
    network: keras.Model, backbone: Backbone, num_frozen_blocks: int
) -> tuple[tuple[keras.Variable, ...], ...]:
    """Groups the trainable variables by block, the last block first."""
    blocks: list[tuple[keras.Variable, ...]] = []
    seen: set[int] = set()
    for count in range(num_frozen_blocks + 1, len(backbone.blocks) + 1):
        until = keras.Model(network.input, boundary(network, backbone, count))
        new = tuple(variable for variable in until.trainable_variables if id(variable) not in seen)
        seen |= {id(variable) for variable in new}
        blocks.append(new)
    return tuple(reversed(blocks))


def class_logits(logits: np.ndarray) -> np.ndarray:
    """Returns logits `(n, 1)` (two classes) or `(n, num_classes)` as one per class, `float64` `(n, num_classes)`."""
    logits = np.asarray(logits, np.float64)
    return np.concatenate([np.zeros_like(logits), logits], axis=1) if logits.shape[1] == 1 else logits


def class_probabilities(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Turns logits into probabilities.

    Args:
        logits: `(n, 1)` for two classes, else `(n, num_classes)`.
        temperature: what the logits are divided by; see `core.evaluation.calibration`.

    Returns:
        `float64` `(n, num_classes)`.
    """
    return softened(class_logits(logits), temperature)
