"""What each position of a network's feature maps adds to a score: gradient times activation."""

from collections.abc import Callable, Sequence

import keras
import numpy as np
import tensorflow as tf
from PIL import Image

from core.backbones.table import get_backbone
from core.config.head_candidates import NUM_STAGES
from core.nn.networks.building import boundary, stage_outputs, style_output
from core.nn.networks.model_files import TrainedClassifier

SMALLEST_SIDE = 4
MOST_PROBABLE = -1

Contributions = Callable[[tf.Tensor, tf.Tensor], tuple[tf.Tensor, list[tf.Tensor]]]
"""Takes pictures `uint8` `(n, side, side, 3)` and each one's class, or `MOST_PROBABLE`; returns logits
`(n, num_classes)`, and for each watched map what its positions add to the score, `(n, side, side)`."""


def watched_outputs(trained: TrainedClassifier) -> list[keras.KerasTensor]:
    """Returns the feature maps `(batch_size, side, side, channels)` that heat is computed on, the last one first.

    Together they determine the head's inputs: one of them, from which the network goes on, and earlier ones that the
    head takes averages of. The earliest may be that of the style, which the head ignores: it adds nothing.
    """
    network, backbone = trained.classifier.features, get_backbone(trained.config.backbone)
    num_blocks = len(backbone.blocks)
    sides = {count: boundary(network, backbone, count).shape[1] for count in range(1, num_blocks + 1)}
    last = max((count for count, side in sides.items() if side >= SMALLEST_SIDE), default=1)
    stages = stage_outputs(network, backbone, NUM_STAGES if trained.config.keeps_stages else 1)
    watched = [boundary(network, backbone, last), *stages[num_blocks - last + 1 :]]
    if trained.config.keeps_stages:
        style = style_output(network, backbone)
        before = [boundary(network, backbone, count) for count in range(1, last)]
        watched += [style] if any(style is one for one in before) and all(style is not one for one in watched) else []
    return watched


def contributions(lower: keras.Model, upper: keras.Model | None, head: keras.Model, image_size: int) -> Contributions:
    """Compiles one pass from pixels to what each position adds to the score of a class.

    The score is the class's logit minus the largest of the others; see `core.nn.analysis.heat_maps`.

    Args:
        lower: pixels to the watched feature maps.
        upper: these maps to the head's inputs; None if the head takes the only one as it is.
        head: its inputs to logits, one for two classes.
        image_size: side of the pictures in pixels.
    """
    specs = (tf.TensorSpec((None, image_size, image_size, 3), tf.uint8), tf.TensorSpec((None,), tf.int32))

    @tf.function(input_signature=specs, autograph=False)
    def run(pictures: tf.Tensor, chosen: tf.Tensor) -> tuple[tf.Tensor, list[tf.Tensor]]:
        outputs = lower(tf.cast(pictures, tf.float32), training=False)
        maps = list(outputs) if isinstance(outputs, list | tuple) else [outputs]
        with tf.GradientTape() as tape:
            for feature_map in maps:
                tape.watch(feature_map)
            inputs = upper(maps if len(maps) > 1 else maps[0], training=False) if upper else maps[0]
            logits = head(inputs, training=False)
            logits = tf.concat([tf.zeros_like(logits), logits], axis=1) if logits.shape[1] == 1 else logits
            total = tf.reduce_sum(_scores(logits, chosen))
        gradients = tape.gradient(total, maps, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        return logits, [tf.reduce_sum(one * slope, axis=-1) for one, slope in zip(maps, gradients, strict=True)]

    return run


def _scores(logits: tf.Tensor, chosen: tf.Tensor) -> tf.Tensor:
    best = tf.argmax(logits, axis=1, output_type=tf.int32)
    own = tf.one_hot(tf.where(chosen < 0, best, chosen), logits.shape[1])
    others = tf.reduce_max(tf.where(own > 0, -np.inf, logits), axis=1)
    return tf.reduce_sum(own * logits, axis=1) - others


def joined(parts: Sequence[np.ndarray], side: int) -> np.ndarray:
    """Joins what the positions of several maps add to the score.

    Args:
        parts: for each watched map, `(its side, its side)`.
        side: of the result.

    Returns:
        `float32` `(side, side)`: the sum of the parts, each minus its mean and stretched so that what a position adds
        is spread over the area that it stands for.
    """
    return np.sum([resized((part - part.mean()) * part.size, side) for part in parts], axis=0)


def resized(values: np.ndarray, side: int) -> np.ndarray:
    """Returns a map stretched to `(side, side)`, `float32`, with values between those of neighbours."""
    image = Image.fromarray(values.astype(np.float32))
    return np.asarray(image.resize((side, side), Image.Resampling.BILINEAR))


def shown(values: np.ndarray) -> np.ndarray:
    """Returns the squares of a map's positive part, `float32`, 0-1; all 0 if there is none."""
    positive = np.maximum(values, 0)
    largest = positive.max()
    return ((positive / largest) ** 2 if largest > 0 else np.zeros_like(positive)).astype(np.float32)
