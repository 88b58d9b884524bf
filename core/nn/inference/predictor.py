"""Predictions of a trained classifier for new pictures, with the same decoder and the same network as in training."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import tensorflow as tf

from core.errors import CoreError, RunError
from core.evaluation.prediction import Prediction, unreadable, verdict
from core.features.feature_space import array_rows
from core.images.decoding import decode
from core.nn.networks.model_files import Comparison, TrainedClassifier, load_classifier
from core.nn.networks.model_folder import DESCRIPTION, MODEL_FOLDER, NO_MODEL

NEAREST = 3
PREDICTION_BATCH = 32


def model_version(run_folder: Path) -> int:
    """Returns a number that changes when the run's model is saved again.

    Raises:
        RunError: there is no model.
    """
    try:
        return (run_folder / MODEL_FOLDER / DESCRIPTION).stat().st_mtime_ns
    except OSError as error:
        raise RunError(NO_MODEL) from error


class Predictor:
    """A classifier ready for use.

    Args:
        run_folder: of a finished run.

    Raises:
        RunError: it has no model that can be loaded.
    """

    def __init__(self, run_folder: Path) -> None:
        self.trained: TrainedClassifier = load_classifier(run_folder / MODEL_FOLDER)
        self._run = _answers(self.trained)

    @property
    def class_names(self) -> tuple[str, ...]:
        """The classes, in the order of the probabilities."""
        return self.trained.class_names

    def warm_up(self) -> None:
        """Compiles the network for one picture and for many, so that the first prediction doesn't wait for it."""
        side = self.trained.config.image_size
        for pictures in (1, 2):
            self._run(tf.zeros((pictures, side, side, 3), tf.uint8))

    def predict(self, sources: Sequence[Path | bytes]) -> list[Prediction]:
        """Classifies pictures, in order.

        Args:
            sources: files, or the bytes of files.

        Returns:
            One prediction per picture; for an unreadable one, `error` has the reason.
        """
        predictions: list[Prediction] = []
        for start in range(0, len(sources), PREDICTION_BATCH):
            predictions.extend(self._predict_batch(sources[start : start + PREDICTION_BATCH]))
        return predictions

    def _predict_batch(self, sources: Sequence[Path | bytes]) -> list[Prediction]:
        pictures = [_decode(source, self.trained.config.image_size) for source in sources]
        readable = [picture for picture in pictures if not isinstance(picture, str)]
        answers = iter(self._judge(np.stack(readable)) if readable else ())
        return [
            unreadable(self.class_names, picture) if isinstance(picture, str) else next(answers) for picture in pictures
        ]

    def _judge(self, pictures: np.ndarray) -> list[Prediction]:
        """Classifies decoded pictures `(n, image_size, image_size, 3)`, `uint8`."""
        inputs, logits = (output.numpy() for output in self._run(tf.constant(pictures)))
        compared = self.trained.reference.compare(array_rows(inputs), NEAREST)
        probabilities = self.trained.probabilities(logits)
        return [self._prediction(probabilities[row], compared, row) for row in range(len(pictures))]

    def _prediction(self, probabilities: np.ndarray, compared: Comparison, row: int) -> Prediction:
        best, trained = int(probabilities.argmax()), self.trained
        probability = float(probabilities[best])
        return Prediction(
            class_name=self.class_names[best],
            probability=probability,
            class_names=self.class_names,
            probabilities=tuple(float(value) for value in probabilities),
            verdict=verdict(probability, bool(compared.is_familiar[row]), trained.calibration.sure_probability),
            similarity=float(compared.cosines[row, 0]),
            nearest=tuple(trained.reference.paths[index] for index in compared.indices[row]),
            is_style_unlike=bool(compared.has_other_style[row] and not compared.is_unlike[row]),
        )


def _answers(trained: TrainedClassifier) -> Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor]]:
    """Compiles one pass from pixels to the head's inputs, which show how familiar a picture is, and logits."""
    classifier = trained.classifier

    @tf.function(reduce_retracing=True, autograph=False)
    def run(pictures: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        inputs = classifier.embedding(tf.cast(pictures, tf.float32), training=False)
        return inputs, classifier.head(inputs, training=False)

    return run


def _decode(source: Path | bytes, image_size: int) -> np.ndarray | str:
    """Decodes a picture, or returns why it can't be decoded."""
    try:
        return decode(source, image_size)
    except CoreError as error:
        return str(error)
    except OSError as error:
        return f"The file couldn't be read ({error.strerror or error}). Check its path."
