"""Weights out of an ONNX file, read without ONNX: only numbers are taken from it, nothing of its graph is run.

An ONNX file is one message in the format of Protocol Buffers (https://protobuf.dev/programming-guides/encoding/); the
numbers of its fields are those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
"""

import hashlib
import math
from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np

from core.backbones.backbone import Backbone, WeightsPackage
from core.errors import WeightsError
from core.files.user_files import open_file

# Fields of ModelProto, GraphProto and TensorProto.
GRAPH = 7
INITIALIZER = 5
DIMS, DATA_TYPE, NAME, RAW_DATA = 1, 2, 8, 9
FLOAT = 1
# How a field's value is stored.
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
MAX_VARINT_BYTES = 10
# What tf2onnx called the two arrays of a convolution of Keras.
KERNEL, BIAS = "functional_1/{layer}_1/convolution/ReadVariableOp:0", "functional_1/{layer}_1/Squeeze:0"


def read_initializers(content: bytes) -> dict[str, np.ndarray]:
    """Reads the constant arrays of an ONNX model.

    Args:
        content: of its file.

    Returns:
        The `float32` arrays under their names, in the file's order and ONNX's axis order, as views of `content`. What
        has another type, or isn't stored as raw bytes, is left out.

    Raises:
        ValueError: it isn't the content of such a file.
    """
    arrays: dict[str, np.ndarray] = {}
    for number, graph in _fields(memoryview(content)):
        if number == GRAPH and isinstance(graph, memoryview):
            tensors = (value for field, value in _fields(graph) if field == INITIALIZER)
            arrays.update(item for tensor in tensors if isinstance(tensor, memoryview) for item in _array(tensor))
    return arrays


def load_onnx(network: keras.Model, backbone: Backbone, path: Path) -> None:
    """Loads the convolutions of a backbone out of the ONNX file of its package.

    Raises:
        WeightsError: the file can't be read, isn't the expected one to the last bit, or lacks an array.
    """
    package = backbone.weights_file.package
    if package is None or not package.path.endswith(".onnx"):
        raise WeightsError(
            f"{path.name} couldn't be loaded into {backbone.label}: no ONNX file is known for it. "
            "Fix: name Keras's own weight file, without its top."
        )
    try:
        arrays = read_initializers(_checked_content(path, package))
        for layer in (layer for layer in network.layers if layer.weights):
            kernel, bias = (arrays[name.format(layer=layer.name)] for name in (KERNEL, BIAS))
            # ONNX has (out, in, height, width), Keras (height, width, in, out).
            layer.set_weights([np.ascontiguousarray(kernel.transpose(2, 3, 1, 0)), bias])
    except KeyError as error:
        raise WeightsError(f"{path.name} lacks the array {error} of {backbone.label}. {_again(package)}") from error
    except ValueError as error:
        raise WeightsError(f"{path.name} doesn't fit {backbone.label} ({error}). {_again(package)}") from error


def _checked_content(path: Path, package: WeightsPackage) -> bytes:
    """Reads the whole file, so that what is checked is what is used, even if it is replaced meanwhile."""
    try:
        with open_file(path) as file:
            content = file.read()
    except OSError as error:
        raise WeightsError(f"{path} can't be read ({error.strerror}). {_again(package)}") from error
    checksum = hashlib.sha256(content).hexdigest()
    if checksum != package.checksum:
        raise WeightsError(
            f"Expected {Path(package.path).name} as it is in {package.name} {package.version}, with the SHA-256 "
            f"{package.checksum}. Received {path} with {checksum}. {_again(package)}"
        )
    return content


def _again(package: WeightsPackage) -> str:
    command = package.install_command.replace("install", "install --force-reinstall", 1)
    return f"Fix: {command}, or pip uninstall {package.name} and use other weights."


def _array(tensor: memoryview) -> Iterator[tuple[str, np.ndarray]]:
    """Yields an initializer's name and array, if it is one of `float32` in raw bytes."""
    shape: list[int] = []
    name, kind, raw = "", 0, None
    for number, value in _fields(tensor):
        if number == DIMS:
            shape += [value] if isinstance(value, int) else _packed(value)
        elif number == DATA_TYPE and isinstance(value, int):
            kind = value
        elif number == NAME and isinstance(value, memoryview):
            name = str(value, "utf-8")
        elif number == RAW_DATA and isinstance(value, memoryview):
            raw = value
    if kind == FLOAT and raw is not None:
        if len(raw) != math.prod(shape) * 4:
            raise ValueError(f"{name} has {len(raw)} bytes, which isn't its shape {tuple(shape)}")
        yield name, np.frombuffer(raw, "<f4").reshape(shape)


def _fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Yields number and value of each field of a message: an integer, or the bytes of anything else."""
    position = 0
    while position < len(message):
        key, position = _varint(message, position)
        kind = key & 7
        if kind == VARINT:
            value, position = _varint(message, position)
            yield key >> 3, value
            continue
        if kind == BYTES:
            size, position = _varint(message, position)
        elif kind in (FIXED32, FIXED64):
            size = 4 if kind == FIXED32 else 8
        else:
            raise ValueError(f"it has a field of the unknown kind {kind}")
        if size > len(message) - position:
            raise ValueError("it is cut off")
        yield key >> 3, message[position : position + size]
        position += size


def _packed(values: memoryview) -> Iterator[int]:
    position = 0
    while position < len(values):
        value, position = _varint(values, position)
        yield value


def _varint(message: memoryview, position: int) -> tuple[int, int]:
    """Returns an integer, of which each byte holds seven bits, and the position after it."""
    result = 0
    for index, byte in enumerate(message[position : position + MAX_VARINT_BYTES]):
        result |= (byte & 127) << (7 * index)
        if byte < 128:
            return result, position + index + 1
    raise ValueError("it is cut off")
