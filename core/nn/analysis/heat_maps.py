"""What of a picture spoke for a class: Grad-CAM, and occlusion as a check that needs no gradients.

Grad-CAM (Selvaraju et al. 2017, https://arxiv.org/abs/1610.02391) weighs the channels of a feature map by the gradient
of a class's logit. Here every position is weighed by its own gradient (HiResCAM, Draelos and Carin 2020,
https://arxiv.org/abs/2011.08891). Where the head takes averages over all positions both are the same up to a factor;
where it takes each position by itself, as `Flatten -> Dense` does, averaging gradients would mix up the positions. The
shares below are of the heat on pictures that differ in one quarter only, which fell there.

- **Score.** The logit of the class minus the largest of the others; for two classes the one logit, or minus it.
- **Depths.** If the head takes averages of several stages, the map is the sum over the stages' maps, each with its own
  gradients, scaled so that a map's mean is what the stage adds to the score.
- **What all positions share is subtracted.** It doesn't say where. A head that normalises its inputs has none: the
  gradient of a unit vector's function is at right angles to the vector. For others, this took the share from 71 to 85 %
  (VGG16 with the article's head) and from 78 to 96 % (averages of EfficientNet-Lite0).
- **Small maps.** A last map of less than 4 x 4 positions says little about where. Then the last block with a larger one
  is watched, through the blocks after it.
- **Only what speaks for the class is shown, and squared,** so that what is faint, which is noise for the most part,
  fades. This took the share from 76 to 90 % with fine-tuned VGG16, and from 95 to 98 % with EfficientNet-Lite0.

A network from scratch may know one of two classes only by the absence of the other: nothing speaks for it anywhere, and
its map is noise. Where a network mixes all positions early on (squeeze and excitation, trained from scratch on few
pictures), the last map's positions no longer stand for those of the picture. Occlusion shows both.
"""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from core.errors import RunError
from core.explanation.explanation import GRAD_CAM, METHODS, Explanation, rank_correlation
from core.images.decoding import decode
from core.nn.analysis.contributions import (
    MOST_PROBABLE,
    Contributions,
    contributions,
    joined,
    resized,
    shown,
    watched_outputs,
)
from core.nn.networks.classifier import with_new_head
from core.nn.networks.model_files import TrainedClassifier
from core.progress import OnEvent, Progress, ShouldStop, ignore_event, never_stop

# Squares of a quarter of the side are covered, in steps of an eighth.
CELLS, WINDOW = 8, 2
COVERED_BATCH = 7
RANDOM_HEADS = 5


