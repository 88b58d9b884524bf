"""A picture classifier: a backbone, cut at the freeze boundary, with a head on top.

All models of a `Classifier` share their layers, so training one of them trains all:

    pixels --prefix--> boundary --suffix--> head inputs --head--> logits
    pixels --model---------------------------------------> probabilities
    pixels --features--> feature map
    pixels --embedding--> head inputs
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import keras
import numpy as np
from keras import layers

from core.backbones.backbone import Backbone
from core.backbones.table import get_backbone
from core.config.head_candidates import NUM_STAGES
from core.config.parts import Head
from core.config.training_config import TrainingConfig
from core.evaluation.calibration import softened
from core.nn.networks.building import boundary, build_network, stage_outputs, style_output

# Of the running statistics of a network from scratch. With Keras's 0.99 they lag so far behind the weights that after
# 300 steps on six classes it answered by chance in evaluation mode, although it had learned; with 0.9, 71 % right.
SCRATCH_MOMENTUM = 0.9
SMALLEST_VARIANCE = 1e-12


class ChannelStatistics(layers.Layer):
    """Means and standard deviations of a feature map's channels: its style (Huang and Belongie 2017,
    https://arxiv.org/abs/1703.06868).

    From `(batch_size, side, side, channels)` to `(batch_size, 2 * channels)`.
    """

    def call(self, feature_map: keras.KerasTensor) -> keras.KerasTensor:
        """Returns the means, followed by the standard deviations."""
        means = keras.ops.mean(feature_map, axis=(1, 2))
        # Of a channel that is the same everywhere, a root without this has no gradient.
        deviations = keras.ops.sqrt(keras.ops.var(feature_map, axis=(1, 2)) + SMALLEST_VARIANCE)
        return keras.ops.concatenate([means, deviations], axis=1)


@dataclass(frozen=True)
class Classifier:
    """The models of one network, over shared layers.

    Attributes:
        num_classes: number of classes.
        prefix: pixels to the inputs of the trainable blocks; None if every block is trainable.
        suffix: inputs of the trainable blocks to the head's inputs; None if all blocks are frozen.
        features: pixels to the last feature map `(batch_size, side, side, num_features)`.
        embedding: pixels to the head's inputs: if they are pooled, the average of the last feature map
            `(batch_size, num_features)`, followed, where a frozen network's features are computed together, by those of
            earlier stages, which the head may use, and by statistics of style, which it doesn't; else the map.
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


def build_head(head: Head, input_shape: tuple[int, ...], num_classes: int, stages: Sequence[int] = ()) -> keras.Model:
    """Builds the layers from the head's inputs to logits.

    Args:
        head: its configuration.
        input_shape: of one picture's inputs: `(num_inputs,)`, or a feature map if they are flattened.
        num_classes: number of classes.
        stages: how many of the inputs come from each of the stages that it uses, the last one first; empty if there are
            none of others. Only a logistic regression uses more than one.
    """
    inputs = layers.Input(input_shape, name="head_inputs")
    x = layers.Flatten(name="flatten")(inputs) if len(input_shape) > 1 else inputs
    if len(stages) > 1:
        x = _unit_stages(x, stages)
    else:
        x = x[:, : stages[0]] if stages else x
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


def _unit_stages(inputs: keras.KerasTensor, stages: Sequence[int]) -> keras.KerasTensor:
    """Returns the inputs of the first stages, each as a unit vector, together with a root mean square of 1."""
    ends = [sum(stages[: index + 1]) for index in range(len(stages))]
    parts = [
        layers.UnitNormalization(name=f"unit_normalization_{index}")(inputs[:, end - size : end])
        for index, (end, size) in enumerate(zip(ends, stages, strict=True), start=1)
    ]
    joined = layers.Concatenate(name="depths")(parts)
    return layers.Rescaling((ends[-1] / len(parts)) ** 0.5, name="unit_scale")(joined)


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
    head_inputs = _head_inputs(network, backbone, config)
    head, model = _with_head(network.input, head_inputs, config, num_classes)
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
        model=model,
        unfrozen=_variables_by_block(network, backbone, config.num_frozen_blocks) if suffix else (),
    )


def _head_inputs(network: keras.Model, backbone: Backbone, config: TrainingConfig) -> keras.KerasTensor:
    if config.head.pooling != "average":
        return network.output
    top = layers.GlobalAveragePooling2D(name="average_pooling")(network.output)
    if not config.keeps_stages:
        return top
    earlier = [
        layers.GlobalAveragePooling2D(name=f"average_pooling_{index}")(output)
        for index, output in enumerate(stage_outputs(network, backbone, NUM_STAGES)[1:], start=2)
    ]
    style = ChannelStatistics(name="style")(style_output(network, backbone))
    return layers.Concatenate(name="stages")([top, *earlier, style])


def _with_head(
    pixels: keras.KerasTensor, head_inputs: keras.KerasTensor, config: TrainingConfig, num_classes: int
) -> tuple[keras.Model, keras.Model]:
    """Returns a new head, and the model from pixels to its probabilities."""
    features = get_backbone(config.backbone).stage_features
    stages = features[: config.head.depths if config.has_depths else 1] if config.keeps_stages else ()
    head = build_head(config.head, tuple(head_inputs.shape[1:]), num_classes, stages)
    activation = "sigmoid" if num_classes == 2 else "softmax"
    probabilities = layers.Activation(activation, name="probabilities")(head(head_inputs))
    return head, keras.Model(pixels, probabilities, name="classifier")


def with_new_head(classifier: Classifier, config: TrainingConfig) -> Classifier:
    """Returns the same network with a new, untrained head.

    Args:
        classifier: built with the same configuration but for the head's weight decay and depths.
        config: gives the new head.
    """
    embedding = classifier.embedding
    head, model = _with_head(embedding.input, embedding.output, config, classifier.num_classes)
    return replace(classifier, head=head, model=model)


def _freeze(network: keras.Model, suffix: keras.Model | None, batch_norm_learns: bool) -> None:
    for layer in _every_layer(network):
        layer.trainable = False
    for layer in _every_layer(suffix) if suffix else ():
        is_norm = isinstance(layer, layers.BatchNormalization)
        layer.trainable = batch_norm_learns or not is_norm
        if batch_norm_learns and is_norm:
            layer.momentum = SCRATCH_MOMENTUM


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
