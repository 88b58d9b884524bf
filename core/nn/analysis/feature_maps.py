"""The outputs of a network's blocks for a picture."""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from core.backbones.table import get_backbone
from core.errors import RunError
from core.explanation.feature_maps import FeatureMaps, strongest
from core.images.decoding import decode
from core.nn.networks.building import stage_outputs
from core.nn.networks.model_files import TrainedClassifier
from core.progress import OnEvent, Progress, ShouldStop, ignore_event, never_stop


class BlockOutputs:
    """Computes what the blocks of a trained classifier make of pictures.

    Args:
        trained: the classifier, frozen or not: all of its network's blocks can be watched.
    """

    def __init__(self, trained: TrainedClassifier) -> None:
        self._trained = trained
        self._backbone = get_backbone(trained.config.backbone)
        self.blocks = tuple(block.name for block in self._backbone.blocks)

    @cached_property
    def _run(self) -> Callable[[tf.Tensor], list[tf.Tensor]]:
        """One pass to the outputs of all blocks, so that it is compiled once and another block costs no waiting."""
        network = self._trained.classifier.features
        outputs = stage_outputs(network, self._backbone, len(self.blocks))[::-1]
        model = keras.Model(network.input, outputs, name="blocks")
        side = self._trained.config.image_size

        @tf.function(input_signature=(tf.TensorSpec((1, side, side, 3), tf.uint8),), autograph=False)
        def run(pictures: tf.Tensor) -> list[tf.Tensor]:
            return list(model(tf.cast(pictures, tf.float32), training=False))

        return run

    def outputs(self, source: Path | bytes) -> list[np.ndarray]:
        """Returns the output `(height, width, channels)` of each block for a picture, the first block's first.

        Args:
            source: the picture's file or its bytes.

        Raises:
            PictureError: the picture can't be read.
        """
        picture = decode(source, self._trained.config.image_size)
        return [output.numpy()[0] for output in self._run(tf.constant(picture[None]))]

    def feature_maps(
        self,
        source: Path | bytes,
        block: str,
        on_event: OnEvent = ignore_event,
        should_stop: ShouldStop = never_stop,
    ) -> FeatureMaps:
        """Returns the channels of a block that respond most strongly to a picture.

        Args:
            source: the picture's file or its bytes.
            block: one of `blocks`.
            on_event: told of the phase `explain`.
            should_stop: asked before and after the pass through the network.

        Raises:
            PictureError: the picture can't be read.
            RunError: there is no such block.
            Stopped: `should_stop` said so.
        """
        if block not in self.blocks:
            raise RunError(
                f"Expected one of the network's blocks {', '.join(self.blocks)}. Received {block!r}. "
                "Choose one of them."
            )
        progress = Progress("explain", 1, on_event, should_stop)
        found = strongest(block, self.outputs(source)[self.blocks.index(block)])
        progress.advance()
        progress.finish()
        return found
