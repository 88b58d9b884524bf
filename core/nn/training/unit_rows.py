"""A linear head's unit vectors, computed once a picture instead of in every step and every epoch."""

import keras
import numpy as np
import tensorflow as tf

from core.config.parts import Head
from core.config.training_config import TrainingConfig
from core.features.feature_space import FeatureRows, array_rows
from core.nn.networks.classifier import Classifier, build_head
from core.nn.training.stage_data import LabelledRows, StageData
from core.nn.training.trainable import Trainable
from core.nn.training.trainer import run_rows
from core.settings import MEGABYTE

# Beyond this, rows stay as they are stored, half as large.
MOST_BYTES = 128 * MEGABYTE


def head_alone(classifier: Classifier, config: TrainingConfig, data: StageData) -> tuple[Trainable, StageData]:
    """Returns what is trained while the network is frozen: the head, or of a logistic regression its last layer.

    Args:
        classifier: gives the head.
        config: its configuration.
        data: rows that are the head's inputs.

    Returns:
        A network and its data. The head of a logistic regression is another with the same weights, whose inputs are
        unit vectors, unless these would change from epoch to epoch or take too much memory.
    """
    head = classifier.head
    last = head.get_layer("logits")
    num_inputs = last.kernel.shape[0]
    num_bytes = 4 * num_inputs * (len(data.labels) + data.measured.rows.num_rows + data.validation.rows.num_rows)
    if not config.head.is_logistic or config.augmentation.cached_views > 1 or num_bytes > MOST_BYTES:
        return Trainable(None, head), data
    fixed = keras.Model(head.input, last.input)
    call = tf.function(lambda rows: fixed(tf.cast(rows, tf.float32), training=False), reduce_retracing=True)
    training = run_rows(call, FeatureRows(len(data.labels), lambda indices: data.read(indices, 0)))

    def read(indices: np.ndarray, epoch: int) -> np.ndarray:
        return training[indices]

    measured, validation = (
        LabelledRows(array_rows(run_rows(call, pictures.rows)), pictures.labels)
        for pictures in (data.measured, data.validation)
    )
    linear = build_head(Head(normalize=False), (num_inputs,), classifier.num_classes)
    linear.set_weights(head.get_weights())
    unit = StageData(read, data.labels, data.class_weights, measured, validation, data.seed)
    return Trainable(None, linear), unit