class HeatMaps:
    """Makes heat maps with a trained classifier.

    Args:
        trained: the classifier.
    """

    def __init__(self, trained: TrainedClassifier) -> None:
        self._trained = trained
        self._class_names = trained.class_names
        classifier = trained.classifier
        watched = watched_outputs(trained)
        self._lower = keras.Model(classifier.features.input, watched, name="watched")
        inputs = classifier.embedding.output
        # A head on flattened features takes the last map as it is; Keras can't build a model of no layers.
        self._upper = None if watched[0] is inputs else keras.Model(watched, inputs, name="rest")
        self._run = self._compiled(classifier.head)

    @cached_property
    def _random_head(self) -> keras.Model:
        return with_new_head(self._trained.classifier, self._trained.config).head

    @cached_property
    def _run_random(self) -> Contributions:
        return self._compiled(self._random_head)

    def explain(
        self,
        source: Path | bytes,
        class_name: str = "",
        method: str = GRAD_CAM,
        randomised: bool = False,
        on_event: OnEvent = ignore_event,
        should_stop: ShouldStop = never_stop,
    ) -> Explanation:
        """Returns what of a picture speaks for a class.

        Args:
            source: the picture's file or its bytes.
            class_name: the class; the most probable one by default.
            method: `grad_cam` or `occlusion`.
            randomised: whether to put random weights into the head, as a check (Adebayo et al. 2018,
                https://arxiv.org/abs/1810.03292): a map that stays the same explains the picture and not the model.
                The first of `RANDOM_HEADS` such maps is returned, with their mean similarity to the model's own.
            on_event: told of the phase `explain` (covered squares, or random heads).
            should_stop: asked before each step.

        Raises:
            PictureError: the picture can't be read.
            RunError: there is no such class or method.
            Stopped: `should_stop` said so.
        """
        if method not in METHODS:
            raise RunError(
                f"Expected one of the methods {', '.join(METHODS)}. Received {method!r}. Choose one of them."
            )
        chosen = self._index(class_name)
        picture = decode(source, self._trained.config.image_size)
        progress = Progress("explain", self._num_steps(method, randomised), on_event, should_stop)
        logits, heat = self._heat(self._run, picture, chosen, method, progress)
        own = self._explanation(logits, heat, chosen, method)
        if not randomised:
            return own
        return self._randomised(picture, own, progress)

    def heat(self, pictures: np.ndarray, labels: Sequence[int]) -> np.ndarray:
        """Returns the Grad-CAM maps of decoded pictures, each for a class of its own.

        Args:
            pictures: `uint8` `(n, image_size, image_size, 3)`.
            labels: the index of each picture's class.

        Returns:
            `float32` `(n, image_size, image_size)`, 0-1.
        """
        _, parts = self._run(tf.constant(pictures), tf.constant(labels, tf.int32))
        stages = [part.numpy() for part in parts]
        return np.stack([self._map([stage[row] for stage in stages]) for row in range(len(pictures))])

    def warm_up(self) -> None:
        """Compiles the network, so that the first map doesn't wait for it."""
        side = self._trained.config.image_size
        self._run(tf.zeros((1, side, side, 3), tf.uint8), tf.constant([MOST_PROBABLE]))

    def _index(self, class_name: str) -> int:
        if not class_name:
            return MOST_PROBABLE
        if class_name not in self._class_names:
            raise RunError(
                f"Expected one of the model's {len(self._class_names)} classes. Received {class_name!r}. "
                f"Choose another, such as {self._class_names[0]}."
            )
        return self._class_names.index(class_name)

    @staticmethod
    def _num_steps(method: str, randomised: bool) -> int:
        heads = 1 + (RANDOM_HEADS if randomised else 0)
        return heads * ((CELLS - WINDOW + 1) ** 2 if method != GRAD_CAM else 1)

    def _compiled(self, head: keras.Model) -> Contributions:
        return contributions(self._lower, self._upper, head, self._trained.config.image_size)

    def _heat(
        self, run: Contributions, picture: np.ndarray, chosen: int, method: str, progress: Progress
    ) -> tuple[np.ndarray, np.ndarray]:
        """Returns the logits `(num_classes,)` and the heat map of a picture."""
        logits, parts = run(tf.constant(picture[None]), tf.constant([chosen]))
        logits = logits.numpy()[0]
        if method == GRAD_CAM:
            progress.advance()
            return logits, self._map([part.numpy()[0] for part in parts])
        label = int(logits.argmax()) if chosen == MOST_PROBABLE else chosen
        return logits, self._occlusion(run, picture, label, logits, progress)

    def _map(self, parts: Sequence[np.ndarray]) -> np.ndarray:
        return shown(joined(parts, self._trained.config.image_size))

    def _occlusion(
        self, run: Contributions, picture: np.ndarray, label: int, logits: np.ndarray, progress: Progress
    ) -> np.ndarray:
        """Returns by how much the score falls when a square of the picture is covered with its mean colour."""
        other = _other(logits, label)
        windows = [(row, column) for row in range(CELLS - WINDOW + 1) for column in range(CELLS - WINDOW + 1)]
        falls, counts = np.zeros((CELLS, CELLS)), np.zeros((CELLS, CELLS))
        for start in range(0, len(windows), COVERED_BATCH):
            some = windows[start : start + COVERED_BATCH]
            covered = np.stack([_covered(picture, *window) for window in some])
            answers = run(tf.constant(covered), tf.fill([len(some)], label))[0].numpy()
            for (row, column), answer in zip(some, answers, strict=True):
                cells = slice(row, row + WINDOW), slice(column, column + WINDOW)
                falls[cells] += (logits[label] - logits[other]) - (answer[label] - answer[other])
                counts[cells] += 1
            progress.advance(len(some))
        return shown(resized(falls / counts, len(picture)))

    def _explanation(self, logits: np.ndarray, heat: np.ndarray, chosen: int, method: str) -> Explanation:
        answer = int(logits.argmax())
        label = answer if chosen == MOST_PROBABLE else chosen
        # The model gives two classes one logit; as two, with the first at zero, they have the same probabilities.
        probabilities = self._trained.probabilities(logits[None])[0]
        names = self._class_names
        return Explanation(
            heat, names[label], names[_other(logits, label)], float(probabilities[label]), names[answer], method
        )

    def _randomised(self, picture: np.ndarray, own: Explanation, progress: Progress) -> Explanation:
        chosen = self._class_names.index(own.class_name)
        maps = []
        for seed in range(RANDOM_HEADS):
            self._randomise(seed)
            maps.append(self._heat(self._run_random, picture, chosen, own.method, progress)[1])
        similarity = float(np.mean([rank_correlation(own.heat, heat) for heat in maps]))
        values = (own.class_name, own.against, own.probability, own.answer, own.method)
        return Explanation(maps[0], *values, similarity=similarity)

    def _randomise(self, seed: int) -> None:
        """Gives the head random weights of the trained ones' size."""
        generator = np.random.default_rng(seed)
        trained = self._trained.classifier.head.get_weights()
        self._random_head.set_weights(
            [generator.normal(0, np.sqrt(np.mean(np.square(values))) or 1.0, values.shape) for values in trained]
        )


def _other(logits: np.ndarray, label: int) -> int:
    """Returns the class with the largest logit but for `label`."""
    return int(np.where(np.arange(len(logits)) == label, -np.inf, logits).argmax())


def _covered(picture: np.ndarray, row: int, column: int) -> np.ndarray:
    edges = np.linspace(0, len(picture), CELLS + 1).round().astype(int)
    covered = picture.copy()
    covered[edges[row] : edges[row + WINDOW], edges[column] : edges[column + WINDOW]] = picture.mean(axis=(0, 1))
    return covered
