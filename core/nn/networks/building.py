"""Backbones as Keras graphs that start at raw pixels, with the preprocessing inside."""

import gc
import math

import keras
import numpy as np
from keras import layers

from core.backbones.backbone import Backbone
from core.nn.networks.efficientnet_lite import EfficientNetLite0, EfficientNetLite2

# The networks that Keras doesn't have.
OUR_FAMILIES = {"EfficientNetLite0": EfficientNetLite0, "EfficientNetLite2": EfficientNetLite2}
# BGR means of ImageNet, in pixel values, as in Caffe's networks.
CAFFE_MEANS = (103.939, 116.779, 123.68)
# RGB means and standard deviations of ImageNet, as shares of 255, as in PyTorch's networks.
TORCH_MEANS = (0.485, 0.456, 0.406)
TORCH_DEVIATIONS = (0.229, 0.224, 0.225)
# How often a picture's side is halved, about, where a picture's style is measured. Measured on EfficientNet-Lite0, with
# seven sets of pictures as foreign to each other: a block earlier finds fewer foreign pictures, and two blocks later
# photographs without colour are foreign to a network that was trained on colour.
STYLE_HALVINGS = 3


def preprocess(pixels: keras.KerasTensor, preprocessing: str) -> keras.KerasTensor:
    """Adds the layers that turn raw pixels into the inputs a network was trained with.

    Args:
        pixels: RGB `(batch_size, height, width, 3)`, 0-255.
        preprocessing: `caffe`, `tf`, `torch`, `lite`, `unit` (pixels / 255) or `included` (nothing to do).
    """
    if preprocessing == "caffe":
        bgr = keras.ops.flip(pixels, axis=-1)
        return layers.Rescaling(1.0, [-mean for mean in CAFFE_MEANS], name="preprocessing")(bgr)
    if preprocessing == "torch":
        scale = [1 / (255 * deviation) for deviation in TORCH_DEVIATIONS]
        offset = [-mean / deviation for mean, deviation in zip(TORCH_MEANS, TORCH_DEVIATIONS, strict=True)]
        return layers.Rescaling(scale, offset, name="preprocessing")(pixels)
    simple = {"tf": (1 / 127.5, -1.0), "lite": (1 / 128, -127 / 128), "unit": (1 / 255, 0.0)}
    if preprocessing in simple:
        return layers.Rescaling(*simple[preprocessing], name="preprocessing")(pixels)
    return pixels


def build_network(backbone: Backbone, image_size: int, preprocessing: str = "native") -> keras.Model:
    """Builds a backbone without weights.

    Args:
        backbone: which one.
        image_size: side of the pictures in pixels.
        preprocessing: `native` for the backbone's own, or `unit` for pixels / 255.

    Returns:
        A flat model from RGB pixels `(batch_size, image_size, image_size, 3)`, 0-255, to its last feature map
        `(batch_size, side, side, num_features)`.
    """
    pixels = layers.Input((image_size, image_size, 3), name="pixels")
    included = backbone.preprocessing == "included"
    inputs = preprocess(pixels, backbone.preprocessing if preprocessing == "native" else preprocessing)
    if backbone.family in OUR_FAMILIES:
        return OUR_FAMILIES[backbone.family](inputs)
    options = {"include_preprocessing": preprocessing == "native"} if included else {}
    build = getattr(keras.applications, backbone.family)
    network = build(include_top=False, weights=None, input_tensor=inputs, **options)
    return keras.Model(pixels, network.output, name=backbone.name)


def stage_outputs(network: keras.Model, backbone: Backbone, count: int) -> list[keras.KerasTensor]:
    """Returns the outputs of the last `count` blocks, the last one first."""
    return [boundary(network, backbone, len(backbone.blocks) - index) for index in range(count)]


def style_output(network: keras.Model, backbone: Backbone) -> keras.KerasTensor:
    """Returns the output of the block whose map's side is nearest to an eighth of the picture's, the last of several.

    Colours, sharpness and texture are still in it; later blocks let go of them for what is on the picture.
    """
    outputs = [boundary(network, backbone, count) for count in range(len(backbone.blocks), 0, -1)]
    halvings = [round(math.log2(network.inputs[0].shape[1] / one.shape[1])) for one in outputs]
    return outputs[int(np.argmin(np.abs(np.array(halvings) - STYLE_HALVINGS)))]


def boundary(network: keras.Model, backbone: Backbone, num_blocks: int) -> keras.KerasTensor:
    """Returns the output tensor of the first `num_blocks` blocks; the pixels for 0."""
    if num_blocks == 0:
        return network.input
    output = backbone.blocks[num_blocks - 1].output
    if not output:
        return network.output
    name, _, end = output.partition(".")
    layer = network.get_layer(name)
    return layer.input if end == "input" else layer.output


def forget_networks() -> None:
    """Frees what the networks built so far in this process hold, for a process that trains one after another."""
    keras.utils.clear_session()
    gc.collect()
