"""EfficientNet-Lite: EfficientNet without squeeze-and-excite, with ReLU6 instead of swish.

Tan and Le 2019, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks"
(https://arxiv.org/abs/1905.11946); the Lite family is described at
https://blog.tensorflow.org/2020/03/higher-accuracy-on-vision-models-with-efficientnet-lite.html
"""

import math

import keras
from keras import layers

BATCH_NORM_EPSILON = 1e-3

# Numbers of filters are multiples of this one, and at least this share of what the width asks for.
FILTER_STEP, LEAST_SHARE = 8, 0.9
# (repeats, kernel size, first stride, expansion, filters) of the seven stages of Lite0.
STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)


def _normalize(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    return layers.BatchNormalization(epsilon=BATCH_NORM_EPSILON, name=name)(x)


def _inverted_residual(
    x: keras.KerasTensor, name: str, kernel_size: int, stride: int, expansion: int, filters: int
) -> keras.KerasTensor:
    inputs = x
    channels = x.shape[-1]
    if expansion != 1:
        x = layers.Conv2D(channels * expansion, 1, use_bias=False, name=f"{name}_expand_conv")(x)
        x = layers.ReLU(6.0, name=f"{name}_expand_activation")(_normalize(x, f"{name}_expand_bn"))
    x = layers.DepthwiseConv2D(kernel_size, stride, padding="same", use_bias=False, name=f"{name}_dwconv")(x)
    x = layers.ReLU(6.0, name=f"{name}_activation")(_normalize(x, f"{name}_bn"))
    x = layers.Conv2D(filters, 1, use_bias=False, name=f"{name}_project_conv")(x)
    x = _normalize(x, f"{name}_project_bn")
    if stride == 1 and channels == filters:
        x = layers.Add(name=f"{name}_add")([x, inputs])
    return x


def _scaled(filters: int, width: float) -> int:
    wanted = filters * width
    nearest = max(FILTER_STEP, int(wanted + FILTER_STEP / 2) // FILTER_STEP * FILTER_STEP)
    return nearest if nearest >= LEAST_SHARE * wanted else nearest + FILTER_STEP


def scaled_stages(width: float, depth: float) -> list[tuple[int, int, int, int, int]]:
    """Returns `STAGES` of a wider and deeper network. In the Lite family the first and last stage keep their depth."""
    inner = range(1, len(STAGES) - 1)
    return [
        (math.ceil(repeats * depth) if index in inner else repeats, size, stride, expansion, _scaled(filters, width))
        for index, (repeats, size, stride, expansion, filters) in enumerate(STAGES)
    ]


def EfficientNetLite0(input_tensor: keras.KerasTensor) -> keras.Model:
    """Builds EfficientNet-Lite0 without its classifier.

    Args:
        input_tensor: pictures `(batch_size, height, width, 3)` as `(pixels - 127) / 128`.

    Returns:
        An untrained model from the source of `input_tensor` to feature maps
        `(batch_size, ceil(height / 32), ceil(width / 32), 1280)`.
    """
    return _build(input_tensor, 1.0, 1.0, "efficientnet_lite0")


def EfficientNetLite2(input_tensor: keras.KerasTensor) -> keras.Model:
    """Builds EfficientNet-Lite2 without its classifier; see `EfficientNetLite0`."""
    return _build(input_tensor, 1.1, 1.2, "efficientnet_lite2")


def _build(input_tensor: keras.KerasTensor, width: float, depth: float, name: str) -> keras.Model:
    x = layers.Conv2D(32, 3, 2, padding="same", use_bias=False, name="stem_conv")(input_tensor)
    x = layers.ReLU(6.0, name="stem_activation")(_normalize(x, "stem_bn"))
    for index, (repeats, kernel_size, stride, expansion, filters) in enumerate(scaled_stages(width, depth), 1):
        for repeat in range(repeats):
            block = f"block{index}{chr(ord('a') + repeat)}"
            x = _inverted_residual(x, block, kernel_size, stride if repeat == 0 else 1, expansion, filters)
    x = layers.Conv2D(1280, 1, use_bias=False, name="top_conv")(x)
    x = layers.ReLU(6.0, name="top_activation")(_normalize(x, "top_bn"))
    return keras.Model(keras.utils.get_source_inputs(input_tensor), x, name=name)
