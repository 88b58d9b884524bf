"""What computes the frozen part of a network: TensorFlow, or OpenVINO if it is installed and gives the same features.

Nothing is trained in it, so any engine will do if its features agree with TensorFlow's. OpenVINO runs small networks
about twice as fast on the same processor, and several times as fast in bfloat16 if the processor supports it.
"""

import importlib.util
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from tensorflow.types.experimental import ConcreteFunction

from core.config.training_config import TrainingConfig
from core.wording.coded import Note

BATCH = 32
# Loading OpenVINO and converting takes one or two seconds: not worth it for fewer pictures.
WORTHWHILE_PICTURES = 200
# Smallest cosine between a picture's features and TensorFlow's: float32 loses nothing; bfloat16 is only used on request
# and costs a network such as EfficientNet-Lite0 a little accuracy.
COSINES = {"float32": 0.9999, "bfloat16": 0.99}

Compute = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Engine:
    """A compiled network.

    Attributes:
        compute: takes at most `BATCH` rows, returns the network's output for each of them.
        note: which engine it is, for the user.
    """

    compute: Compute
    note: Note


def is_installed() -> bool:
    """Returns whether OpenVINO can be used."""
    return importlib.util.find_spec("openvino") is not None


def tensorflow_engine(model: keras.Model, reason: str = "", cosine: float = 1.0) -> Engine:
    """Compiles a network with TensorFlow for batches of one shape; smaller ones are padded, and the output is cut.

    Args:
        model: called in evaluation mode; its input is cast to `float32`.
        reason: why OpenVINO wasn't used: `not_installed`, `unsuitable` or `inexact`.
        cosine: the smallest cosine to OpenVINO's features, if it was inexact.
    """

    note = Note("ran_in_tensorflow", {"version": tf.__version__, "reason": reason, "cosine": cosine})
    return Engine(_tensorflow_compute(_evaluation_call(model)), note)


def _evaluation_call(model: keras.Model) -> Any:  # a `tf.function` from tensor to tensor
    @tf.function(autograph=False)
    def call(batch: tf.Tensor) -> tf.Tensor:
        return model(tf.cast(batch, tf.float32), training=False)

    return call


def _tensorflow_compute(call: Callable[[tf.Tensor], tf.Tensor]) -> Compute:
    return lambda rows: call(tf.constant(_padded(rows))).numpy()[: len(rows)]


def _padded(rows: np.ndarray) -> np.ndarray:
    padding = BATCH - len(rows)
    return rows if not padding else np.concatenate([rows, np.zeros((padding, *rows.shape[1:]), rows.dtype)])


def _without_statistics() -> None:
    """Keeps OpenVINO's converter from sending usage statistics; its only setting for that is a file of the user's.

    It would send them from forks of this process, which can hang on locks held by threads, with all its memory. Without
    the module that sends them it works just as well.
    """
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # None marks a module as missing


def _openvino_compute(function: ConcreteFunction, precision: str) -> Compute:
    _without_statistics()
    import openvino

    converted = openvino.convert_model(function)
    # Batches run one after the other here: the throughput hint would leave half of the processor idle.
    options = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": {"float32": "f32", "bfloat16": "bf16"}[precision],
    }
    compiled = openvino.compile_model(converted, "CPU", options)
    request, output = compiled.create_infer_request(), compiled.output(0)
    return lambda rows: request.infer({0: _padded(rows)})[output][: len(rows)].copy()


def smallest_cosine(left: np.ndarray, right: np.ndarray) -> float:
    """Returns the smallest cosine between corresponding rows."""
    left, right = (rows.reshape(len(rows), -1).astype(np.float64) for rows in (left, right))
    lengths = np.linalg.norm(left, axis=1) * np.linalg.norm(right, axis=1)
    cosines = (left * right).sum(axis=1) / np.where(lengths == 0, 1.0, lengths)
    # Two rows of zeros agree.
    return float(np.where(lengths == 0, 1.0, cosines).min())


def choose_engine(model: keras.Model, config: TrainingConfig, example: np.ndarray, num_pictures: int) -> Engine:
    """Returns the fastest engine that is installed, allowed and exact enough.

    Args:
        model: the frozen part.
        config: its `engine` says which engines are allowed.
        example: the first pictures or rows, on which the engine is compared with TensorFlow; at most `BATCH`.
        num_pictures: how many there are to compute.
    """
    plain = tensorflow_engine(model)
    if config.engine == "tensorflow" or num_pictures < WORTHWHILE_PICTURES:
        return plain
    if not is_installed():
        return plain if config.engine == "auto" else tensorflow_engine(model, "not_installed")
    precision = "bfloat16" if config.engine == "bfloat16" else "float32"
    try:
        # Traced once for both; one processor computes the reference while the other one converts.
        call = _evaluation_call(model)
        function = call.get_concrete_function(tf.TensorSpec((BATCH, *example.shape[1:]), tf.as_dtype(example.dtype)))
        with ThreadPoolExecutor(1) as other:
            expected = other.submit(_tensorflow_compute(call), example)
            compute = _openvino_compute(function, precision)
            cosine = smallest_cosine(compute(example), expected.result())
    except Exception as error:
        # If an optional engine can't run a network, that costs speed, never the run.
        print(f"OpenVINO can't run this network: {error}")
        return tensorflow_engine(model, "unsuitable")
    if not cosine >= COSINES[precision]:
        return tensorflow_engine(model, "inexact", cosine)
    import openvino

    version = openvino.__version__.split("-")[0]
    return Engine(compute, Note("ran_in_openvino", {"version": version, "precision": precision, "cosine": cosine}))
