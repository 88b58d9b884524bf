"""The mean heat map of each class over pictures of it."""

import random
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from core.datasets.index import DatasetIndex
from core.datasets.sample import Sample
from core.errors import CoreError, RunError
from core.explanation.class_maps import ClassMap, class_map
from core.images.decoding import decode
from core.nn.analysis.contributions import resized
from core.nn.analysis.heat_maps import HeatMaps
from core.nn.networks.model_files import TrainedClassifier
from core.progress import OnEvent, Progress, ShouldStop, ignore_event, never_stop

MOST_PICTURES = 60
BATCH = 8
# Of the mean maps and pictures: more than the networks' last maps have.
SIDE = 112


def mean_class_maps(
    trained: TrainedClassifier,
    dataset: DatasetIndex,
    samples: Sequence[Sample],
    on_event: OnEvent = ignore_event,
    should_stop: ShouldStop = never_stop,
) -> list[ClassMap]:
    """Returns for each class the mean Grad-CAM map, for this class, over at most `MOST_PICTURES` pictures of it.

    Args:
        trained: the classifier.
        dataset: has the pictures, with the same classes.
        samples: which of them; pictures that can't be read any more are left out, and classes without any.
        on_event: told of the phase `explain` (pictures).
        should_stop: asked before each batch.

    Raises:
        RunError: no picture is there any more.
        Stopped: `should_stop` said so.
    """
    chosen = _some_of_each(samples)
    heat_maps, side = HeatMaps(trained), trained.config.image_size
    progress = Progress("explain", sum(map(len, chosen.values())), on_event, should_stop)
    found = []
    for label, own in sorted(chosen.items()):
        heats: list[np.ndarray] = []
        pictures: list[np.ndarray] = []
        for start in range(0, len(own), BATCH):
            decoded = _decoded(dataset, own[start : start + BATCH], side)
            if decoded:
                heat = heat_maps.heat(np.stack(decoded), [label] * len(decoded))
                heats += [np.maximum(resized(one, SIDE), 0) for one in heat]
                pictures += [_small(one) for one in decoded]
            progress.advance(len(own[start : start + BATCH]))
        if heats:
            found.append(class_map(dataset.class_names[label], heats, pictures))
    if not found:
        raise RunError("Expected validation pictures of this run. None of them can be read any more.")
    return found


def _some_of_each(samples: Sequence[Sample]) -> dict[int, list[Sample]]:
    by_label: defaultdict[int, list[Sample]] = defaultdict(list)
    for sample in samples:
        if sample.label is not None:
            by_label[sample.label].append(sample)
    draw = random.Random(0)
    return {label: draw.sample(own, min(MOST_PICTURES, len(own))) for label, own in by_label.items()}


def _decoded(dataset: DatasetIndex, samples: Sequence[Sample], side: int) -> list[np.ndarray]:
    pictures = []
    for sample in samples:
        try:
            pictures.append(decode(dataset.picture_path(sample), side))
        except (CoreError, OSError):
            continue
    return pictures


def _small(picture: np.ndarray) -> np.ndarray:
    channels = [resized(picture[..., channel], SIDE) for channel in range(3)]
    return np.stack(channels, axis=-1).round().astype(np.uint8)
